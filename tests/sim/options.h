// SPDX-License-Identifier: BSD-3-Clause
// The command line of weir_sim.

#pragma once

#include <stdbool.h>
#include <stdint.h>

struct options {
	uint64_t seed;
	uint64_t steps; // at most; 0: no end
	uint64_t seconds; // virtual ones, at most; 0: no end
	uint64_t faults; // a bit for each kind that may strike
	unsigned ios, workers; // 0: the seed decides
	bool shared;
	uint32_t clients, torrents, rate; // 0: the seed decides
	uint32_t acts; // of each client, which is careful; 0: no end
	unsigned often; // faults are this many times as frequent
	unsigned for_s; // real seconds: run seed after seed
	bool shrink;
	bool quiet;
};

// Exits the process after --help, or with status 2 where something is wrong.
void options_read(struct options *options, int count, char **words);

// Writes the words that repeat a run.
void options_print(const struct options *options, char *text, unsigned size);
