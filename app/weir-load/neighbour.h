// SPDX-License-Identifier: BSD-3-Clause
// Stations: finding the tracker's, and answering whoever asks for a client's.
//
// A kernel at the other end asks for each client address before it replies (ARP, or neighbour
// solicitation); all of them are at our station. One owner: the polling lcore.

#pragma once

#include "flows.h"

#include <rte_ether.h>

#include <stdbool.h>
#include <stdint.h>

struct options;

enum { NEIGHBOUR_FRAME_MAX = 86 };

struct neighbour {
	const struct flows *flows;
	struct rte_ether_addr mac; // ours
	rte_be32_t tracker_ipv4;
	uint8_t tracker_ipv6[16];
	struct rte_ether_addr tracker_mac[2]; // [IPv6?]
	bool known[2]; // or not needed
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

// The question for a station that is not known yet, asked by the first client of the family, in
// `frame` (NEIGHBOUR_FRAME_MAX). Returns its length; 0 where there is nothing to ask.
uint16_t neighbour_ask(const struct neighbour *neighbour, bool ipv6, uint8_t *frame);

// Looks at a frame that is no reply. An answer to us is taken in. A question for a client's station
// becomes the answer, in place (`room` bytes, at least NEIGHBOUR_FRAME_MAX): its length is
// returned; else 0.
uint16_t
neighbour_receive(struct neighbour *neighbour, uint8_t *frame, uint16_t len, uint16_t room);
