// SPDX-License-Identifier: BSD-3-Clause
// A torrent of the repositories other than Weir's: counts, and peers in an ordered map. The caller
// does the locking.

#pragma once

#include "btree.h"
#include "repository.h"

// All zeros: a torrent without peers.
struct entry {
	uint32_t seeders;
	uint32_t leechers;
	uint32_t completed;
	struct btree peers;
};

// Adds or updates a peer. A completion counts once for each peer that was added as a leecher.
struct counts entry_upsert(struct entry *entry, const struct request *request);

// Resets the counts and frees the peers.
void entry_clear(struct entry *entry);
