// SPDX-License-Identifier: BSD-3-Clause
// What the benchmark asks of every torrent repository, and the repositories there are.
//
// One operation: a peer announces itself to a torrent, and the torrent's counts come back. No list
// of peers is made.

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

// Of one torrent, after the operation.
struct counts {
	uint32_t seeders;
	uint32_t leechers;
	uint32_t completed;
};

// Operations that several threads carry out together: each takes some, until none are left.
struct batch {
	const struct request *requests; // [count]
	struct counts *counts; // [count], written by who took the request; NULL: only summed up
	unsigned count;
	unsigned sleep_ns; // a thread is busy with something else that long, for each operation
	bool shared; // by more than one thread
	unsigned next __rte_cache_aligned; // atomic where shared
	struct counts sum __rte_cache_aligned; // of all answers; atomic where shared
};

struct repository_ops {
	const char *name; // of rows
	const char *title;
	bool ordered_map; // behind a lock, as in the article
	// For so many threads, torrents and peers in all. NULL where memory is missing.
	void *(*create)(unsigned threads, unsigned torrents, unsigned peers);
	// Called by every thread for the same batch; returns when all of it is done.
	void (*run)(void *repository, unsigned thread, struct batch *batch);
	// Called by every thread while none runs: forgets all torrents.
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

extern const struct repository_ops *const repositories[REPOSITORIES]; // Weir's is the first
