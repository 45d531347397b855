// SPDX-License-Identifier: BSD-3-Clause

#include "neighbours.h"

#include "../../lib/net/arp.h"
#include "../../lib/net/ndp.h"
#include "log.h"

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
	uint32_t now_s;
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
set_usable(const struct tick *tick, unsigned i, bool usable)
{
	struct host *host = tick->neighbours->host;
	uint32_t *word = tick->ops->family == FAMILY_IPV4 ? &host->ipv4_usable : &host->ipv6_usable;
	uint32_t bit = UINT32_C(1) << i;

	__atomic_store_n(word, usable ? *word | bit : *word & ~bit, __ATOMIC_RELAXED);
}

void
neighbours_init(struct neighbours *neighbours, struct host *host, bool dad)
{
	*neighbours = (struct neighbours){.host = host, .dad = dad};
	if (dad)
		return;
	// Without detection there is nothing to wait for, not even a link.
	host->ipv4_usable = (UINT32_C(1) << host->ipv4_count) - 1;
	host->ipv6_usable = (UINT32_C(1) << host->ipv6_count) - 1;
}

static void
start_over(struct address *addresses, unsigned count, enum address_state state, uint32_t now_s)
{
	for (unsigned i = 0; i < count; i++) {
		addresses[i].state = state;
		addresses[i].announcements = 0;
		addresses[i].due_s = now_s;
	}
}

void
neighbours_link(struct neighbours *neighbours, bool up, uint32_t now_s)
{
	struct host *host = neighbours->host;
	enum address_state state = up && !neighbours->dad ? ADDRESS_PROBING : ADDRESS_DOWN;

	// Down is also where an address with a link starts: its first step sends the probe.
	neighbours->link_up = up;
	start_over(neighbours->ipv4, host->ipv4_count, state, now_s);
	start_over(neighbours->ipv6, host->ipv6_count, state, now_s);
	neighbours->gateway_ipv4_due_s = now_s;
	neighbours->gateway_ipv6_due_s = now_s;
	if (!neighbours->dad)
		return;
	__atomic_store_n(&host->ipv4_usable, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&host->ipv6_usable, 0, __ATOMIC_RELAXED);
}

// Somebody else uses our address: while probing, we give it up; later, we say it is ours, at
// most every ten seconds (RFC 5227 2.4 b).
static void
handle_conflict(const struct tick *tick, struct address *address, unsigned i)
{
	char text[INET6_ADDRSTRLEN];

	// Without detection this state only waits for its first tick.
	if (address->state == ADDRESS_PROBING && tick->neighbours->dad) {
		address->state = ADDRESS_DUPLICATE;
		log_error(
			"address %s is in use by another host on the link: not used until the "
			"link comes up again",
			address_text(tick, i, text)
		);
		return;
	}
	if (address->state != ADDRESS_USED
	    || (address->defended_s != 0
		&& tick->now_s - address->defended_s < NEIGHBOURS_DEFEND_GAP_S))
		return;
	address->defended_s = tick->now_s;
	log_warning("another host claims our address %s", address_text(tick, i, text));
	tick_send(tick, tick->ops->write_announcement, i);
}

static void
announce(const struct tick *tick, struct address *address, unsigned i)
{
	if (address->announcements == 0)
		return;
	address->announcements--;
	address->due_s = tick->now_s + NEIGHBOURS_ANNOUNCE_GAP_S;
	tick_send(tick, tick->ops->write_announcement, i);
}

// The next step of one address, once it is due.
static void
step_address(const struct tick *tick, struct address *address, unsigned i)
{
	char text[INET6_ADDRSTRLEN];

	if (tick->now_s < address->due_s)
		return;
	switch (address->state) {
	case ADDRESS_DOWN:
		tick_send(tick, tick->ops->write_probe, i);
		address->state = ADDRESS_PROBING;
		// Seconds are coarse: one more makes sure that a whole one passes.
		address->due_s = tick->now_s + NEIGHBOURS_PROBE_WAIT_S + 1;
		break;
	case ADDRESS_PROBING:
		set_usable(tick, i, true);
		address->state = ADDRESS_USED;
		address->announcements = NEIGHBOURS_ANNOUNCEMENTS;
		log_info("address %s is ours", address_text(tick, i, text));
		announce(tick, address, i);
		break;
	case ADDRESS_USED:
		announce(tick, address, i);
		break;
	case ADDRESS_DUPLICATE:
		break;
	}
}

static void
tick_addresses(
	const struct tick *tick,
	struct address *addresses,
	unsigned count,
	const uint32_t *conflicts
)
{
	for (unsigned i = 0; i < count; i++) {
		if (conflicts[i] != addresses[i].conflicts) {
			addresses[i].conflicts = conflicts[i];
			handle_conflict(tick, &addresses[i], i);
		}
		step_address(tick, &addresses[i], i);
	}
}

// The first address we may speak from; HOST_NO_ADDRESS while there is none.
static int
first_used(const struct address *addresses, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (addresses[i].state == ADDRESS_USED)
			return (int)i;
	return HOST_NO_ADDRESS;
}

// Asks for the gateway's station: every second until somebody answers, then now and then.
static void
tick_gateway(
	const struct tick *tick,
	int from,
	uint64_t heard,
	uint64_t *published,
	uint32_t *due_s
)
{
	if (heard != 0 && heard != *published) {
		struct rte_ether_addr mac = mac_of_word(heard);

		__atomic_store_n(published, heard, __ATOMIC_RELAXED);
		log_info(
			"the gateway for %s is %02x:%02x:%02x:%02x:%02x:%02x",
			family_names[tick->ops->family],
			RTE_ETHER_ADDR_BYTES(&mac)
		);
	}
	if (from == HOST_NO_ADDRESS || tick->now_s < *due_s)
		return;
	*due_s = tick->now_s
		+ (*published == 0 ? NEIGHBOURS_GATEWAY_ASK_S : NEIGHBOURS_GATEWAY_KEEP_S);
	tick_send(tick, tick->ops->write_gateway_request, (unsigned)from);
}

// While the link carries no IPv6: addresses start over when it does again.
static void
hold_ipv6(struct neighbours *neighbours, uint32_t now_s)
{
	struct host *host = neighbours->host;
	enum address_state state = neighbours->dad ? ADDRESS_DOWN : ADDRESS_PROBING;

	start_over(neighbours->ipv6, host->ipv6_count, state, now_s);
	neighbours->gateway_ipv6_due_s = now_s;
	if (neighbours->dad)
		__atomic_store_n(&host->ipv6_usable, 0, __ATOMIC_RELAXED);
}

void
neighbours_tick(
	struct neighbours *neighbours,
	const struct host_notes *notes,
	uint32_t now_s,
	neighbours_send_t send,
	void *context
)
{
	static const uint8_t none[16];
	struct host *host = neighbours->host;
	struct tick tick = {neighbours, &ipv4_ops, now_s, send, context};

	if (!neighbours->link_up)
		return;
	tick_addresses(&tick, neighbours->ipv4, host->ipv4_count, notes->ipv4_conflicts);
	if (host->gateway_ipv4 != 0)
		tick_gateway(
			&tick,
			first_used(neighbours->ipv4, host->ipv4_count),
			notes->gateway_ipv4_mac,
			&host->gateway_ipv4_mac,
			&neighbours->gateway_ipv4_due_s
		);
	if (!host_has_ipv6(host)) {
		hold_ipv6(neighbours, now_s);
		return;
	}
	tick.ops = &ipv6_ops;
	tick_addresses(&tick, neighbours->ipv6, host->ipv6_count, notes->ipv6_conflicts);
	if (memcmp(host->gateway_ipv6, none, 16) != 0)
		tick_gateway(
			&tick,
			first_used(neighbours->ipv6, host->ipv6_count),
			notes->gateway_ipv6_mac,
			&host->gateway_ipv6_mac,
			&neighbours->gateway_ipv6_due_s
		);
}
