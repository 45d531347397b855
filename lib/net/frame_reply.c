// SPDX-License-Identifier: BSD-3-Clause

#include "checksum.h"
#include "frame.h"

#include <string.h>

enum { IPV4_DONT_FRAGMENT = 0x4000 };

// To the MAC address `word` (mac_word), or back to the sender's if it is 0.
static void
turn_ether(const struct host *host, uint8_t *bytes, uint64_t word)
{
	struct rte_ether_hdr *ether = (void *)bytes;

	if (unlikely(word != 0))
		ether->src_addr = mac_of_word(word);
	frame_reflect_ether(host, bytes);
}

// The gateway's MAC address (mac_word) for a client that is not on-link; 0: unknown or not needed.
static uint64_t
gateway_for_ipv4(const struct host *host, rte_be32_t client)
{
	uint64_t word = __atomic_load_n(&host->gateway_ipv4_mac, __ATOMIC_RELAXED);

	return likely(word == 0) || host_is_onlink_ipv4(host, client) ? 0 : word;
}

static uint64_t
gateway_for_ipv6(const struct host *host, const uint8_t client[16])
{
	uint64_t word = __atomic_load_n(&host->gateway_ipv6_mac, __ATOMIC_RELAXED);

	return likely(word == 0) || host_is_onlink_ipv6(host, client) ? 0 : word;
}

void
frame_reflect_ether(const struct host *host, uint8_t *bytes)
{
	struct rte_ether_hdr *ether = (void *)bytes;

	ether->dst_addr = ether->src_addr;
	ether->src_addr = host->mac;
}

uint8_t
frame_write_ether(
	const struct host *host,
	uint8_t *bytes,
	const struct rte_ether_addr *to,
	uint16_t type
)
{
	struct rte_ether_hdr *ether = (void *)bytes;
	struct rte_vlan_hdr *tag = (void *)(ether + 1);

	ether->dst_addr = *to;
	ether->src_addr = host->mac;
	ether->ether_type = rte_cpu_to_be_16(type);
	if (host->vlan_tci == 0)
		return sizeof(*ether);
	tag->vlan_tci = host->vlan_tci;
	tag->eth_proto = ether->ether_type;
	ether->ether_type = RTE_BE16(RTE_ETHER_TYPE_VLAN);
	return sizeof(*ether) + sizeof(*tag);
}

// Swaps the UDP ports, writes length and checksum. `pseudo`: the sum of the pseudo header.
//
// The sum reads only the payload from memory. The headers were just written, in pieces of other sizes
// than the sum would read, and such a load stalls until the stores have left the store buffer.
static __rte_always_inline void
turn_udp(const struct host *host, struct rte_udp_hdr *udp, uint16_t udp_len, uint64_t pseudo)
{
	struct rte_udp_hdr header = {
		.src_port = udp->dst_port,
		.dst_port = udp->src_port,
		.dgram_len = rte_cpu_to_be_16(udp_len),
	};
	uint64_t sum = pseudo;

	if (!host->offload_udp_checksum) {
		sum += (uint64_t)header.src_port + header.dst_port + header.dgram_len;
		sum = checksum_add(sum, checksum_sum(udp + 1, udp_len - sizeof(header)));
	}
	header.dgram_cksum = checksum_fold(sum);
	if (!host->offload_udp_checksum)
		header.dgram_cksum = checksum_udp(header.dgram_cksum);
	*udp = header;
}

static uint16_t
reply_ipv4(const struct host *host, uint8_t *bytes, uint16_t payload_len)
{
	struct rte_ipv4_hdr *ip = (void *)(bytes + host->l2_len);
	struct rte_udp_hdr *udp = (void *)(ip + 1);
	uint16_t udp_len = sizeof(*udp) + payload_len;
	struct rte_ipv4_hdr header = {
		.version_ihl = 0x45,
		.total_length = rte_cpu_to_be_16(sizeof(*ip) + udp_len),
		.packet_id = 0, // RFC 6864 4.1: meaningless in an atomic datagram
		.fragment_offset = RTE_BE16(IPV4_DONT_FRAGMENT),
		.time_to_live = HOST_TTL,
		.next_proto_id = IPPROTO_UDP,
		.src_addr = ip->dst_addr,
		.dst_addr = ip->src_addr,
	};
	uint64_t addresses = (uint64_t)header.src_addr + header.dst_addr;

	turn_ether(host, bytes, gateway_for_ipv4(host, header.dst_addr));
	if (!host->offload_ip_checksum)
		header.hdr_checksum = (rte_be16_t)~checksum_fold(
			addresses + header.total_length + RTE_BE16(0x4500)
			+ RTE_BE16(IPV4_DONT_FRAGMENT) + RTE_BE16(HOST_TTL << 8 | IPPROTO_UDP)
		);
	*ip = header;
	turn_udp(host, udp, udp_len, addresses + RTE_BE16(IPPROTO_UDP) + rte_cpu_to_be_16(udp_len));
	return host->l2_len + sizeof(*ip) + udp_len;
}

static uint16_t
reply_ipv6(const struct host *host, uint8_t *bytes, uint16_t payload_len)
{
	struct ipv6_header *ip = (void *)(bytes + host->l2_len);
	struct rte_udp_hdr *udp = (void *)(ip + 1);
	uint16_t udp_len = sizeof(*udp) + payload_len;
	uint64_t pseudo = checksum_pseudo(ip, FAMILY_IPV6, IPPROTO_UDP, udp_len);
	uint8_t source[16];

	turn_ether(host, bytes, gateway_for_ipv6(host, ip->src_addr));
	ip->vtc_flow = RTE_BE32(0x60000000);
	ip->payload_len = rte_cpu_to_be_16(udp_len);
	ip->proto = IPPROTO_UDP;
	ip->hop_limits = HOST_TTL;
	memcpy(source, ip->src_addr, 16);
	memcpy(ip->src_addr, ip->dst_addr, 16);
	memcpy(ip->dst_addr, source, 16);
	turn_udp(host, udp, udp_len, pseudo);
	return host->l2_len + sizeof(*ip) + udp_len;
}

uint16_t
frame_reply_udp(const struct host *host, uint8_t *bytes, enum family family, uint16_t payload_len)
{
	return family == FAMILY_IPV4 ? reply_ipv4(host, bytes, payload_len)
				     : reply_ipv6(host, bytes, payload_len);
}
