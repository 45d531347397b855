// SPDX-License-Identifier: BSD-3-Clause

#include "ndp_message.h"

#include "checksum.h"

#include <assert.h>
#include <string.h>

enum {
	NDP_HOP_LIMIT = 255, // proves that no router forwarded it: RFC 4861 3.1
	OPTION_SOURCE_LINK = 1,
	OPTION_TARGET_LINK = 2,
	OPTION_UNIT = 8, // bytes; option lengths are in these units
};

static_assert(sizeof(struct ndp_message) == 24, "RFC 4861 4.3");
static_assert(sizeof(struct ndp_link_option) == OPTION_UNIT, "RFC 2464 6");

const uint8_t ndp_unspecified[16];
const uint8_t ndp_all_nodes[16] = {0xff, 0x02, [15] = 1};
const uint8_t ndp_solicited_nodes[NDP_SOLICITED_NODES_BYTES] = {0xff, 0x02, [11] = 1, [12] = 0xff};

// Length of a message of this type without options (bytes).
static uint16_t
min_len(uint8_t type)
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

// Walks the options from `at` to `end`. Returns false if one has length 0 or is cut short. *link becomes the
// last one of type `wanted`, or NULL.
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

// The rules of RFC 4861 7.1.1 and 7.1.2 about addresses.
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
		return ip->dst_addr[0] != 0xff || !(message->flags & RTE_BE32(NDP_SOLICITED));
	return !ipv6_is_unspecified(ip->src_addr)
		|| (link == NULL
		    && memcmp(ip->dst_addr, ndp_solicited_nodes, sizeof(ndp_solicited_nodes)) == 0);
}

bool
ndp_message_is_valid(const struct frame *frame, const struct ndp_link_option **link)
{
	const struct ipv6_header *ip = frame_l3(frame);
	const struct ndp_message *message = frame_l4(frame);
	const uint8_t *start = frame_l4(frame);
	uint16_t min = min_len(message->type);

	if (frame->l4_len < min || ip->hop_limits != NDP_HOP_LIMIT || message->code != 0
	    || !walk_options(
		    start + min,
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

struct rte_ether_addr
ndp_group_mac(const uint8_t group[16])
{
	return (struct rte_ether_addr){{0x33, 0x33, group[12], group[13], group[14], group[15]}};
}

uint16_t
ndp_message_write(
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

struct ipv6_header *
ndp_message_write_headers(
	const struct host *host,
	uint8_t *bytes,
	const uint8_t source[16],
	const uint8_t group[16],
	const uint8_t target[16]
)
{
	struct rte_ether_addr mac = ndp_group_mac(group);
	uint8_t l2_len = frame_write_ether(host, bytes, &mac, RTE_ETHER_TYPE_IPV6);
	struct ipv6_header *ip = (void *)(bytes + l2_len);
	struct ndp_message *message = (void *)(ip + 1);

	memcpy(ip->src_addr, source, 16);
	memcpy(ip->dst_addr, group, 16);
	memcpy(message->target, target, 16);
	return ip;
}
