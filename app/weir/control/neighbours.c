// SPDX-License-Identifier: BSD-3-Clause

#include "neighbours.h"

#include "../../../lib/net/arp.h"
#include "../../../lib/net/ndp.h"
#include "../log/log.h"

#include <arpa/inet.h>
#include <string.h>

static_assert((int)NEIGHBOURS_FRAME_MAX >= (int)ARP_FRAME_MAX, "room for ARP");
static_assert((int)NEIGHBOURS_FRAME_MAX >= (int)NDP_FRAME_MAX, "room for neighbour discovery");

typedef uint16_t (*write_t)(const struct host *host, uint8_t *bytes, unsigned i);

// The two families differ in who writes their frames and where the host keeps its words.
struct family_ops {
	enum family family;
	write_t write_probe;
	write_t write_announcement;
	write_t write_gateway_request;
};

static const struct family_ops ipv4_ops = {
	FAMILY_IPV4,
	arp_write_probe,
	arp_write_announcement,
	arp_write_gateway_request};
static const struct family_ops ipv6_ops = {
	FAMILY_IPV6,
	ndp_write_probe,
	ndp_write_advertisement,
	ndp_write_gateway_request};

// What one tick needs everywhere.
struct tick {
	struct neighbours *neighbours;
	const struct family_ops *ops;
	uint64_t now_ms;
	neighbours_send_t send;
	void *context;
};

static void
tick_send(const struct tick *tick, write_t write, unsigned i)
{
	uint8_t bytes[NEIGHBOURS_FRAME_MAX];

	tick->send(tick->context, bytes, write(tick->neighbours->host, bytes, i));
}

static const char *
address_text(const struct tick *tick, unsigned i, char text[INET6_ADDRSTRLEN])
{
	const struct host *host = tick->neighbours->host;

	if (tick->ops->family == FAMILY_IPV4)
		inet_ntop(AF_INET, &host->ipv4[i], text, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, host->ipv6[i], text, INET6_ADDRSTRLEN);
	return text;
}

static void
set_usable(const struct tick *tick, unsigned i)
{
	struct host *host = tick->neighbours->host;
	uint32_t *word = tick->ops->family == FAMILY_IPV4 ? &host->ipv4_usable : &host->ipv6_usable;

	__atomic_store_n(word, *word | UINT32_C(1) << i, __ATOMIC_RELAXED);
}

void
neighbours_init(struct neighbours *neighbours, struct host *host, bool dad)
{
	*neighbours = (struct neighbours){
		.host = host,
		.rng = {mac_word(&host->mac)}, // another host's numbers are others
		.dad = dad,
	};
	if (dad)
		return;
	// Without detection there is nothing to wait for, not even a link.
	host->ipv4_usable = (UINT32_C(1) << host->ipv4_count) - 1;
	host->ipv6_usable = (UINT32_C(1) << host->ipv6_count) - 1;
}

static void
follow_link(const struct neighbours *neighbours, struct address *addresses, uint64_t now_ms)
{
	for (unsigned i = 0; i < HOST_ADDRESSES_MAX; i++)
		if (neighbours->link_up)
			address_start(&addresses[i], neighbours->dad, now_ms);
		else
			address_stop(&addresses[i]);
}

void
neighbours_link(struct neighbours *neighbours, bool up, uint64_t now_ms)
{
	struct host *host = neighbours->host;

	neighbours->link_up = up;
	follow_link(neighbours, neighbours->ipv4, now_ms);
	follow_link(neighbours, neighbours->ipv6, now_ms);
	router_start(&neighbours->gateway_ipv4, now_ms);
	router_start(&neighbours->gateway_ipv6, now_ms);
	if (!neighbours->dad)
		return;
	__atomic_store_n(&host->ipv4_usable, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&host->ipv6_usable, 0, __ATOMIC_RELAXED);
}

static bool
are_decided(const struct address *addresses, unsigned count, uint32_t usable)
{
	for (unsigned i = 0; i < count; i++)
		if ((usable >> i & 1) == 0 && !address_is_decided(&addresses[i]))
			return false;
	return true;
}

bool
neighbours_are_decided(const struct neighbours *neighbours)
{
	const struct host *host = neighbours->host;

	return are_decided(neighbours->ipv4, host->ipv4_count, host->ipv4_usable)
		&& (!host_has_ipv6(host)
		    || are_decided(neighbours->ipv6, host->ipv6_count, host->ipv6_usable));
}

// RFC 5227 2.4 (c): with the MAC address of the claimant, so that it can be found.
static void
tell_claim(const struct tick *tick, enum address_step step, unsigned i, uint64_t claimant)
{
	struct rte_ether_addr mac = mac_of_word(claimant);
	char text[INET6_ADDRSTRLEN];

	address_text(tick, i, text);
	if (step == ADDRESS_GIVE_UP)
		log_error(
			"address %s is in use by another host on the link, "
			"%02x:%02x:%02x:%02x:%02x:%02x: not used; asked for again every minute",
			text,
			RTE_ETHER_ADDR_BYTES(&mac)
		);
	if (step == ADDRESS_DEFEND)
		log_warning(
			"another host claims our address %s: %02x:%02x:%02x:%02x:%02x:%02x",
			text,
			RTE_ETHER_ADDR_BYTES(&mac)
		);
}

static void
take_step(const struct tick *tick, enum address_step step, unsigned i)
{
	char text[INET6_ADDRSTRLEN];

	if (step == ADDRESS_USE) {
		set_usable(tick, i);
		log_info("address %s is ours", address_text(tick, i, text));
	}
	if (step == ADDRESS_PROBE)
		tick_send(tick, tick->ops->write_probe, i);
	if (step == ADDRESS_USE || step == ADDRESS_ANNOUNCE || step == ADDRESS_DEFEND)
		tick_send(tick, tick->ops->write_announcement, i);
}

static void
tick_addresses(
	const struct tick *tick,
	struct address *addresses,
	unsigned count,
	const struct mac_seen *conflicts,
	struct mac_seen *before
)
{
	for (unsigned i = 0; i < count; i++) {
		bool lost = addresses[i].conflicted;
		bool claimed = conflicts[i].count != before[i].count;
		uint32_t delay_ms = rng_below(&tick->neighbours->rng, NEIGHBOURS_RETRY_SPREAD_MS);
		enum address_step step =
			address_step(&addresses[i], claimed, delay_ms, tick->now_ms);

		before[i] = conflicts[i];
		if (!lost) // once is enough
			tell_claim(tick, step, i, conflicts[i].mac);
		take_step(tick, step, i);
	}
}

// The first address we may speak from; HOST_NO_ADDRESS while there is none.
static int
first_used(const struct address *addresses, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (addresses[i].state == ADDRESS_ASSIGNED)
			return (int)i;
	return HOST_NO_ADDRESS;
}

static struct router_heard
gateway_heard(const struct gateway_notes *notes, const struct gateway_notes *before)
{
	return (struct router_heard){
		.confirmed = notes->confirmations != before->confirmations,
		.claimed = notes->claims.count != before->claims.count,
		.answer = notes->replies.count != before->replies.count ? notes->replies.mac : 0,
	};
}

static void
tell_gateway(const struct tick *tick, uint64_t word)
{
	struct rte_ether_addr mac = mac_of_word(word);

	if (word == 0)
		log_warning(
			"the gateway for %s does not answer any more: replies go back to where "
			"requests come from",
			family_names[tick->ops->family]
		);
	else
		log_info(
			"the gateway for %s is %02x:%02x:%02x:%02x:%02x:%02x",
			family_names[tick->ops->family],
			RTE_ETHER_ADDR_BYTES(&mac)
		);
}

// Nobody is asked while there is no address to ask from. What the step decides is there for io
// lcores to read before the question goes out.
static void
tick_gateway(
	const struct tick *tick,
	struct router *router,
	int from,
	const struct gateway_notes *notes,
	struct gateway_notes *before
)
{
	struct host *host = tick->neighbours->host;
	bool ipv4 = tick->ops->family == FAMILY_IPV4;
	struct router_heard heard = gateway_heard(notes, before);
	uint64_t known = router->mac;

	*before = *notes;
	if (from == HOST_NO_ADDRESS)
		return;
	bool ask = router_step(router, &heard, tick->now_ms);

	__atomic_store_n(
		ipv4 ? &host->gateway_ipv4_mac : &host->gateway_ipv6_mac,
		router->mac,
		__ATOMIC_RELAXED
	);
	__atomic_store_n(
		ipv4 ? &host->gateway_ipv4_pending : &host->gateway_ipv6_pending,
		router->asked,
		__ATOMIC_RELAXED
	);
	if (router->mac != known)
		tell_gateway(tick, router->mac);
	if (ask)
		tick_send(tick, tick->ops->write_gateway_request, (unsigned)from);
}

// While the link carries no IPv6: addresses start over when it does again.
static void
hold_ipv6(struct neighbours *neighbours, uint64_t now_ms)
{
	follow_link(neighbours, neighbours->ipv6, now_ms);
	router_start(&neighbours->gateway_ipv6, now_ms);
	if (neighbours->dad)
		__atomic_store_n(&neighbours->host->ipv6_usable, 0, __ATOMIC_RELAXED);
}

void
neighbours_tick(
	struct neighbours *neighbours,
	const struct host_notes *notes,
	uint64_t now_ms,
	neighbours_send_t send,
	void *context
)
{
	static const uint8_t none[16];
	struct host *host = neighbours->host;
	struct tick tick = {neighbours, &ipv4_ops, now_ms, send, context};

	if (!neighbours->link_up)
		return;
	tick_addresses(
		&tick,
		neighbours->ipv4,
		host->ipv4_count,
		notes->ipv4_conflicts,
		neighbours->heard.ipv4_conflicts
	);
	if (host->gateway_ipv4 != 0)
		tick_gateway(
			&tick,
			&neighbours->gateway_ipv4,
			first_used(neighbours->ipv4, host->ipv4_count),
			&notes->gateway_ipv4,
			&neighbours->heard.gateway_ipv4
		);
	if (!host_has_ipv6(host)) {
		hold_ipv6(neighbours, now_ms);
		return;
	}
	tick.ops = &ipv6_ops;
	tick_addresses(
		&tick,
		neighbours->ipv6,
		host->ipv6_count,
		notes->ipv6_conflicts,
		neighbours->heard.ipv6_conflicts
	);
	if (memcmp(host->gateway_ipv6, none, 16) != 0)
		tick_gateway(
			&tick,
			&neighbours->gateway_ipv6,
			first_used(neighbours->ipv6, host->ipv6_count),
			&notes->gateway_ipv6,
			&neighbours->heard.gateway_ipv6
		);
}
