// SPDX-License-Identifier: BSD-3-Clause

#include "ndp.h"

#include "gateway.h"
#include "ndp_message.h"

#include <string.h>

// Another host claims our address i. A claim from our own MAC address is one of our frames that a loop
// sent back. (Other frames from it are served: the kernel's end of a TAP device has the same address.)
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

// Whether `link` holds a unicast MAC address.
static bool
has_unicast_mac(const struct ndp_link_option *link)
{
	return link != NULL && link->units == 1 && rte_is_valid_assigned_ether_addr(&link->mac);
}

// An advertisement of the gateway's address (RFC 4861 7.2.5).
static void
note_gateway(
	const struct host *host,
	const struct ndp_message *message,
	const struct ndp_link_option *link,
	struct host_notes *notes,
	uint64_t tsc
)
{
	enum gateway_evidence evidence = GATEWAY_UNSOLICITED;

	if (ipv6_is_unspecified(host->gateway_ipv6)
	    || memcmp(message->target, host->gateway_ipv6, 16) != 0 || !has_unicast_mac(link))
		return;
	if (message->flags & RTE_BE32(NDP_SOLICITED))
		evidence = message->flags & RTE_BE32(NDP_OVERRIDE) ? GATEWAY_OVERRIDE
								   : GATEWAY_SOLICITED;
	gateway_note(host, FAMILY_IPV6, notes, evidence, &link->mac, tsc);
}

// Solicitations and messages of routers contain the sender's MAC address (RFC 4861 7.2.3, 6.3.4).
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

	if (has_unicast_mac(link) && memcmp(ip->src_addr, host->gateway_ipv6, 16) == 0
	    && !ipv6_is_unspecified(ip->src_addr))
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
	int i = host_find_own_ipv6(host, message->target);

	if (i >= 0) // RFC 4862 5.4.4
		return note_claim(host, frame, notes, i, tsc);
	note_gateway(host, message, link, notes, tsc);
	return VERDICT_ndp_noted;
}

// RFC 4861 7.2.4: the advertisement goes to the sender, or to all nodes if the source is ::.
static void
write_reply(const struct host *host, struct frame *frame)
{
	struct rte_ether_hdr *ether = (void *)frame->bytes;
	struct ipv6_header *ip = frame_l3(frame);
	const struct ndp_message *message = frame_l4(frame);
	bool anonymous = ipv6_is_unspecified(ip->src_addr);

	frame_reflect_ether(host, frame->bytes);
	if (anonymous)
		ether->dst_addr = ndp_group_mac(ndp_all_nodes);
	memcpy(ip->dst_addr, anonymous ? ndp_all_nodes : ip->src_addr, 16);
	memcpy(ip->src_addr, message->target, 16);
	uint16_t ip_len = ndp_message_write(
		host,
		ip,
		NDP_NEIGHBOUR_ADVERTISEMENT,
		anonymous ? NDP_OVERRIDE : NDP_SOLICITED | NDP_OVERRIDE,
		true
	);

	frame->l4_len = ip_len - sizeof(*ip);
	frame->len = frame->l2_len + ip_len;
}

// Takes a token from the share of the MAC address, and of the interface identifier of the IPv6 address.
static __rte_noinline bool
take_share(const struct frame *frame, struct shares *limit, uint64_t tsc)
{
	const struct rte_ether_hdr *ether = (const void *)frame->bytes;
	const struct ipv6_header *ip = frame_l3(frame);
	struct shares_source source = {.group = mac_word(&ether->src_addr)};

	memcpy(&source.member, ip->src_addr + 8, 8);
	return shares_take(limit, &source, tsc);
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
	int i = host_find_own_ipv6(host, message->target);

	if (i < 0)
		return VERDICT_ndp_noted;
	if (!host_uses_ipv6(host, message->target)) // RFC 4862 5.4.3
		return ipv6_is_unspecified(ip->src_addr) ? note_claim(host, frame, notes, i, tsc)
							 : VERDICT_ndp_noted;
	if (!shares_take_upper(limit, tsc) && !take_share(frame, limit, tsc))
		return VERDICT_ndp_limited;
	write_reply(host, frame);
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

	if (!ndp_message_is_valid(frame, &link))
		return VERDICT_ndp_malformed;
	if (message->type != NDP_NEIGHBOUR_ADVERTISEMENT)
		note_sender(host, frame, link, notes, tsc);
	if (message->type == NDP_NEIGHBOUR_SOLICITATION)
		return receive_solicitation(host, frame, notes, limit, tsc);
	if (message->type == NDP_NEIGHBOUR_ADVERTISEMENT)
		return receive_advertisement(host, frame, link, notes, tsc);
	return VERDICT_ndp_noted;
}

// Sent to the solicited-node group of `target` (RFC 4291 2.7.1).
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

	memcpy(group, ndp_solicited_nodes, NDP_SOLICITED_NODES_BYTES);
	memcpy(group + 13, target + 13, 3);
	ip = ndp_message_write_headers(host, bytes, source, group, target);
	return host->l2_len
		+ ndp_message_write(
			host, ip, NDP_NEIGHBOUR_SOLICITATION, 0, !ipv6_is_unspecified(source)
		);
}

uint16_t
ndp_write_probe(const struct host *host, uint8_t *bytes, unsigned i)
{
	return write_solicitation(host, bytes, ndp_unspecified, host->ipv6[i]);
}

uint16_t
ndp_write_advertisement(const struct host *host, uint8_t *bytes, unsigned i)
{
	struct ipv6_header *ip =
		ndp_message_write_headers(host, bytes, host->ipv6[i], ndp_all_nodes, host->ipv6[i]);

	return host->l2_len
		+ ndp_message_write(host, ip, NDP_NEIGHBOUR_ADVERTISEMENT, NDP_OVERRIDE, true);
}

uint16_t
ndp_write_gateway_request(const struct host *host, uint8_t *bytes, unsigned i)
{
	return write_solicitation(host, bytes, host->ipv6[i], host->gateway_ipv6);
}
