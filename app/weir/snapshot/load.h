// SPDX-License-Identifier: BSD-3-Clause
// Loads one file of a snapshot into the shards of all workers, each by a thread on the worker's CPU.

#pragma once

#include "../../../lib/swarm/shard_restore.h"
#include "../weir.h"

#include <stdbool.h>
#include <stdint.h>

enum load_result {
	LOAD_DONE,
	LOAD_MISSING, // there is no such file
	LOAD_WRONG, // the file is refused, or damaged: the error names the place. The shards are empty
	LOAD_STOPPED, // the start has to stop
	LOAD_BROKEN, // the shards are lost: Weir cannot start
};

struct load_report {
	struct shard_restore_counts counts;
	uint64_t age_s; // of the snapshot
	uint64_t ms; // that loading took
};

// The whole file is checked before anything of it is used. now_s: of the lcores' clock. Shards must be empty.
enum load_result load_snapshot(
	struct weir *weir,
	const char *path,
	uint32_t now_s,
	struct load_report *report,
	struct error *error
);
