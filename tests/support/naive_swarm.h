// SPDX-License-Identifier: BSD-3-Clause
// A swarm as anybody would write it first: a sorted array of peers, nothing clever.
//
// Tests run it beside the real one and compare. It calls no code of lib/.

#pragma once

#include <stdbool.h>
#include <stdint.h>

struct naive_peer {
	uint8_t address[18]; // the rest zero where the family's is shorter
	bool seeder;
	bool finished; // has been a seeder once
	uint32_t seen_s;
	bool marked; // while a reply is judged
};

struct naive_swarm {
	unsigned stride; // bytes of an address: 6 or 18
	unsigned count;
	unsigned room;
	struct naive_peer *peers; // ascending by address
};

void naive_swarm_init(struct naive_swarm *swarm, unsigned stride);
void naive_swarm_free(struct naive_swarm *swarm);

// Removes all peers, but keeps the memory for others.
void naive_swarm_clear(struct naive_swarm *swarm);

struct naive_peer *naive_swarm_find(const struct naive_swarm *swarm, const uint8_t *address);

// Adds the peer or brings it up to date. True: it went from leecher to seeder for the first time.
bool
naive_swarm_put(struct naive_swarm *swarm, const uint8_t *address, bool seeder, uint32_t now_s);

// False: there was no such peer.
bool naive_swarm_remove(struct naive_swarm *swarm, const uint8_t *address);

// Removes everybody not heard of for more than timeout_s. Returns how many that were.
unsigned naive_swarm_expire(struct naive_swarm *swarm, uint32_t now_s, uint32_t timeout_s);

unsigned naive_swarm_seeders(const struct naive_swarm *swarm);
unsigned naive_swarm_leechers(const struct naive_swarm *swarm);

// Whether `count` addresses in `peers` are a right answer to `asker` (NULL: nobody of them) who
// wants `want`: as many as there are, members all, none twice, never the asker, leechers alone
// where `leechers_only`. NULL: it is; else what is wrong with it.
const char *naive_swarm_judge(
	struct naive_swarm *swarm,
	const uint8_t *asker,
	bool leechers_only,
	unsigned want,
	const uint8_t *peers,
	unsigned count
);
