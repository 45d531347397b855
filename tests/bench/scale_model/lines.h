// SPDX-License-Identifier: BSD-3-Clause
// Cache lines that change owner between lcores, exactly: a build with -fsanitize=thread calls these functions for
// each access to memory (no runtime of a sanitizer is linked), and one thread plays all lcores in turn.
//
// Caches are taken to be endless: a line moves only because another lcore writes it. Code of DPDK that is not in
// its headers is not seen: drivers, and rte_hash, whose tables one worker owns.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LINES_NOBODY, // what belongs to the measurement: leaves no trace
	LINES_DEVICE, // what ports do
	LINES_LCORES, // the first lcore
	LINES_ACTORS_MAX = 192,
	LINES_NAMES_MAX = 32,
};

// Whether this build sees accesses.
bool lines_seen(void);

// Accesses are those of `actor` from now on.
void lines_act(unsigned actor);

// What memory is, for the report. The same name may be given to many pieces, which must not overlap.
void lines_name(const void *start, size_t bytes, const char *name);

// An access of `bytes` bytes. Accesses to the stack are not counted: here all lcores have the same one.
void lines_access(const void *start, size_t bytes, bool writes);

// Starts counting.
void lines_count(void);

struct lines_sum {
	const char *name;
	// To an lcore that reads a line which it has not, or writes one, while another lcore has it.
	uint64_t moves;
	uint64_t device_moves; // the same, while only the device has it
};

// Ends counting. Returns the number of sums: names with moves, and "other" for memory without a name.
unsigned lines_sums(struct lines_sum sums[LINES_NAMES_MAX]);
