// SPDX-License-Identifier: BSD-3-Clause
// The fixed header of IPv6 (RFC 8200 3), 40 bytes, as it lies in a frame.
//
// DPDK's rte_ipv6_hdr holds addresses as bytes in 22.11 and as structs from 24.11 on. This one is
// the same for all versions, and has the names of DPDK's fields.

#pragma once

#include <rte_byteorder.h>

#include <assert.h>
#include <stdint.h>

enum { IPV6_ADDRESS_BYTES = 16 };

struct ipv6_header {
	rte_be32_t vtc_flow; // version, traffic class, flow label
	rte_be16_t payload_len; // bytes behind this header
	uint8_t proto; // of the next header
	uint8_t hop_limits;
	uint8_t src_addr[IPV6_ADDRESS_BYTES];
	uint8_t dst_addr[IPV6_ADDRESS_BYTES];
} __attribute__((packed)); // a frame has it at any even byte

static_assert(sizeof(struct ipv6_header) == 40, "RFC 8200 3");
