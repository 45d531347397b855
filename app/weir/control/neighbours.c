// SPDX-License-Identifier: BSD-3-Clause

#include "neighbours.h"

#include "../log/log.h"
#include "gateway_tick.h"

#include <arpa/inet.h>
#include <string.h>

static const char *
address_text(const struct tick *tick, unsigned i, char text[INET6_ADDRSTRLEN])
{
	const struct host *host = tick->host;

	if (tick->ops->family == FAMILY_IPV4)
		inet_ntop(AF_INET, &host->ipv4[i], text, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, host->ipv6[i], text, INET6_ADDRSTRLEN);
	return text;
}

static void
set_usable(const struct tick *tick, unsigned i, bool usable)
{
	struct host *host = tick->host;
	uint32_t *word = tick->ops->family == FAMILY_IPV4 ? &host->ipv4_usable : &host->ipv6_usable;

	uint32_t bit = UINT32_C(1) << i;

	__atomic_store_n(word, usable ? *word | bit : *word & ~bit, __ATOMIC_RELAXED);
}

void
neighbours_init(struct neighbours *neighbours, struct host *host, bool dad)
{
	*neighbours = (struct neighbours){
		.host = host,
		.rng = {mac_word(&host->mac)}, // other hosts draw other numbers
		.dad = dad,
	};
	if (dad)
		return;
	// Without detection addresses are usable at once, even without a link.
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
	// Nobody is asked about anycast addresses.
	__atomic_store_n(&host->ipv4_usable, up ? host->ipv4_anycast : 0, __ATOMIC_RELAXED);
	__atomic_store_n(&host->ipv6_usable, up ? host->ipv6_anycast : 0, __ATOMIC_RELAXED);
}

static struct address *
find_address(struct neighbours *neighbours, enum family family, unsigned i)
{
	return family == FAMILY_IPV4 ? &neighbours->ipv4[i] : &neighbours->ipv6[i];
}

bool
neighbours_leave(struct neighbours *neighbours, enum family family, unsigned i)
{
	const struct tick tick = {
		.host = neighbours->host,
		.ops = family == FAMILY_IPV4 ? &tick_ipv4 : &tick_ipv6,
	};
	struct address *address = find_address(neighbours, family, i);
	char text[INET6_ADDRSTRLEN];

	if (address->left)
		return false;
	address_leave(address);
	set_usable(&tick, i, false);
	log_info("address %s: left to another host", address_text(&tick, i, text));
	return true;
}

bool
neighbours_take(struct neighbours *neighbours, enum family family, unsigned i)
{
	struct address *address = find_address(neighbours, family, i);
	bool used = address->state == ADDRESS_ASSIGNED;

	address_take(address, neighbours->link_up, 0);
	return !used;
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
log_claim(const struct tick *tick, enum address_step step, unsigned i, uint64_t claimant)
{
	struct rte_ether_addr mac = mac_of_word(claimant);
	char text[INET6_ADDRSTRLEN];

	address_text(tick, i, text);
	if (step == ADDRESS_GIVE_UP)
		log_error(
			"address %s: duplicate, in use by %02x:%02x:%02x:%02x:%02x:%02x; probed "
			"again every minute",
			text,
			RTE_ETHER_ADDR_BYTES(&mac)
		);
	if (step == ADDRESS_DEFEND)
		log_warning(
			"address %s: claimed by %02x:%02x:%02x:%02x:%02x:%02x; defended",
			text,
			RTE_ETHER_ADDR_BYTES(&mac)
		);
}

static void
take_step(const struct tick *tick, enum address_step step, unsigned i)
{
	char text[INET6_ADDRSTRLEN];

	if (step == ADDRESS_USE) {
		set_usable(tick, i, true);
		log_info("address %s: no conflict, in use", address_text(tick, i, text));
	}
	if (step == ADDRESS_PROBE)
		tick_send(tick, tick->ops->write_probe, i);
	if (step == ADDRESS_USE || step == ADDRESS_ANNOUNCE || step == ADDRESS_DEFEND)
		tick_send(tick, tick->ops->write_announcement, i);
}

static void
tick_addresses(
	const struct tick *tick,
	struct rng *rng,
	struct address *addresses,
	unsigned count,
	const struct mac_seen *conflicts,
	struct mac_seen *before
)
{
	uint32_t anycast = tick->ops->family == FAMILY_IPV4 ? tick->host->ipv4_anycast
							    : tick->host->ipv6_anycast;

	for (unsigned i = 0; i < count; i++) {
		if (anycast >> i & 1)
			continue;
		bool lost = addresses[i].conflicted;
		bool claimed = conflicts[i].count != before[i].count;
		uint32_t delay_ms = rng_below(rng, NEIGHBOURS_RETRY_SPREAD_MS);
		enum address_step step =
			address_step(&addresses[i], claimed, delay_ms, tick->now_ms);

		before[i] = conflicts[i];
		if (!lost) // logged once
			log_claim(tick, step, i, conflicts[i].mac);
		take_step(tick, step, i);
	}
}

// The first assigned address, to send from; HOST_NO_ADDRESS: none.
static int
first_assigned(const struct address *addresses, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (addresses[i].state == ADDRESS_ASSIGNED)
			return (int)i;
	return HOST_NO_ADDRESS;
}

// Called while the link carries no IPv6: addresses start over when it does again.
static void
hold_ipv6(struct neighbours *neighbours, uint64_t now_ms)
{
	follow_link(neighbours, neighbours->ipv6, now_ms);
	router_start(&neighbours->gateway_ipv6, now_ms);
	if (neighbours->dad)
		__atomic_store_n(
			&neighbours->host->ipv6_usable,
			neighbours->host->ipv6_anycast,
			__ATOMIC_RELAXED
		);
}

void
neighbours_tick(
	struct neighbours *neighbours,
	const struct host_notes *notes,
	uint64_t now_ms,
	tick_carry send,
	void *context
)
{
	static const uint8_t none[16];
	struct host *host = neighbours->host;
	struct tick tick = {host, &tick_ipv4, now_ms, send, context};

	if (!neighbours->link_up)
		return;
	tick_addresses(
		&tick,
		&neighbours->rng,
		neighbours->ipv4,
		host->ipv4_count,
		notes->ipv4_conflicts,
		neighbours->heard.ipv4_conflicts
	);
	if (host->gateway_ipv4 != 0)
		gateway_tick(
			&tick,
			&neighbours->gateway_ipv4,
			first_assigned(neighbours->ipv4, host->ipv4_count),
			&notes->gateway_ipv4,
			&neighbours->heard.gateway_ipv4
		);
	if (!host_has_ipv6(host)) {
		hold_ipv6(neighbours, now_ms);
		return;
	}
	tick.ops = &tick_ipv6;
	tick_addresses(
		&tick,
		&neighbours->rng,
		neighbours->ipv6,
		host->ipv6_count,
		notes->ipv6_conflicts,
		neighbours->heard.ipv6_conflicts
	);
	if (memcmp(host->gateway_ipv6, none, 16) != 0)
		gateway_tick(
			&tick,
			&neighbours->gateway_ipv6,
			first_assigned(neighbours->ipv6, host->ipv6_count),
			&notes->gateway_ipv6,
			&neighbours->heard.gateway_ipv6
		);
}
