// SPDX-License-Identifier: BSD-3-Clause

#include "ndp.h"

#include "checksum.h"
#include "gateway.h"

#include <assert.h>
#include <string.h>

enum {
	NDP_HOP_LIMIT = 255, // proves that no router forwarded it: RFC 4861 3.1
	OPTION_SOURCE_LINK = 1,
	OPTION_TARGET_LINK = 2,
	OPTION_UNIT = 8, // bytes; option lengths count these
	FLAG_SOLICITED = 0x40000000,
	FLAG_OVERRIDE = 0x20000000,
};

// A neighbour solicitation or advertisement (RFC 4861 4.3, 4.4).
struct ndp_message {
	uint8_t type;
	uint8_t code;
	rte_be16_t checksum;
	rte_be32_t flags;
	uint8_t target[16];
} __attribute__((packed));

// Source or target link-layer address (RFC 4861 4.6.1, for Ethernet RFC 2464 6).
struct ndp_link_option {
	uint8_t type;
	uint8_t units;
	struct rte_ether_addr mac;
} __attribute__((packed)) __rte_aligned(2);

static_assert(sizeof(struct ndp_message) == 24, "RFC 4861 4.3");
static_assert(sizeof(struct ndp_link_option) == OPTION_UNIT, "RFC 2464 6");

static const uint8_t unspecified[16];
static const uint8_t all_nodes[16] = {0xff, 0x02, [15] = 1};
static const uint8_t solicited_nodes[13] = {0xff, 0x02, [11] = 1, [12] = 0xff};

static bool
is_unspecified(const uint8_t address[16])
{
	return memcmp(address, unspecified, 16) == 0;
}

// Shortest message of a type without options (bytes).
static uint16_t
least_len(uint8_t type)
{
	switch (type) {
	case NDP_ROUTER_SOLICITATION:
		return 8; // RFC 4861 6.1.1
	case NDP_ROUTER_ADVERTISEMENT:
		return 16; // RFC 4861 6.1.2
	case NDP_REDIRECT:
		return 40; // RFC 4861 8.1
	default:
		return sizeof(struct ndp_message); // RFC 4861 7.1.1, 7.1.2
	}
}

// Walks the options from `at` to `end`; false where one has length 0 or is cut short. *link
// becomes the last one of type `wanted`, or NULL.
static bool
walk_options(
	const uint8_t *at,
	const uint8_t *end,
	uint8_t wanted,
	const struct ndp_link_option **link
)
{
	*link = NULL;
	while (at < end) {
		if (end - at < OPTION_UNIT || at[1] == 0 || end - at < at[1] * OPTION_UNIT)
			return false;
		if (at[0] == wanted)
			*link = (const void *)at;
		at += at[1] * OPTION_UNIT;
	}
	return true;
}

// RFC 4861 7.1.1 and 7.1.2, what stands in them about addresses.
static bool
addresses_are_valid(
	const struct ipv6_header *ip,
	const struct ndp_message *message,
	const struct ndp_link_option *link
)
{
	if (message->target[0] == 0xff)
		return false;
	if (message->type == NDP_NEIGHBOUR_ADVERTISEMENT)
		return ip->dst_addr[0] != 0xff || !(message->flags & RTE_BE32(FLAG_SOLICITED));
	return !is_unspecified(ip->src_addr)
		|| (link == NULL
		    && memcmp(ip->dst_addr, solicited_nodes, sizeof(solicited_nodes)) == 0);
}

// RFC 4861 7.1 for solicitations and advertisements, and what the other types, which we do not
// act upon, share with them. *link becomes the link-layer option that fits the type, or NULL.
static bool
ndp_is_valid(const struct frame *frame, const struct ndp_link_option **link)
{
	const struct ipv6_header *ip = frame_l3(frame);
	const struct ndp_message *message = frame_l4(frame);
	const uint8_t *start = frame_l4(frame);
	uint16_t least = least_len(message->type);

	if (frame->l4_len < least || ip->hop_limits != NDP_HOP_LIMIT || message->code != 0
	    || !walk_options(
		    start + least,
		    start + frame->l4_len,
		    message->type == NDP_NEIGHBOUR_ADVERTISEMENT ? OPTION_TARGET_LINK
								 : OPTION_SOURCE_LINK,
		    link
	    ))
		return false;
	return (message->type != NDP_NEIGHBOUR_SOLICITATION
		&& message->type != NDP_NEIGHBOUR_ADVERTISEMENT)
		|| addresses_are_valid(ip, message, *link);
}

// Somebody claims our address i. A claim from our own station is a frame of ours that a loop sent
// back. (Other frames from it are welcome: the kernel's end of a TAP device has the same address.)
static enum verdict
note_claim(
	const struct host *host,
	const struct frame *frame,
	struct host_notes *notes,
	int i,
	uint64_t tsc
)
{
	const struct rte_ether_hdr *ether = (const void *)frame->bytes;

	if (rte_is_same_ether_addr(&ether->src_addr, &host->mac))
		return VERDICT_ndp_noted;
	mac_seen_add(&notes->ipv6_conflicts[i], &ether->src_addr, tsc);
	return VERDICT_ndp_conflict;
}

// Whether `link` names the MAC address of one host.
static bool
is_station(const struct ndp_link_option *link)
{
	return link != NULL && link->units == 1 && rte_is_valid_assigned_ether_addr(&link->mac);
}

// RFC 4861 7.2.5.
static void
note_gateway(
	const struct host *host,
	const struct ndp_message *message,
	const struct ndp_link_option *link,
	struct host_notes *notes,
	uint64_t tsc
)
{
	enum gateway_evidence word = GATEWAY_UNSOLICITED;

	if (is_unspecified(host->gateway_ipv6)
	    || memcmp(message->target, host->gateway_ipv6, 16) != 0 || !is_station(link))
		return;
	if (message->flags & RTE_BE32(FLAG_SOLICITED))
		word = message->flags & RTE_BE32(FLAG_OVERRIDE) ? GATEWAY_OVERRIDE
								: GATEWAY_SOLICITED;
	gateway_note(host, FAMILY_IPV6, notes, word, &link->mac, tsc);
}

// A solicitation or a router's message says what MAC address its sender has (RFC 4861 7.2.3, 6.3.4).
static void
note_sender(
	const struct host *host,
	const struct frame *frame,
	const struct ndp_link_option *link,
	struct host_notes *notes,
	uint64_t tsc
)
{
	const struct ipv6_header *ip = frame_l3(frame);

	if (is_station(link) && memcmp(ip->src_addr, host->gateway_ipv6, 16) == 0
	    && !is_unspecified(ip->src_addr))
		gateway_note(host, FAMILY_IPV6, notes, GATEWAY_UNSOLICITED, &link->mac, tsc);
}

static enum verdict
receive_advertisement(
	const struct host *host,
	const struct frame *frame,
	const struct ndp_link_option *link,
	struct host_notes *notes,
	uint64_t tsc
)
{
	const struct ndp_message *message = frame_l4(frame);
	int i = host_find_ipv6(host, message->target);

	if (i >= 0) // RFC 4862 5.4.4
		return note_claim(host, frame, notes, i, tsc);
	note_gateway(host, message, link, notes, tsc);
	return VERDICT_ndp_noted;
}

// Writes an IPv6 header and a message, with our station as option or without one: all but the
// addresses, which the caller has set. Returns the bytes of both.
static uint16_t
write_message(
	const struct host *host,
	struct ipv6_header *ip,
	uint8_t type,
	uint32_t flags,
	bool with_link
)
{
	struct ndp_message *message = (void *)(ip + 1);
	struct ndp_link_option *link = (void *)(message + 1);
	uint16_t len = sizeof(*message) + (with_link ? sizeof(*link) : 0);

	ip->vtc_flow = RTE_BE32(0x60000000);
	ip->payload_len = rte_cpu_to_be_16(len);
	ip->proto = IPPROTO_ICMPV6;
	ip->hop_limits = NDP_HOP_LIMIT;
	message->type = type;
	message->code = 0;
	message->checksum = 0;
	message->flags = rte_cpu_to_be_32(flags);
	if (with_link) {
		link->type = type == NDP_NEIGHBOUR_ADVERTISEMENT ? OPTION_TARGET_LINK
								 : OPTION_SOURCE_LINK;
		link->units = 1;
		link->mac = host->mac;
	}
	message->checksum = checksum_l4(ip, FAMILY_IPV6, IPPROTO_ICMPV6, message, len);
	return sizeof(*ip) + len;
}

// The Ethernet group of an IPv6 group (RFC 2464 7).
static struct rte_ether_addr
group_station(const uint8_t group[16])
{
	return (struct rte_ether_addr){{0x33, 0x33, group[12], group[13], group[14], group[15]}};
}

// RFC 4861 7.2.4: to the asker, or to all nodes where the asker has no address yet.
static void
answer(const struct host *host, struct frame *frame)
{
	struct rte_ether_hdr *ether = (void *)frame->bytes;
	struct ipv6_header *ip = frame_l3(frame);
	const struct ndp_message *message = frame_l4(frame);
	bool anonymous = is_unspecified(ip->src_addr);

	frame_reflect_ether(host, frame->bytes);
	if (anonymous)
		ether->dst_addr = group_station(all_nodes);
	memcpy(ip->dst_addr, anonymous ? all_nodes : ip->src_addr, 16);
	memcpy(ip->src_addr, message->target, 16);
	uint16_t ip_len = write_message(
		host,
		ip,
		NDP_NEIGHBOUR_ADVERTISEMENT,
		anonymous ? FLAG_OVERRIDE : FLAG_SOLICITED | FLAG_OVERRIDE,
		true
	);

	frame->l4_len = ip_len - sizeof(*ip);
	frame->len = frame->l2_len + ip_len;
}

// As in ARP: the station, and the half of its address that it chooses.
static __rte_noinline bool
take_share(const struct frame *frame, struct shares *limit, uint64_t tsc)
{
	const struct rte_ether_hdr *ether = (const void *)frame->bytes;
	const struct ipv6_header *ip = frame_l3(frame);
	struct shares_source asker = {.group = mac_word(&ether->src_addr)};

	memcpy(&asker.member, ip->src_addr + 8, 8);
	return shares_take(limit, &asker, tsc);
}

static enum verdict
receive_solicitation(
	const struct host *host,
	struct frame *frame,
	struct host_notes *notes,
	struct shares *limit,
	uint64_t tsc
)
{
	const struct ipv6_header *ip = frame_l3(frame);
	const struct ndp_message *message = frame_l4(frame);
	int i = host_find_ipv6(host, message->target);

	if (i < 0)
		return VERDICT_ndp_noted;
	if (!host_uses_ipv6(host, message->target)) // RFC 4862 5.4.3
		return is_unspecified(ip->src_addr) ? note_claim(host, frame, notes, i, tsc)
						    : VERDICT_ndp_noted;
	if (!shares_take_upper(limit, tsc) && !take_share(frame, limit, tsc))
		return VERDICT_ndp_limited;
	answer(host, frame);
	return VERDICT_ndp_answered;
}

enum verdict
ndp_receive(
	const struct host *host,
	struct frame *frame,
	struct host_notes *notes,
	struct shares *limit,
	uint64_t tsc
)
{
	const struct ndp_message *message = frame_l4(frame);
	const struct ndp_link_option *link;

	if (!ndp_is_valid(frame, &link))
		return VERDICT_ndp_malformed;
	if (message->type != NDP_NEIGHBOUR_ADVERTISEMENT)
		note_sender(host, frame, link, notes, tsc);
	if (message->type == NDP_NEIGHBOUR_SOLICITATION)
		return receive_solicitation(host, frame, notes, limit, tsc);
	if (message->type == NDP_NEIGHBOUR_ADVERTISEMENT)
		return receive_advertisement(host, frame, link, notes, tsc);
	return VERDICT_ndp_noted;
}

// The headers of a frame of ours to a group, and the target behind them; write_message does the
// rest. Returns the IPv6 header.
static struct ipv6_header *
write_headers(
	const struct host *host,
	uint8_t *bytes,
	const uint8_t source[16],
	const uint8_t group[16],
	const uint8_t target[16]
)
{
	struct rte_ether_addr station = group_station(group);
	uint8_t l2_len = frame_write_ether(host, bytes, &station, RTE_ETHER_TYPE_IPV6);
	struct ipv6_header *ip = (void *)(bytes + l2_len);
	struct ndp_message *message = (void *)(ip + 1);

	memcpy(ip->src_addr, source, 16);
	memcpy(ip->dst_addr, group, 16);
	memcpy(message->target, target, 16);
	return ip;
}

// To the group where whoever has `target` listens (RFC 4291 2.7.1).
static uint16_t
write_solicitation(
	const struct host *host,
	uint8_t *bytes,
	const uint8_t source[16],
	const uint8_t target[16]
)
{
	struct ipv6_header *ip;
	uint8_t group[16];

	memcpy(group, solicited_nodes, 13);
	memcpy(group + 13, target + 13, 3);
	ip = write_headers(host, bytes, source, group, target);
	return host->l2_len
		+ write_message(host, ip, NDP_NEIGHBOUR_SOLICITATION, 0, !is_unspecified(source));
}

uint16_t
ndp_write_probe(const struct host *host, uint8_t *bytes, unsigned i)
{
	return write_solicitation(host, bytes, unspecified, host->ipv6[i]);
}

uint16_t
ndp_write_advertisement(const struct host *host, uint8_t *bytes, unsigned i)
{
	struct ipv6_header *ip =
		write_headers(host, bytes, host->ipv6[i], all_nodes, host->ipv6[i]);

	return host->l2_len
		+ write_message(host, ip, NDP_NEIGHBOUR_ADVERTISEMENT, FLAG_OVERRIDE, true);
}

uint16_t
ndp_write_gateway_request(const struct host *host, uint8_t *bytes, unsigned i)
{
	return write_solicitation(host, bytes, host->ipv6[i], host->gateway_ipv6);
}
