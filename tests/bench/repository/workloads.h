// SPDX-License-Identifier: BSD-3-Clause
// The four workloads of "Profiling the Torrust BitTorrent UDP Tracker" (March 2024):
//
//   add_one_torrent                       one operation on an empty repository, one thread
//   update_one_torrent_in_parallel        10,000 operations on an existing torrent
//   add_multiple_torrents_in_parallel     10,000 torrents into an empty repository
//   update_multiple_torrents_in_parallel  10,000 operations, one on each existing torrent
//
// All operations have the same peer.

#pragma once

#include "../support/crew.h"
#include "../support/samples.h"
#include "repository.h"

enum { WORKLOAD_OPERATIONS = 10000 }; // per parallel sample

enum workload { ADD_ONE, UPDATE_ONE, ADD_MULTIPLE, UPDATE_MULTIPLE, WORKLOADS };

struct workload_info {
	const char *name; // in row names: "add_one"
	const char *title; // in the article: "add_one_torrent"
	unsigned operations; // per sample
};

extern const struct workload_info workload_infos[WORKLOADS];

// Adds `count` samples of a new repository, each the sum of the nanoseconds of its operations.
// Exits the process when out of memory.
void workload_run(
	enum workload workload,
	const struct repository_ops *ops,
	struct crew *crew,
	unsigned threads,
	unsigned sleep_ns,
	unsigned count,
	struct samples *samples
);
