// SPDX-License-Identifier: BSD-3-Clause

#include "icmp.h"

#include "admit.h"
#include "checksum.h"
#include "mld.h"
#include "ndp.h"

#include <assert.h>
#include <string.h>

enum {
	// Every message of RFC 792 and RFC 4443 starts with type, code, checksum and four more bytes.
	ICMP_LEN_MIN = sizeof(struct rte_icmp_hdr),

	ICMP4_ECHO_REPLY = 0,
	ICMP4_UNREACHABLE = 3,
	ICMP4_UNREACHABLE_PORT = 3, // code
	ICMP4_ECHO_REQUEST = 8,
	ICMP4_ERROR_MAX = 576, // bytes of the IP packet: RFC 1812 4.3.2.3

	ICMP6_UNREACHABLE = 1,
	ICMP6_UNREACHABLE_PORT = 4, // code
	ICMP6_ECHO_REQUEST = 128,
	ICMP6_ECHO_REPLY = 129,
	ICMP6_ERROR_MAX = 1280, // bytes of the IP packet, the minimum MTU: RFC 4443 2.4 (c)

	QUOTE_MIN = 8, // bytes behind the quoted IP header: RFC 792, "64 bits"
	IPV4_DONT_FRAGMENT = 0x4000,
};

static_assert(sizeof(struct rte_icmp_hdr) == 8, "RFC 792");
static_assert((int)MLD_DONE_V1 + 1 == (int)NDP_ROUTER_SOLICITATION, "one range of types");

// The checksum of ICMP covers the message alone, that of ICMPv6 a pseudo header, too (RFC 4443 2.3).
static bool
icmp_checksum_ok(const struct frame *frame)
{
	const void *icmp = frame_l4(frame);

	if (frame->family == FAMILY_IPV4)
		return checksum_fold(checksum_sum(icmp, frame->l4_len)) == 0xffff;
	return checksum_l4_ok(FAMILY_IPV6, IPPROTO_ICMPV6, icmp, frame->l4_len);
}

bool
icmp_is_mld_or_ndp(const struct frame *frame, enum verdict *verdict)
{
	const struct rte_icmp_hdr *icmp = frame_l4(frame);

	*verdict = VERDICT_NONE;
	if (frame->kind != FRAME_ICMP6 || frame->l4_len < ICMP_LEN_MIN
	    || icmp->icmp_type < MLD_QUERY || icmp->icmp_type > NDP_REDIRECT)
		return false;
	if (!icmp_checksum_ok(frame)) {
		*verdict = VERDICT_icmp_checksum;
		return false;
	}
	return true;
}

// Writes the IP header back to the sender, and the checksum of `icmp_len` bytes of message.
static void
reflect_ipv4(const struct frame *frame, uint16_t icmp_len)
{
	struct rte_ipv4_hdr *ip = frame_l3(frame);
	struct rte_icmp_hdr *icmp = frame_l4(frame);
	rte_be32_t source = ip->src_addr;

	ip->type_of_service = 0;
	ip->total_length = rte_cpu_to_be_16(sizeof(*ip) + icmp_len);
	ip->packet_id = 0; // RFC 6864 4.1: meaningless in an atomic datagram
	ip->fragment_offset = RTE_BE16(IPV4_DONT_FRAGMENT);
	ip->time_to_live = HOST_TTL;
	ip->next_proto_id = IPPROTO_ICMP;
	ip->hdr_checksum = 0;
	ip->src_addr = ip->dst_addr;
	ip->dst_addr = source;
	ip->hdr_checksum = checksum_ipv4(ip);
	icmp->icmp_cksum = 0;
	icmp->icmp_cksum = ~checksum_fold(checksum_sum(icmp, icmp_len));
}

static void
reflect_ipv6(const struct frame *frame, uint16_t icmp_len)
{
	struct ipv6_header *ip = frame_l3(frame);
	struct rte_icmp_hdr *icmp = frame_l4(frame);
	uint8_t source[16];

	ip->vtc_flow = RTE_BE32(0x60000000);
	ip->payload_len = rte_cpu_to_be_16(icmp_len);
	ip->proto = IPPROTO_ICMPV6;
	ip->hop_limits = HOST_TTL;
	memcpy(source, ip->src_addr, 16);
	memcpy(ip->src_addr, ip->dst_addr, 16);
	memcpy(ip->dst_addr, source, 16);
	icmp->icmp_cksum = 0;
	icmp->icmp_cksum = checksum_l4(ip, FAMILY_IPV6, IPPROTO_ICMPV6, icmp, icmp_len);
}

// Swaps MAC and IP addresses in front of the message and cuts off everything behind it.
static void
reflect(const struct host *host, struct frame *frame, uint16_t icmp_len)
{
	frame_reflect_ether(host, frame->bytes);
	if (frame->family == FAMILY_IPV4)
		reflect_ipv4(frame, icmp_len);
	else
		reflect_ipv6(frame, icmp_len);
	frame->l4_len = icmp_len;
	frame->len = frame->l2_len + frame->l3_len + icmp_len;
}

// frame_parse lets ICMPv6 to groups and tentative addresses, from :: (the only NEVER source here) and from
// senders that are not served pass, because neighbour discovery needs it. Pings are checked here.
static enum verdict
admit_echo(const struct host *host, const struct frame *frame)
{
	const struct ipv6_header *ip = frame_l3(frame);

	if (frame->family == FAMILY_IPV4)
		return VERDICT_NONE;
	enum source source = source_ipv6(ip->src_addr);

	if (source == SOURCE_NEVER || !host_uses_ipv6(host, ip->dst_addr))
		return VERDICT_icmp_noted;
	return admit_ping_ipv6(host, ip->src_addr, source);
}

// Takes a token from the share of an address and of its /24 or /64. The MAC address may be a router's.
static __rte_noinline bool
take_share(const struct frame *frame, struct shares *limit, uint64_t tsc)
{
	struct shares_source sender;

	if (frame->family == FAMILY_IPV4) {
		const struct rte_ipv4_hdr *ip = frame_l3(frame);

		sender.group = ip->src_addr & RTE_BE32(0xffffff00);
		sender.member = ip->src_addr;
	} else {
		const struct ipv6_header *ip = frame_l3(frame);

		memcpy(&sender.group, ip->src_addr, 8);
		memcpy(&sender.member, ip->src_addr + 8, 8);
	}
	return shares_take(limit, &sender, tsc);
}

enum verdict
icmp_receive(const struct host *host, struct frame *frame, struct shares *limit, uint64_t tsc)
{
	struct rte_icmp_hdr *icmp = frame_l4(frame);
	bool ipv4 = frame->family == FAMILY_IPV4;

	if (frame->l4_len < ICMP_LEN_MIN)
		return VERDICT_icmp_malformed;
	if (!icmp_checksum_ok(frame))
		return VERDICT_icmp_checksum;
	if (icmp->icmp_type != (ipv4 ? ICMP4_ECHO_REQUEST : ICMP6_ECHO_REQUEST)
	    || icmp->icmp_code != 0)
		return VERDICT_icmp_noted;
	enum verdict verdict = admit_echo(host, frame);

	if (verdict != VERDICT_NONE)
		return verdict;
	if (!shares_take_upper(limit, tsc) && !take_share(frame, limit, tsc))
		return VERDICT_echo_limited;
	icmp->icmp_type = ipv4 ? ICMP4_ECHO_REPLY : ICMP6_ECHO_REPLY;
	reflect(host, frame, frame->l4_len);
	return VERDICT_echo_answered;
}

// Bytes of the datagram to quote, so that the error is not longer than the datagram. If the result is
// less than its IP header and QUOTE_MIN, no error is sent.
static uint16_t
quote_len(const struct frame *frame)
{
	uint16_t max = frame->family == FAMILY_IPV4 ? ICMP4_ERROR_MAX : ICMP6_ERROR_MAX;
	uint16_t error_len = RTE_MIN(frame->l3_len + frame->l4_len, max);

	// A datagram has at least a UDP header, which is as long as that of ICMP.
	return error_len - frame->l3_len - (uint16_t)sizeof(struct rte_icmp_hdr);
}

enum verdict
icmp_refuse(const struct host *host, struct frame *frame, struct shares *limit, uint64_t tsc)
{
	struct rte_icmp_hdr *icmp = frame_l4(frame);
	bool ipv4 = frame->family == FAMILY_IPV4;
	uint16_t quoted = quote_len(frame);

	if (limit == NULL || quoted < frame->l3_len + QUOTE_MIN)
		return VERDICT_port_closed;
	if (!shares_take_upper(limit, tsc) && !take_share(frame, limit, tsc))
		return VERDICT_unreachable_limited;
	memmove(icmp + 1, frame_l3(frame), quoted);
	*icmp = (struct rte_icmp_hdr){
		.icmp_type = ipv4 ? ICMP4_UNREACHABLE : ICMP6_UNREACHABLE,
		.icmp_code = ipv4 ? ICMP4_UNREACHABLE_PORT : ICMP6_UNREACHABLE_PORT,
	};
	reflect(host, frame, sizeof(*icmp) + quoted);
	return VERDICT_port_unreachable;
}
