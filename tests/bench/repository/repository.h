// SPDX-License-Identifier: BSD-3-Clause
// Interface of torrent repositories, and the list of them.
//
// An operation announces a peer of a torrent and returns the counts of the torrent, without a list
// of peers.

#pragma once

#include <rte_common.h>

#include <stdbool.h>
#include <stdint.h>

enum { INFO_HASH_BYTES = 20, PEER_BYTES = 6 };

struct request {
	uint8_t info_hash[INFO_HASH_BYTES];
	uint8_t peer[PEER_BYTES]; // IPv4 address and port
	bool seeder;
};

// Of a torrent, after the operation.
struct counts {
	uint32_t seeders;
	uint32_t leechers;
	uint32_t completed;
};

// Operations for several threads: each takes some, until none are left.
struct batch {
	const struct request *requests; // [count]
	struct counts
		*counts; // [count], written by the thread that took the request; NULL: only summed
	unsigned count;
	unsigned sleep_ns; // busy wait of the thread, for each operation
	bool shared; // by more than one thread
	unsigned next __rte_cache_aligned; // atomic where shared
	struct counts sum __rte_cache_aligned; // of all operations; atomic where shared
};

struct repository_ops {
	const char *name; // in row names
	const char *title;
	bool ordered_map; // with a lock, as in the article
	// Sized for these totals of threads, torrents and peers. NULL: out of memory.
	void *(*create)(unsigned threads, unsigned torrents, unsigned peers);
	// Called by every thread with the same batch; returns when all of it is done.
	void (*run)(void *repository, unsigned thread, struct batch *batch);
	// Called by every thread while none is in run: removes all torrents.
	void (*clear)(void *repository, unsigned thread);
	void (*destroy)(void *repository);
};

extern const struct repository_ops repository_weir;
extern const struct repository_ops repository_mutex_map;
extern const struct repository_ops repository_rwlock_map;
extern const struct repository_ops repository_mutex_map_mutex_entry;
extern const struct repository_ops repository_rwlock_map_mutex_entry;
extern const struct repository_ops repository_sharded_map;
extern const struct repository_ops repository_rte_hash_lf;

enum { REPOSITORIES = 7 };

extern const struct repository_ops *const repositories[REPOSITORIES]; // the first is Weir's
