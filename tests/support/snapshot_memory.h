// SPDX-License-Identifier: BSD-3-Clause
// Snapshots in memory, for tests.

#pragma once

#include "../../lib/snapshot/reader.h"
#include "../../lib/snapshot/writer.h"
#include "../../lib/swarm/shard_restore.h"
#include "../../lib/swarm/shard_save.h"

struct snapshot_memory {
	uint8_t *bytes;
	size_t len;
	size_t room;
};

void snapshot_memory_put(struct snapshot_memory *memory, const void *bytes, size_t count);
void snapshot_memory_free(struct snapshot_memory *memory);

// Valid until the memory changes.
struct snapshot_source snapshot_memory_source(const struct snapshot_memory *memory);

// Writes all shards, in pieces of `budget`, and in blocks of at least `block` bytes.
void snapshot_memory_save(
	struct snapshot_memory *memory,
	struct shard *const *shards,
	unsigned count,
	bool detail,
	unsigned budget,
	size_t block,
	uint32_t now_s
);

// Reads a snapshot as a start does: the whole of it first, then into the shards, by info_hash. False: it is
// wrong, the shards are untouched, and *problem says why.
bool snapshot_memory_load(
	const struct snapshot_memory *memory,
	struct shard *const *shards,
	unsigned count,
	uint32_t aged_s,
	uint32_t now_s,
	struct shard_restore_counts *counts,
	struct snapshot_problem *problem
);

// The keyed hash that test shards use for a torrent of make_op, and the shard that owns it.
uint32_t snapshot_memory_hash(const uint8_t *info_hash);
unsigned snapshot_memory_owner(const uint8_t *info_hash, unsigned count);
