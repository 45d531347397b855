// SPDX-License-Identifier: BSD-3-Clause
// The peer list of an announce reply, searched for what must not be in it. Pure: any thread.

#pragma once

#include <rte_byteorder.h>

#include <stdint.h>

// How often the list has each.
struct peer_list_faults {
	unsigned self; // the address and port of the requesting peer
	unsigned port_zero;
};

// Loads of 8 bytes for entries of 6: two bytes behind the last entry are read, and ignored.
struct peer_list_faults
peer_list_scan_ipv4(const uint8_t *peers, unsigned count, rte_be32_t address, rte_be16_t port);

struct peer_list_faults peer_list_scan_ipv6(
	const uint8_t *peers,
	unsigned count,
	const rte_be64_t address[2],
	rte_be16_t port
);
