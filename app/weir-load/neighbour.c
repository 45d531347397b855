// SPDX-License-Identifier: BSD-3-Clause

#include "neighbour.h"

#include "../../lib/net/checksum.h"
#include "../../lib/net/ndp.h"
#include "options.h"

#include <rte_arp.h>
#include <rte_ip.h>

#include <string.h>

enum {
	HOP_LIMIT = 255, // RFC 4861 7.1: proves that the sender is on the link
	OPTION_SOURCE_LINK = 1,
	OPTION_TARGET_LINK = 2,
};

#define FLAG_SOLICITED RTE_BE32(0x40000000)
#define FLAG_OVERRIDE RTE_BE32(0x20000000)

struct arp_frame {
	struct rte_ether_hdr ether;
	struct rte_arp_hdr arp;
} __attribute__((packed)) __rte_aligned(2);

// A solicitation or an advertisement with one option.
struct ndp_frame {
	struct rte_ether_hdr ether;
	struct ipv6_header ip;
	uint8_t type;
	uint8_t code;
	rte_be16_t checksum;
	rte_be32_t flags;
	uint8_t target[16];
	uint8_t option_type;
	uint8_t option_units; // of 8 bytes
	struct rte_ether_addr option_mac;
} __attribute__((packed)) __rte_aligned(2);

static_assert(sizeof(struct ndp_frame) == NEIGHBOUR_FRAME_MAX, "the longest frame written");

enum { NDP_BYTES = sizeof(struct ndp_frame) - offsetof(struct ndp_frame, type) };

void
neighbour_init(
	struct neighbour *neighbour,
	const struct options *options,
	const struct flows *flows,
	const struct rte_ether_addr *mac
)
{
	bool given = options->tracker_mac.given;

	*neighbour = (struct neighbour){
		.flows = flows,
		.mac = *mac,
		.tracker_ipv4 = options->tracker_ipv4.address,
		.tracker_mac = {options->tracker_mac.address, options->tracker_mac.address},
		.known = {given || options->ipv6_share >= 100, given || options->ipv6_share == 0},
	};
	memcpy(neighbour->tracker_ipv6, options->tracker_ipv6.address, 16);
}

static uint16_t
write_arp_request(const struct neighbour *neighbour, struct arp_frame *frame)
{
	*frame = (struct arp_frame){
		.ether.src_addr = neighbour->mac,
		.ether.ether_type = RTE_BE16(RTE_ETHER_TYPE_ARP),
		.arp.arp_hardware = RTE_BE16(RTE_ARP_HRD_ETHER),
		.arp.arp_protocol = RTE_BE16(RTE_ETHER_TYPE_IPV4),
		.arp.arp_hlen = RTE_ETHER_ADDR_LEN,
		.arp.arp_plen = 4,
		.arp.arp_opcode = RTE_BE16(RTE_ARP_OP_REQUEST),
		.arp.arp_data.arp_sha = neighbour->mac,
		.arp.arp_data.arp_sip = flow_ipv4(neighbour->flows, 0),
		.arp.arp_data.arp_tip = neighbour->tracker_ipv4,
	};
	memset(&frame->ether.dst_addr, 0xff, sizeof(frame->ether.dst_addr));
	return sizeof(*frame);
}

// Fills in what solicitations and advertisements share; addresses and target are set already.
static uint16_t
finish_ndp(
	const struct neighbour *neighbour,
	struct ndp_frame *frame,
	uint8_t type,
	rte_be32_t flags,
	uint8_t option
)
{
	frame->ether.src_addr = neighbour->mac;
	frame->ether.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV6);
	frame->ip.vtc_flow = RTE_BE32(0x60000000);
	frame->ip.payload_len = RTE_BE16(NDP_BYTES);
	frame->ip.proto = IPPROTO_ICMPV6;
	frame->ip.hop_limits = HOP_LIMIT;
	frame->type = type;
	frame->code = 0;
	frame->flags = flags;
	frame->option_type = option;
	frame->option_units = 1;
	frame->option_mac = neighbour->mac;
	frame->checksum = 0;
	frame->checksum =
		checksum_l4(&frame->ip, FAMILY_IPV6, IPPROTO_ICMPV6, &frame->type, NDP_BYTES);
	return sizeof(*frame);
}

static uint16_t
write_solicitation(const struct neighbour *neighbour, struct ndp_frame *frame)
{
	static const uint8_t group[13] = {0xff, 0x02, [11] = 1, [12] = 0xff};
	const uint8_t *target = neighbour->tracker_ipv6;
	rte_be64_t source[2] = {
		flow_ipv6_high(neighbour->flows, neighbour->flows->clients), FLOW_IPV6_LOW};

	*frame = (struct ndp_frame){
		.ether.dst_addr = {{0x33, 0x33, 0xff, target[13], target[14], target[15]}},
	};
	memcpy(frame->ip.src_addr, source, 16);
	memcpy(frame->ip.dst_addr, group, 13); // the solicited nodes: RFC 4291 2.7.1
	memcpy(frame->ip.dst_addr + 13, target + 13, 3);
	memcpy(frame->target, target, 16);
	return finish_ndp(neighbour, frame, NDP_NEIGHBOUR_SOLICITATION, 0, OPTION_SOURCE_LINK);
}

uint16_t
neighbour_solicit(const struct neighbour *neighbour, bool ipv6, uint8_t *frame)
{
	if (neighbour->known[ipv6])
		return 0;
	return ipv6 ? write_solicitation(neighbour, (void *)frame)
		    : write_arp_request(neighbour, (void *)frame);
}

static uint16_t
receive_arp(struct neighbour *neighbour, struct arp_frame *frame)
{
	struct rte_arp_ipv4 *data = &frame->arp.arp_data;
	rte_be32_t target = data->arp_tip;

	if (frame->arp.arp_protocol != RTE_BE16(RTE_ETHER_TYPE_IPV4) || frame->arp.arp_plen != 4)
		return 0;
	if (frame->arp.arp_opcode == RTE_BE16(RTE_ARP_OP_REPLY)) {
		if (data->arp_sip == neighbour->tracker_ipv4 && !neighbour->known[0]) {
			neighbour->tracker_mac[0] = data->arp_sha;
			neighbour->known[0] = true;
		}
		return 0;
	}
	// Probes (RFC 5227, sender 0) are answered, too: the clients' addresses are in use.
	if (frame->arp.arp_opcode != RTE_BE16(RTE_ARP_OP_REQUEST)
	    || flows_find_ipv4(neighbour->flows, target) < 0 || data->arp_sip == target)
		return 0;
	frame->ether.dst_addr = data->arp_sha;
	frame->ether.src_addr = neighbour->mac;
	frame->arp.arp_opcode = RTE_BE16(RTE_ARP_OP_REPLY);
	data->arp_tha = data->arp_sha;
	data->arp_tip = data->arp_sip;
	data->arp_sha = neighbour->mac;
	data->arp_sip = target;
	return sizeof(*frame);
}

static bool
is_client_ipv6(const struct neighbour *neighbour, const uint8_t address[16])
{
	rte_be64_t halves[2];

	memcpy(halves, address, sizeof(halves));
	return flows_find_ipv6(neighbour->flows, halves[0], halves[1]) >= 0;
}

static uint16_t
receive_ndp(struct neighbour *neighbour, struct ndp_frame *frame, uint16_t len)
{
	static const uint8_t unspecified[16];

	if (len < offsetof(struct ndp_frame, option_type) || frame->ip.proto != IPPROTO_ICMPV6
	    || frame->ip.hop_limits != HOP_LIMIT)
		return 0;
	if (frame->type == NDP_NEIGHBOUR_ADVERTISEMENT) {
		if (memcmp(frame->target, neighbour->tracker_ipv6, 16) == 0
		    && !neighbour->known[1]) {
			neighbour->tracker_mac[1] = frame->ether.src_addr;
			neighbour->known[1] = true;
		}
		return 0;
	}
	if (frame->type != NDP_NEIGHBOUR_SOLICITATION || !is_client_ipv6(neighbour, frame->target)
	    || memcmp(frame->ip.src_addr, unspecified, 16) == 0)
		return 0;
	frame->ether.dst_addr = frame->ether.src_addr;
	memcpy(frame->ip.dst_addr, frame->ip.src_addr, 16);
	memcpy(frame->ip.src_addr, frame->target, 16);
	return finish_ndp(
		neighbour,
		frame,
		NDP_NEIGHBOUR_ADVERTISEMENT,
		FLAG_SOLICITED | FLAG_OVERRIDE,
		OPTION_TARGET_LINK
	);
}

uint16_t
neighbour_receive(struct neighbour *neighbour, uint8_t *bytes, uint16_t len, uint16_t size)
{
	const struct rte_ether_hdr *ether = (const void *)bytes;

	if (len < sizeof(*ether) || size < NEIGHBOUR_FRAME_MAX)
		return 0;
	if (ether->ether_type == RTE_BE16(RTE_ETHER_TYPE_ARP) && len >= sizeof(struct arp_frame))
		return receive_arp(neighbour, (void *)bytes);
	if (ether->ether_type == RTE_BE16(RTE_ETHER_TYPE_IPV6))
		return receive_ndp(neighbour, (void *)bytes, len);
	return 0;
}
