// SPDX-License-Identifier: BSD-3-Clause
// Copies the torrents of a shard into a snapshot, in pieces of bounded work. Nothing is changed. Called by the
// shard's owner, or while it has none.

#pragma once

#include "../snapshot/format.h"
#include "shard_view.h"

#include <stddef.h>

// What was written.
struct shard_saved {
	uint32_t bytes;
	uint32_t torrents; // that begin there
	uint32_t peers;
};

// Resumes at the cursor, visits up to `budget` (at least 2) torrents and peers, and writes torrents with their peers
// (lib/snapshot/format.h) to `out` while `room` has at least SNAPSHOT_ENTRY_MAX bytes left. A torrent may be
// written in several parts. Torrents with neither peers nor a completed count are left out. See struct
// shard_cursor for what changes meanwhile; a peer may then be written twice.
struct shard_saved shard_save(
	struct shard *shard,
	struct shard_cursor *cursor,
	unsigned budget,
	uint8_t *out,
	size_t room,
	uint32_t now_s
);
