// SPDX-License-Identifier: BSD-3-Clause
// Puts the torrents of a snapshot into a shard, which may have other sizes than the one that they come from,
// with or without detail. Called while the shard has no owner: before its worker starts.

#pragma once

#include "../snapshot/reader.h"
#include "shard.h"

struct shard_restore_counts {
	uint64_t torrents; // added
	uint64_t peers; // added
	uint64_t expired; // peers older than the timeout, left out
	uint64_t dropped; // peers, and torrents without peers, that found no capacity
};

// A part of a torrent of a snapshot.
struct shard_restore_op {
	struct snapshot_entry entry;
	uint32_t hash; // keyed hash of its info_hash
};

// What the peers of a snapshot are.
struct shard_restore_source {
	uint32_t stride[SNAPSHOT_FAMILIES]; // bytes of a peer
	bool detail;
	uint32_t aged_s; // since their ages were taken
};

// Adds up to SHARD_BURST parts. A peer that is there already is not added again: the younger state stays. A
// torrent keeps the largest completed count of its parts. Ages grow by source->aged_s; no peer stays longer than
// its timeout after its last announce. now_s: as for shard_process.
void shard_restore(
	struct shard *shard,
	const struct shard_restore_source *source,
	const struct shard_restore_op *ops,
	unsigned count,
	uint32_t now_s,
	struct shard_restore_counts *counts
);
