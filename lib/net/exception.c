// SPDX-License-Identifier: BSD-3-Clause

#include "exception.h"

#include <assert.h>
#include <string.h>

enum {
	ICMP4_UNREACHABLE = 3,
	ICMP4_SOURCE_QUENCH = 4,
	ICMP4_REDIRECT = 5,
	ICMP4_ECHO_REQUEST = 8,
	ICMP4_TIME_EXCEEDED = 11,
	ICMP4_PARAMETER_PROBLEM = 12,
	ICMP6_INFORMATION = 128, // errors have lower types: RFC 4443 2.1
};

static bool
is_error(const struct frame *frame)
{
	const struct rte_icmp_hdr *icmp = frame_l4(frame);

	if (frame->family == FAMILY_IPV6)
		return icmp->icmp_type < ICMP6_INFORMATION;
	switch (icmp->icmp_type) {
	case ICMP4_UNREACHABLE:
	case ICMP4_SOURCE_QUENCH:
	case ICMP4_REDIRECT:
	case ICMP4_TIME_EXCEEDED:
	case ICMP4_PARAMETER_PROBLEM:
		return true;
	default:
		return false;
	}
}

// Whether a message is an error about a datagram that the tracker has sent: errors quote the packet that they are about
// (RFC 792, RFC 4443 2.4). A tracker gets many of them, from clients that have gone.
static bool
is_about_tracker(const struct host *host, const struct frame *frame)
{
	const uint8_t *quoted = (const uint8_t *)frame_l4(frame) + sizeof(struct rte_icmp_hdr);
	bool ipv4 = frame->family == FAMILY_IPV4;
	unsigned least = sizeof(struct rte_icmp_hdr)
		+ (ipv4 ? sizeof(struct rte_ipv4_hdr) : sizeof(struct ipv6_header));
	rte_be16_t port;

	if (frame->l4_len < least + sizeof(port) || !is_error(frame))
		return false;
	unsigned header = ipv4 ? (quoted[0] & 0x0fu) * 4 : sizeof(struct ipv6_header);
	uint8_t protocol = ipv4 ? ((const struct rte_ipv4_hdr *)quoted)->next_proto_id
				: ((const struct ipv6_header *)quoted)->proto;

	if (protocol != IPPROTO_UDP
	    || sizeof(struct rte_icmp_hdr) + header + sizeof(port) > frame->l4_len)
		return false;
	memcpy(&port, quoted + header, sizeof(port));
	return port == host->udp_port;
}

// Which sources are served is a rule for what Weir serves: whether a packet from another source would be that. The
// protocol of an IPv6 packet with extension headers is not looked for: it is taken for one that Weir serves.
static bool
is_for_weir(const struct host *host, const struct frame *frame)
{
	bool ipv4 = frame->family == FAMILY_IPV4;
	uint8_t protocol = ipv4 ? ((const struct rte_ipv4_hdr *)frame_l3(frame))->next_proto_id
				: ((const struct ipv6_header *)frame_l3(frame))->proto;
	const struct rte_icmp_hdr *icmp = frame_l4(frame);
	const struct rte_udp_hdr *udp = frame_l4(frame);

	if (protocol == IPPROTO_UDP)
		return frame->l4_len < sizeof(*udp) || udp->dst_port == host->udp_port;
	if (ipv4)
		return protocol == IPPROTO_ICMP
			&& (frame->l4_len < sizeof(*icmp) || icmp->icmp_type == ICMP4_ECHO_REQUEST
			    || is_about_tracker(host, frame));
	return protocol == IPPROTO_ICMPV6 || ipv6_is_extension(protocol);
}

bool
exception_wants(const struct host *host, const struct frame *frame, enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_frame_vlan:
	case VERDICT_frame_type:
	case VERDICT_ipv4_options:
	case VERDICT_ipv4_fragment:
	case VERDICT_ipv6_extension:
	case VERDICT_ipv6_option:
	case VERDICT_ipv6_fragment:
	case VERDICT_ip_destination:
	case VERDICT_ip_protocol:
	case VERDICT_arp_noted:
	case VERDICT_ndp_noted:
	case VERDICT_mld_query:
	case VERDICT_mld_noted:
	case VERDICT_port_closed:
		return true;
	case VERDICT_frame_destination:
		return rte_is_multicast_ether_addr((const void *)frame->bytes);
	case VERDICT_ip_source:
	case VERDICT_ip_source_private:
		return !is_for_weir(host, frame);
	case VERDICT_icmp_noted:
		return !is_about_tracker(host, frame);
	default:
		return false;
	}
}

struct shares_source
exception_source(const struct frame *frame)
{
	const struct rte_ether_hdr *ether = (const void *)frame->bytes;
	struct shares_source source = {0};

	if (frame->family == FAMILY_IPV4) {
		const struct rte_ipv4_hdr *ip = frame_l3(frame);

		source.group = ip->src_addr & RTE_BE32(0xffffff00);
		source.member = ip->src_addr;
	} else if (frame->family == FAMILY_IPV6) {
		const struct ipv6_header *ip = frame_l3(frame);

		memcpy(&source.group, ip->src_addr, 8);
		memcpy(&source.member, ip->src_addr + 8, 8);
	} else {
		source.group = mac_word(&ether->src_addr);
	}
	return source;
}

uint16_t
exception_write(uint8_t *to, const uint8_t *from, uint16_t len, uint8_t l2_len, bool router_alert)
{
	// Next header ICMPv6, length 0; Router Alert for multicast listener discovery; PadN (RFC 2711 2.1).
	static const uint8_t alert[] = {IPPROTO_ICMPV6, 0, 5, 2, 0, 0, 1, 0};
	unsigned headers = l2_len + (unsigned)sizeof(struct ipv6_header);
	struct ipv6_header *ip = (void *)(to + l2_len);

	static_assert(sizeof(alert) == EXCEPTION_ROUTER_ALERT_BYTES, "what `to` has room for");
	if (!router_alert || len < headers) {
		memcpy(to, from, len);
		return len;
	}
	memcpy(to, from, headers);
	memcpy(to + headers, alert, sizeof(alert));
	memcpy(to + headers + sizeof(alert), from + headers, len - headers);
	ip->proto = IPPROTO_HOPOPTS;
	ip->payload_len = rte_cpu_to_be_16(rte_be_to_cpu_16(ip->payload_len) + sizeof(alert));
	return len + (uint16_t)sizeof(alert);
}
