// SPDX-License-Identifier: BSD-3-Clause
// An appliance with as many lcores as wanted, in one thread: Weir's own io and worker lcores with their rings,
// ports made of memory, and clients that announce again and again. The caller decides which lcore takes a turn.
//
// One per process. Exits the process when out of memory.

#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	MODEL_BURST = 32, // frames that a port has for each io lcore, a round
	MODEL_LCORES_MAX = 64, // of a kind
	MODEL_TORRENTS = 4096,
	MODEL_PEERS = 8192,
};

enum model_kind {
	MODEL_SPLIT, // each lcore has one role
	MODEL_SHARED, // as many of both kinds, and each lcore has both roles
	MODEL_STEERED, // the same, and the NIC brings announces to the owners of their torrents
};

struct model_counts {
	uint64_t packets; // announces that were replied to
	uint64_t jobs; // that workers took
	uint64_t hand_overs; // of them, from other lcores
	uint64_t bursts; // in which they took them
	uint64_t polls; // of request rings that were empty
};

void model_make(unsigned io_count, unsigned worker_count, enum model_kind kind);

// Lcores that take turns.
unsigned model_lcores(void);

// The ports receive a burst for each io lcore: the next of all peers in turn.
void model_receive(void);

// A turn of one lcore.
void model_turn(unsigned lcore);

// The ports have sent everything. Fails the process if a reply is not an announce's.
void model_sent(void);

// Since the last call.
struct model_counts model_take_counts(void);

// callgrind counts the instructions of turns from now on, or no longer.
void model_count_instructions(bool on);
