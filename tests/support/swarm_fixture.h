// SPDX-License-Identifier: BSD-3-Clause
// Swarms in one store, each with a naive model, for the tests of lib/swarm/swarm.h.

#pragma once

#include "../../lib/swarm/shard_inline.h"
#include "../../lib/swarm/swarm.h"
#include "naive_swarm.h"

extern const enum family swarm_families[2];

struct swarm_member {
	struct swarm_home *home;
	struct swarm_ref ref;
	struct naive_swarm naive;
	uint32_t *records; // by the number of an address, while its peer exists
	uint32_t completed;
};

struct swarm_sizes {
	enum family family; // of the first swarm; the others alternate
	bool detail;
	unsigned swarms;
	uint32_t numbers; // of addresses
	uint32_t chunks;
	uint32_t records;
	uint32_t buckets;
};

struct swarm_fixture {
	struct swarm_sizes sizes;
	struct swarm_store store;
	struct swarm_member *members;
	struct rng rng;
};

void swarm_fixture_open(struct swarm_fixture *fixture, const struct swarm_sizes *sizes);
void swarm_fixture_close(struct swarm_fixture *fixture);

// Sizes with capacity for all peers, whatever the sizes of the swarms.
struct swarm_sizes
swarm_sizes_ample(enum family family, bool detail, unsigned swarms, uint32_t numbers);

// The address with number n. Neighbours differ in the last byte alone, others in the first words, too.
void swarm_address_write(uint8_t address[18], unsigned stride, uint32_t n);
uint32_t swarm_address_number(const uint8_t *address, unsigned stride);

// Number of lines that a swarm needs: each level of nodes has a hundred-and-twenty-eighth of the one below.
uint32_t swarm_member_lines(const struct swarm_member *member);
uint32_t swarm_index_entries(const struct swarm_store *store);

// All swarms hold what their models hold, and exactly the lines, records and entries that they need are
// in use.
void assert_swarm_store(const struct swarm_fixture *fixture);

// All swarms are empty, and everything was given back.
void assert_swarms_empty(const struct swarm_fixture *fixture);
