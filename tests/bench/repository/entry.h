// SPDX-License-Identifier: BSD-3-Clause
// A torrent of the repositories that are compared with Weir's: its counts and its peers in order.
// Whoever uses it locks it.

#pragma once

#include "btree.h"
#include "repository.h"

// Zeros are a torrent without peers.
struct entry {
	uint32_t seeders;
	uint32_t leechers;
	uint32_t completed;
	struct btree peers;
};

// Adds the peer or brings it up to date. A completion counts once for each peer that came as a
// leecher.
struct counts entry_upsert(struct entry *entry, const struct request *request);

// Forgets everything, frees the peers.
void entry_clear(struct entry *entry);
