// SPDX-License-Identifier: BSD-3-Clause

#include "arp.h"

#include "gateway.h"

#include <rte_arp.h>
#include <rte_branch_prediction.h>

#include <assert.h>
#include <string.h>

static_assert(sizeof(struct rte_arp_hdr) == ARP_LEN, "an ARP packet for Ethernet and IPv4");

static const struct rte_ether_addr broadcast = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
static const struct rte_ether_addr nobody;

// Fields of the right kind, and a sender that is one station.
static bool
arp_is_valid(const struct frame *frame, const struct rte_arp_hdr *arp)
{
	// Hardware Ethernet, protocol IPv4, and how long their addresses are: compared as one.
	static const uint8_t kind[6] = {0, RTE_ARP_HRD_ETHER, 0x08, 0x00, 6, 4};

	return frame->l4_len >= sizeof(*arp) && memcmp(arp, kind, sizeof(kind)) == 0
		&& rte_is_valid_assigned_ether_addr(&arp->arp_data.arp_sha);
}

// Index of the address of ours that the sender claims, or HOST_NO_ADDRESS. A claim is to use it
// (RFC 5227 2.4), or to probe for it while we do so too (RFC 5227 2.1.1).
static int
claimed_address(const struct host *host, const struct rte_arp_hdr *arp)
{
	rte_be32_t target = arp->arp_data.arp_tip;

	if (arp->arp_data.arp_sip != 0)
		return host_find_ipv4(host, arp->arp_data.arp_sip);
	if (arp->arp_opcode == RTE_BE16(RTE_ARP_OP_REQUEST) && !host_uses_ipv4(host, target))
		return host_find_ipv4(host, target);
	return HOST_NO_ADDRESS;
}

// Somebody claims our address i. A claim from our own station is a frame of ours that a loop sent
// back. (Other frames from it are welcome: the kernel's end of a TAP device has the same address.)
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
	host_hear(&notes->ipv4_conflicts[i], mac, tsc);
	return VERDICT_arp_conflict;
}

// The sender has the gateway's address. An answer goes to us alone and names an address we use;
// what else it says, such as an announcement, is a claim. Rare, so kept out of the way of requests.
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
	bool answer = arp->arp_opcode == RTE_BE16(RTE_ARP_OP_REPLY)
		&& rte_is_same_ether_addr(&ether->dst_addr, &host->mac)
		&& rte_is_same_ether_addr(&arp->arp_data.arp_tha, &host->mac)
		&& host_uses_ipv4(host, arp->arp_data.arp_tip);

	gateway_note(
		host,
		FAMILY_IPV4,
		notes,
		answer ? GATEWAY_OVERRIDE : GATEWAY_CLAIM,
		&arp->arp_data.arp_sha,
		tsc
	);
}

// RFC 826: "swap hardware and protocol fields, putting the local addresses in the sender fields".
// The station to send to is the one the frame came from; padding stays behind.
static void
answer(const struct host *host, struct frame *frame, struct rte_arp_hdr *arp)
{
	struct rte_arp_ipv4 *data = &arp->arp_data;
	rte_be32_t asked = data->arp_tip;

	frame_reflect_ether(host, frame->bytes);
	arp->arp_opcode = RTE_BE16(RTE_ARP_OP_REPLY);
	data->arp_tha = data->arp_sha;
	data->arp_tip = data->arp_sip;
	data->arp_sha = host->mac;
	data->arp_sip = asked;
	frame->l4_len = sizeof(*arp);
	frame->len = frame->l2_len + sizeof(*arp);
}

// The share of a station, which may ask from many addresses, and of the address.
static __rte_noinline bool
take_share(const struct frame *frame, struct shares *limit, uint64_t tsc)
{
	const struct rte_ether_hdr *ether = (const void *)frame->bytes;
	const struct rte_arp_hdr *arp = frame_l4(frame);
	struct shares_source asker = {
		.group = mac_word(&ether->src_addr),
		.member = arp->arp_data.arp_sip,
	};

	return shares_take(limit, &asker, tsc);
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
	if (!request || !host_uses_ipv4(host, arp->arp_data.arp_tip))
		return VERDICT_arp_noted;
	if (!shares_take_upper(limit, tsc) && !take_share(frame, limit, tsc))
		return VERDICT_arp_limited;
	answer(host, frame, arp);
	return VERDICT_arp_answered;
}

// A broadcast request of ours; target hardware address 0 (RFC 5227 2.1.1: SHOULD).
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
			 .arp_tha = nobody,
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
