// SPDX-License-Identifier: BSD-3-Clause
// Results of a port's checksum offload, as flags of an mbuf: their place in a table, and which of them count.

#pragma once

#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <stdint.h>

#define RX_CHECKSUM_AT(ip, l4) ((RTE_MBUF_F_RX_IP_CKSUM_##ip | RTE_MBUF_F_RX_L4_CKSUM_##l4) >> 3)

// The results to believe of a port that was asked for these RTE_ETH_RX_OFFLOAD_*. Drivers such as igb say GOOD of what
// nobody has checked.
static inline uint8_t
received_checksum_mask(uint64_t offloads)
{
	unsigned mask = 0;

	if ((offloads & RTE_ETH_RX_OFFLOAD_IPV4_CKSUM) != 0)
		mask |= RX_CHECKSUM_AT(MASK, UNKNOWN);
	if ((offloads & RTE_ETH_RX_OFFLOAD_UDP_CKSUM) != 0)
		mask |= RX_CHECKSUM_AT(UNKNOWN, MASK);
	return (uint8_t)mask;
}
