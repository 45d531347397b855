// SPDX-License-Identifier: BSD-3-Clause

#include "gateway_tick.h"

#include "../log/log.h"

static struct router_heard
gateway_heard(const struct gateway_notes *notes, const struct gateway_notes *before)
{
	return (struct router_heard){
		.confirmed = notes->confirmations != before->confirmations,
		.claimed = notes->claims.count != before->claims.count,
		.reply = notes->replies.count != before->replies.count ? notes->replies.mac : 0,
	};
}

static void
log_gateway(const struct tick *tick, uint64_t word)
{
	struct rte_ether_addr mac = mac_of_word(word);

	if (word == 0)
		log_warning(
			"the gateway for %s does not reply any more: replies go to the MAC "
			"addresses that requests come from",
			family_names[tick->ops->family]
		);
	else
		log_info(
			"the gateway for %s is %02x:%02x:%02x:%02x:%02x:%02x",
			family_names[tick->ops->family],
			RTE_ETHER_ADDR_BYTES(&mac)
		);
}

void
gateway_tick(
	const struct tick *tick,
	struct router *router,
	int from,
	const struct gateway_notes *notes,
	struct gateway_notes *before
)
{
	struct host *host = tick->host;
	bool ipv4 = tick->ops->family == FAMILY_IPV4;
	struct router_heard heard = gateway_heard(notes, before);
	uint64_t known = router->mac;

	*before = *notes;
	if (from == HOST_NO_ADDRESS)
		return;
	bool query = router_step(router, &heard, tick->now_ms);

	__atomic_store_n(
		ipv4 ? &host->gateway_ipv4_mac : &host->gateway_ipv6_mac,
		router->mac,
		__ATOMIC_RELAXED
	);
	__atomic_store_n(
		ipv4 ? &host->gateway_ipv4_pending : &host->gateway_ipv6_pending,
		router->pending,
		__ATOMIC_RELAXED
	);
	if (router->mac != known)
		log_gateway(tick, router->mac);
	if (query)
		tick_send(tick, tick->ops->write_gateway_request, (unsigned)from);
}
