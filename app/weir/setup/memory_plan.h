// SPDX-License-Identifier: BSD-3-Clause
// The memory that a configuration needs, part by part, before any of it is reserved.
//
// The only source of these numbers: tables are made with workers_shard_config, and EAL is given
// what memory_plan_make adds up. Any thread.

#pragma once

#include "../weir.h"
#include "machine.h"
#include "memory_missing.h"

enum memory_part {
#define PART(name, ...) MEMORY_##name,
#include "memory_parts.def"
	MEMORY_PART_COUNT
};

struct memory_part_info {
	const char *name;
	const char *what;
};

extern const struct memory_part_info memory_part_infos[MEMORY_PART_COUNT];

struct memory_plan {
	size_t parts[MEMORY_PART_COUNT]; // bytes, of all nodes
	size_t bytes; // all parts; without huge pages at least memory.size, which EAL is told
	size_t parts_on[MACHINE_NODES_MAX][MEMORY_PART_COUNT]; // the same by NUMA node
	bool hugepages;
	bool foreign; // the operator's EAL arguments control memory, so these sizes may not hold
	uint32_t size_mb; // memory.size; 0: not set
	size_t piece_bytes; // largest table of a worker, which DPDK allocates in one piece
};

// From the configuration and the plan of lcores.
void memory_plan_make(struct memory_plan *plan, const struct weir *weir);

// MiB of all parts.
uint32_t memory_plan_mb(const struct memory_plan *plan);

// Bytes needed on a NUMA node.
size_t memory_plan_bytes_on(const struct memory_plan *plan, int node);

enum memory_verdict {
	MEMORY_FITS,
	MEMORY_TIGHT, // enough, but not on the best node, or with nothing to spare
	MEMORY_SHORT, // not enough
};

// Compares with what the machine has. Unless it fits, the error says what is needed, what is there
// and what to do.
enum memory_verdict memory_plan_judge(
	const struct memory_plan *plan,
	const struct machine *machine,
	struct error *error
);
