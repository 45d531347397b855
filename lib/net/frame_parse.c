// SPDX-License-Identifier: BSD-3-Clause
// Parses from the Ethernet header inwards. Each check is one `if` and one verdict.

#include "admit.h"
#include "checksum.h"
#include "frame.h"
#include "ndp.h"

#include <rte_branch_prediction.h>

#include <string.h>

enum {
	IPV4_FRAGMENT_BITS = 0x3fff, // more fragments, and the offset: RFC 791 3.1
	VLAN_ID_BITS = 0x0fff,
};

// Frames to our MAC address, broadcasts, and IPv6 multicasts (whose group is checked at layer 3).
static bool
ether_destination_is_ours(const struct host *host, const struct rte_ether_addr *to)
{
	return rte_is_same_ether_addr(to, &host->mac) || rte_is_broadcast_ether_addr(to)
		|| (to->addr_bytes[0] == 0x33 && to->addr_bytes[1] == 0x33);
}

static bool
is_tag(rte_be16_t type)
{
	return type == RTE_BE16(RTE_ETHER_TYPE_VLAN) || type == RTE_BE16(RTE_ETHER_TYPE_QINQ);
}

// Removes a tag that carries a priority alone, by moving the addresses forward over it. The frame is then
// an untagged one.
static void
cut_tag(struct frame *frame)
{
	memmove(frame->bytes + sizeof(struct rte_vlan_hdr), frame->bytes, 2 * RTE_ETHER_ADDR_LEN);
	frame->bytes += sizeof(struct rte_vlan_hdr);
	frame->len -= sizeof(struct rte_vlan_hdr);
}

// The VLAN id of the tag has to be the host's. For an untagged host that is 0, the null VLAN id: such a
// frame belongs to the same VLAN as an untagged one (IEEE 802.1Q 6.9.1). For a tagged host it is, like an
// untagged frame, one of another VLAN.
static enum verdict
parse_tag(const struct host *host, struct frame *frame, rte_be16_t *type)
{
	const struct rte_ether_hdr *ether = (const void *)frame->bytes;
	const struct rte_vlan_hdr *tag = (const void *)(ether + 1);

	if (frame->len < sizeof(*ether) + sizeof(*tag))
		return VERDICT_frame_short;
	*type = tag->eth_proto;
	if (ether->ether_type != RTE_BE16(RTE_ETHER_TYPE_VLAN)
	    || (tag->vlan_tci & RTE_BE16(VLAN_ID_BITS)) != host->vlan_tci || is_tag(*type))
		return VERDICT_frame_vlan;
	if (host->vlan_tci == 0)
		cut_tag(frame);
	return VERDICT_NONE;
}

static enum verdict
parse_ether(const struct host *host, struct frame *frame, rte_be16_t *type)
{
	const struct rte_ether_hdr *ether = (const void *)frame->bytes;

	frame->l2_len = host->l2_len;
	if (frame->len < sizeof(*ether))
		return VERDICT_frame_short;
	if (!ether_destination_is_ours(host, &ether->dst_addr))
		return VERDICT_frame_destination;
	if (rte_is_multicast_ether_addr(&ether->src_addr))
		return VERDICT_frame_source;
	*type = ether->ether_type;
	if (is_tag(*type))
		return parse_tag(host, frame, type);
	return host->vlan_tci == 0 ? VERDICT_NONE : VERDICT_frame_vlan;
}

// The NIC's result if it has one, else our own. The checksum is not 0, which means none.
static __rte_always_inline bool
udp_checksum_is_good(const struct frame *frame, const struct rte_udp_hdr *udp)
{
	if (frame->rx_checksum & FRAME_RX_UDP_BAD)
		return false;
	return (frame->rx_checksum & FRAME_RX_UDP_GOOD)
		|| checksum_l4_ok(frame->family, IPPROTO_UDP, udp, frame->l4_len);
}

static enum verdict
parse_udp(const struct host *host, struct frame *frame)
{
	const struct rte_udp_hdr *udp = frame_l4(frame);

	if (frame->l4_len < sizeof(*udp))
		return VERDICT_udp_length;
	uint16_t udp_len = rte_be_to_cpu_16(udp->dgram_len);

	if (udp_len < sizeof(*udp) || udp_len > frame->l4_len)
		return VERDICT_udp_length;
	frame->l4_len = udp_len;
	if (udp->dgram_cksum == 0) {
		if (frame->family == FAMILY_IPV6) // RFC 8200 8.1
			return VERDICT_udp_no_checksum;
	} else if (!udp_checksum_is_good(frame, udp)) {
		return VERDICT_udp_checksum;
	}
	return frame_accept_udp(host, frame, udp);
}

static enum verdict
parse_ipv4(const struct host *host, struct frame *frame)
{
	const struct rte_ipv4_hdr *ip = frame_l3(frame);
	uint16_t available = frame->len - frame->l2_len;

	frame->family = FAMILY_IPV4;
	frame->l3_len = sizeof(*ip);
	if (available < sizeof(*ip))
		return VERDICT_frame_short;
	uint16_t total_len = rte_be_to_cpu_16(ip->total_length);
	unsigned header_len = (ip->version_ihl & 0x0f) * 4;

	if (ip->version_ihl >> 4 != 4 || header_len < sizeof(*ip) || total_len < header_len
	    || total_len > available)
		return VERDICT_ipv4_header;
	if (header_len > sizeof(*ip))
		return VERDICT_ipv4_options;
	if (frame->rx_checksum & FRAME_RX_IP_BAD)
		return VERDICT_ipv4_checksum;
	if (!(frame->rx_checksum & FRAME_RX_IP_GOOD) && !checksum_ipv4_ok(ip))
		return VERDICT_ipv4_checksum;
	if (!host_uses_ipv4(host, ip->dst_addr))
		return VERDICT_ip_destination;
	if (ip->fragment_offset & RTE_BE16(IPV4_FRAGMENT_BITS))
		return VERDICT_ipv4_fragment;
	frame->l4_len = total_len - sizeof(*ip);
	enum verdict verdict = admit_ipv4(host, ip->src_addr);

	if (verdict != VERDICT_NONE)
		return verdict;
	if (ip->next_proto_id == IPPROTO_UDP)
		return parse_udp(host, frame);
	if (ip->next_proto_id != IPPROTO_ICMP)
		return VERDICT_ip_protocol;
	frame->kind = FRAME_ICMP;
	return VERDICT_NONE;
}

// Removes the extension headers by moving the Ethernet and IPv6 headers forward over them.
static void
cut_extensions(struct frame *frame, const struct ipv6_extensions *extensions)
{
	uint16_t bytes = extensions->bytes;
	struct ipv6_header *ip;

	memmove(frame->bytes + bytes, frame->bytes, frame->l2_len + frame->l3_len);
	frame->bytes += bytes;
	frame->len -= bytes;
	frame->l4_len -= bytes;
	ip = frame_l3(frame);
	ip->proto = extensions->protocol;
	ip->payload_len = rte_cpu_to_be_16(frame->l4_len);
}

// The multicast groups of a host: all nodes (ff02::1) and the solicited-node groups of its addresses
// (ff02::1:ffXX:XXXX), anycast ones excepted. Only ICMPv6 is accepted there.
static bool
group_is_ours(const struct host *host, const uint8_t group[16])
{
	static const uint8_t all_nodes[16] = {0xff, 0x02, [15] = 1};
	static const uint8_t solicited[13] = {0xff, 0x02, [11] = 1, [12] = 0xff};

	if (memcmp(group, all_nodes, 16) == 0)
		return true;
	if (memcmp(group, solicited, 13) != 0)
		return false;
	for (unsigned i = 0; i < host->ipv6_count; i++)
		if (memcmp(group + 13, host->ipv6[i] + 13, 3) == 0
		    && (host->ipv6_anycast >> i & 1) == 0)
			return true;
	return false;
}

// A tentative address accepts neighbour solicitations, which detect duplicates, but serves nothing.
static bool
ipv6_destination_is_ours(const struct host *host, const uint8_t to[16], bool icmp)
{
	if (!icmp)
		return host_uses_ipv6(host, to);
	return host_find_ipv6(host, to) >= 0 || group_is_ours(host, to);
}

// ICMPv6 is accepted from every address that can be a source, because neighbour discovery is. It may also
// come from ::, the source of a duplicate address probe, and an advertisement may come from one of our
// addresses, which another host then uses: RFC 4862 5.4.3, 5.4.4. icmp_receive decides about pings.
static enum verdict
check_ipv6_source(
	const struct host *host,
	const struct frame *frame,
	bool icmp,
	uint16_t extensions
)
{
	const struct ipv6_header *ip = frame_l3(frame);
	const uint8_t *type = (const uint8_t *)frame_l4(frame) + extensions;

	if (!icmp)
		return admit_ipv6(host, ip->src_addr);
	if (ipv6_is_unspecified(ip->src_addr))
		return VERDICT_NONE;
	if (source_ipv6(ip->src_addr) == SOURCE_NEVER)
		return VERDICT_ip_source;
	if (extensions < frame->l4_len && *type == NDP_NEIGHBOUR_ADVERTISEMENT)
		return VERDICT_NONE;
	return host_find_ipv6(host, ip->src_addr) >= 0 ? VERDICT_ip_source : VERDICT_NONE;
}

static enum verdict
parse_ipv6(const struct host *host, struct frame *frame)
{
	const struct ipv6_header *ip = frame_l3(frame);
	uint16_t available = frame->len - frame->l2_len;
	enum verdict verdict;

	frame->family = FAMILY_IPV6;
	frame->l3_len = sizeof(*ip);
	if (available < sizeof(*ip))
		return VERDICT_frame_short;
	frame->l4_len = rte_be_to_cpu_16(ip->payload_len);
	if ((ip->vtc_flow & RTE_BE32(0xf0000000)) != RTE_BE32(0x60000000)
	    || frame->l4_len > available - sizeof(*ip))
		return VERDICT_ipv6_header;
	struct ipv6_extensions extensions = {.protocol = ip->proto};

	if (unlikely(ipv6_is_extension(extensions.protocol))) {
		verdict = ipv6_extensions_walk(
			frame_l4(frame), frame->l4_len, extensions.protocol, &extensions
		);
		if (verdict != VERDICT_NONE)
			return verdict;
	}
	bool icmp = extensions.protocol == IPPROTO_ICMPV6;

	if (!ipv6_destination_is_ours(host, ip->dst_addr, icmp))
		return VERDICT_ip_destination;
	if (!icmp && rte_is_multicast_ether_addr((const void *)frame->bytes))
		return VERDICT_frame_destination; // as for IPv4; no ICMP error may be sent, either
	verdict = check_ipv6_source(host, frame, icmp, extensions.bytes);
	if (verdict != VERDICT_NONE)
		return verdict;
	if (!icmp && extensions.protocol != IPPROTO_UDP)
		return VERDICT_ip_protocol;
	if (unlikely(extensions.bytes > 0))
		cut_extensions(frame, &extensions);
	if (icmp) {
		frame->kind = FRAME_ICMP6;
		frame->router_alert = extensions.router_alert;
		return VERDICT_NONE;
	}
	return parse_udp(host, frame);
}

enum verdict
frame_parse(const struct host *host, struct frame *frame)
{
	rte_be16_t type;

	frame->family = FAMILY_LINK;
	frame->kind = FRAME_NONE;
	enum verdict verdict = parse_ether(host, frame, &type);

	if (verdict != VERDICT_NONE)
		return verdict;
	// Unicast IPv4 in a multicast frame is an error or an attack: RFC 1122 3.2.2. ARP may be multicast.
	if (type == RTE_BE16(RTE_ETHER_TYPE_IPV4))
		return rte_is_multicast_ether_addr((const void *)frame->bytes)
			? VERDICT_frame_destination
			: parse_ipv4(host, frame);
	if (type == RTE_BE16(RTE_ETHER_TYPE_IPV6)) {
		frame->family = FAMILY_IPV6;
		return likely(host_has_ipv6(host)) ? parse_ipv6(host, frame) : VERDICT_ipv6_off;
	}
	if (type != RTE_BE16(RTE_ETHER_TYPE_ARP))
		return VERDICT_frame_type;
	frame->l3_len = 0;
	frame->l4_len = frame->len - frame->l2_len;
	frame->kind = FRAME_ARP;
	return VERDICT_NONE;
}
