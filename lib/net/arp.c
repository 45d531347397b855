// SPDX-License-Identifier: BSD-3-Clause

#include "arp.h"

#include "gateway.h"

#include <rte_arp.h>
#include <rte_branch_prediction.h>

#include <assert.h>
#include <string.h>

static_assert(sizeof(struct rte_arp_hdr) == ARP_LEN, "an ARP packet for Ethernet and IPv4");

static const struct rte_ether_addr broadcast = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
static const struct rte_ether_addr unknown;

// Whether the types and lengths are those of Ethernet and IPv4, and the sender's MAC address is a unicast one.
static bool
arp_is_valid(const struct frame *frame, const struct rte_arp_hdr *arp)
{
	// Hardware type Ethernet, protocol type IPv4 and the lengths of their addresses, compared at once.
	static const uint8_t kind[6] = {0, RTE_ARP_HRD_ETHER, 0x08, 0x00, 6, 4};

	return frame->l4_len >= sizeof(*arp) && memcmp(arp, kind, sizeof(kind)) == 0
		&& rte_is_valid_assigned_ether_addr(&arp->arp_data.arp_sha);
}

// Index of the own address that the sender claims, or HOST_NO_ADDRESS. The sender claims an address by
// using it (RFC 5227 2.4), or by probing for it while Weir probes for it, too (RFC 5227 2.1.1).
static int
claimed_address(const struct host *host, const struct rte_arp_hdr *arp)
{
	rte_be32_t target = arp->arp_data.arp_tip;

	if (arp->arp_data.arp_sip != 0)
		return host_find_own_ipv4(host, arp->arp_data.arp_sip);
	if (arp->arp_opcode == RTE_BE16(RTE_ARP_OP_REQUEST) && !host_uses_ipv4(host, target))
		return host_find_own_ipv4(host, target);
	return HOST_NO_ADDRESS;
}

// Another host claims our address i. A claim from our own MAC address is one of our frames that a loop
// sent back. (Other frames from it are served: the kernel's end of a TAP device has the same address.)
static enum verdict
note_claim(
	const struct host *host,
	const struct rte_arp_hdr *arp,
	struct host_notes *notes,
	int i,
	uint64_t tsc
)
{
	const struct rte_ether_addr *mac = &arp->arp_data.arp_sha;

	if (rte_is_same_ether_addr(mac, &host->mac))
		return VERDICT_arp_noted;
	mac_seen_add(&notes->ipv4_conflicts[i], mac, tsc);
	return VERDICT_arp_conflict;
}

// The sender has the gateway's address. A reply is sent to us alone and names an address that we use;
// anything else, such as an announcement, is a claim. Rare, so not inlined into the request path.
__attribute__((cold, noinline)) static void
note_gateway(
	const struct host *host,
	const struct frame *frame,
	const struct rte_arp_hdr *arp,
	struct host_notes *notes,
	uint64_t tsc
)
{
	const struct rte_ether_hdr *ether = (const void *)frame->bytes;
	bool solicited = arp->arp_opcode == RTE_BE16(RTE_ARP_OP_REPLY)
		&& rte_is_same_ether_addr(&ether->dst_addr, &host->mac)
		&& rte_is_same_ether_addr(&arp->arp_data.arp_tha, &host->mac)
		&& host_uses_ipv4(host, arp->arp_data.arp_tip);

	gateway_note(
		host,
		FAMILY_IPV4,
		notes,
		solicited ? GATEWAY_OVERRIDE : GATEWAY_UNSOLICITED,
		&arp->arp_data.arp_sha,
		tsc
	);
}

// RFC 826: "swap hardware and protocol fields, putting the local addresses in the sender fields".
// The reply goes to the MAC address that the frame came from; padding is cut off.
static void
write_reply(const struct host *host, struct frame *frame, struct rte_arp_hdr *arp)
{
	struct rte_arp_ipv4 *data = &arp->arp_data;
	rte_be32_t target = data->arp_tip;

	frame_reflect_ether(host, frame->bytes);
	arp->arp_opcode = RTE_BE16(RTE_ARP_OP_REPLY);
	data->arp_tha = data->arp_sha;
	data->arp_tip = data->arp_sip;
	data->arp_sha = host->mac;
	data->arp_sip = target;
	frame->l4_len = sizeof(*arp);
	frame->len = frame->l2_len + sizeof(*arp);
}

// Takes a token from the share of the MAC address, which may have many IP addresses, and of the IP address.
static __rte_noinline bool
take_share(const struct frame *frame, struct shares *limit, uint64_t tsc)
{
	const struct rte_ether_hdr *ether = (const void *)frame->bytes;
	const struct rte_arp_hdr *arp = frame_l4(frame);
	struct shares_source source = {
		.group = mac_word(&ether->src_addr),
		.member = arp->arp_data.arp_sip,
	};

	return shares_take(limit, &source, tsc);
}

enum verdict
arp_receive(
	const struct host *host,
	struct frame *frame,
	struct host_notes *notes,
	struct shares *limit,
	uint64_t tsc
)
{
	struct rte_arp_hdr *arp = frame_l4(frame);

	if (!arp_is_valid(frame, arp))
		return VERDICT_arp_malformed;
	bool request = arp->arp_opcode == RTE_BE16(RTE_ARP_OP_REQUEST);

	if (!request && arp->arp_opcode != RTE_BE16(RTE_ARP_OP_REPLY))
		return VERDICT_arp_noted;
	if (unlikely(arp->arp_data.arp_sip == host->gateway_ipv4) && host->gateway_ipv4 != 0)
		note_gateway(host, frame, arp, notes, tsc);
	int claimed = claimed_address(host, arp);

	if (claimed >= 0)
		return note_claim(host, arp, notes, claimed, tsc);
	if (!request || !host_claims_ipv4(host, arp->arp_data.arp_tip))
		return VERDICT_arp_noted;
	if (!shares_take_upper(limit, tsc) && !take_share(frame, limit, tsc))
		return VERDICT_arp_limited;
	write_reply(host, frame, arp);
	return VERDICT_arp_answered;
}

// Writes a broadcast request with target hardware address 0 (RFC 5227 2.1.1: SHOULD).
static uint16_t
write_request(const struct host *host, uint8_t *bytes, rte_be32_t sender, rte_be32_t target)
{
	uint8_t l2_len = frame_write_ether(host, bytes, &broadcast, RTE_ETHER_TYPE_ARP);
	struct rte_arp_hdr *arp = (void *)(bytes + l2_len);

	*arp = (struct rte_arp_hdr){
		.arp_hardware = RTE_BE16(RTE_ARP_HRD_ETHER),
		.arp_protocol = RTE_BE16(RTE_ETHER_TYPE_IPV4),
		.arp_hlen = RTE_ETHER_ADDR_LEN,
		.arp_plen = sizeof(rte_be32_t),
		.arp_opcode = RTE_BE16(RTE_ARP_OP_REQUEST),
		.arp_data =
			{.arp_sha = host->mac,
			 .arp_sip = sender,
			 .arp_tha = unknown,
			 .arp_tip = target},
	};
	return l2_len + sizeof(*arp);
}

uint16_t
arp_write_probe(const struct host *host, uint8_t *bytes, unsigned i)
{
	return write_request(host, bytes, 0, host->ipv4[i]);
}

uint16_t
arp_write_announcement(const struct host *host, uint8_t *bytes, unsigned i)
{
	return write_request(host, bytes, host->ipv4[i], host->ipv4[i]);
}

uint16_t
arp_write_gateway_request(const struct host *host, uint8_t *bytes, unsigned i)
{
	return write_request(host, bytes, host->ipv4[i], host->gateway_ipv4);
}
