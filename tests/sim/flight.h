// SPDX-License-Identifier: BSD-3-Clause
// Packets inside of the appliance: what the simulator knows about each mbuf that a port has received, from then until
// its reply is sent. Without huge pages an mbuf has a page of its own, so that the page of any byte of a frame tells
// the mbuf.

#pragma once

#include "packet.h"

#include <rte_mbuf.h>

struct flight_row {
	uint32_t seeders, completed, leechers;
	bool known;
};

struct flight {
	struct packet *packet; // NULL: nothing of a client is in the mbuf
	uint64_t arrived_ns;
	uint32_t wall_s; // Weir's, then
	uint32_t steps; // of the wall clock, then
	// What a worker has made of it, as the naive tracker found it right.
	bool judged;
	unsigned verdict;
	uint32_t interval_low, interval_high;
	uint32_t seeders, leechers;
	unsigned peer_count;
	uint64_t peers_hash;
	struct flight_row rows[PACKET_HASHES_MAX];
};

// For a new pool; the flights of another one are forgotten.
void flights_open(struct rte_mempool *pool);

// A packet has got into an mbuf. Holds it.
struct flight *flight_begin(struct rte_mbuf *mbuf, struct packet *packet);

// Of any byte of an mbuf of the pool, or of its header. Fails the simulation if it is none of the pool's.
struct flight *flight_of(const void *byte);

void flight_end(struct flight *flight);

uint64_t flight_hash(const uint8_t *bytes, size_t len);
