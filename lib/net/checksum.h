// SPDX-License-Identifier: BSD-3-Clause
// The Internet checksum (RFC 1071) over headers that may start at any byte.
//
// Thin names over rte_ip.h, so that the rule "0 is sent as 0xffff in UDP" and the bounds of each
// checksum stand in one place. Results are ready to be stored in a header.

#pragma once

#include "../stats/verdict.h"

#include <rte_ip.h>
#include <rte_udp.h>

#include <stdbool.h>
#include <stdint.h>

// IPv4 header without options, its checksum field 0.
static inline rte_be16_t
checksum_ipv4(const struct rte_ipv4_hdr *ip)
{
	return rte_ipv4_cksum(ip);
}

static inline bool
checksum_ipv4_ok(const struct rte_ipv4_hdr *ip)
{
	return rte_raw_cksum(ip, sizeof(*ip)) == 0xffff;
}

// UDP or ICMPv6 under `l3`, whose length field and addresses are final; checksum field 0.
static inline rte_be16_t
checksum_l4(const void *l3, enum family family, const void *l4)
{
	return family == FAMILY_IPV4 ? rte_ipv4_udptcp_cksum(l3, l4)
				     : rte_ipv6_udptcp_cksum(l3, l4);
}

// The same over a received segment of `l4_len` bytes, checksum field included.
static inline bool
checksum_l4_ok(
	const void *l3,
	enum family family,
	uint8_t protocol,
	const void *l4,
	uint16_t l4_len
)
{
	uint32_t sum = rte_raw_cksum(l4, l4_len) + (uint32_t)rte_cpu_to_be_16(protocol)
		+ rte_cpu_to_be_16(l4_len);

	if (family == FAMILY_IPV4)
		sum += rte_raw_cksum(
			(const uint8_t *)l3 + offsetof(struct rte_ipv4_hdr, src_addr), 8
		);
	else
		sum += rte_raw_cksum(
			(const uint8_t *)l3 + offsetof(struct rte_ipv6_hdr, src_addr), 32
		);
	return __rte_raw_cksum_reduce(sum) == 0xffff;
}
