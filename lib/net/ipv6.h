// SPDX-License-Identifier: BSD-3-Clause
// The fixed header of IPv6 (RFC 8200 3), 40 bytes, as on the wire.
//
// DPDK's rte_ipv6_hdr holds addresses as bytes in 22.11 and as structs from 24.11 on. This struct is the
// same for all versions and has DPDK's field names.

#pragma once

#include <rte_byteorder.h>

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { IPV6_ADDRESS_BYTES = 16 };

struct ipv6_header {
	rte_be32_t vtc_flow; // version, traffic class, flow label
	rte_be16_t payload_len; // bytes behind this header
	uint8_t proto; // of the next header
	uint8_t hop_limits;
	uint8_t src_addr[IPV6_ADDRESS_BYTES];
	uint8_t dst_addr[IPV6_ADDRESS_BYTES];
} __attribute__((packed)); // at any even address

static_assert(sizeof(struct ipv6_header) == 40, "RFC 8200 3");

// Whether an address is :: (RFC 4291 2.5.2).
static inline bool
ipv6_is_unspecified(const uint8_t address[IPV6_ADDRESS_BYTES])
{
	static const uint8_t unspecified[IPV6_ADDRESS_BYTES];

	return memcmp(address, unspecified, sizeof(unspecified)) == 0;
}
