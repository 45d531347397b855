// SPDX-License-Identifier: BSD-3-Clause
// MAC addresses: resolves that of the tracker, and replies for those of the clients.
//
// A kernel at the other end resolves each client address before it replies (by ARP or neighbour
// solicitation); all of them have the MAC address of weir-load. Owner: the polling lcore.

#pragma once

#include "flows.h"

#include <rte_ether.h>

#include <stdbool.h>
#include <stdint.h>

struct options;

enum { NEIGHBOUR_FRAME_MAX = 86 };

struct neighbour {
	const struct flows *flows;
	struct rte_ether_addr mac; // of weir-load
	rte_be32_t tracker_ipv4;
	uint8_t tracker_ipv6[16];
	struct rte_ether_addr tracker_mac[2]; // [IPv6?]
	bool known[2]; // [IPv6?] or not needed
};

void neighbour_init(
	struct neighbour *neighbour,
	const struct options *options,
	const struct flows *flows,
	const struct rte_ether_addr *mac
);

static inline bool
neighbour_is_resolved(const struct neighbour *neighbour)
{
	return neighbour->known[0] && neighbour->known[1];
}

// Writes an ARP request or a neighbour solicitation for the tracker's MAC address, from the first
// client of the address family, to `frame` (NEIGHBOUR_FRAME_MAX bytes). Returns its length; 0 where
// the MAC address is known.
uint16_t neighbour_solicit(const struct neighbour *neighbour, bool ipv6, uint8_t *frame);

// Handles ARP and NDP frames. The MAC address of the tracker is stored. A request for the MAC
// address of a client is turned into the reply, in place (`size` bytes, at least
// NEIGHBOUR_FRAME_MAX); its length is returned, else 0.
uint16_t
neighbour_receive(struct neighbour *neighbour, uint8_t *frame, uint16_t len, uint16_t size);
