// SPDX-License-Identifier: BSD-3-Clause
// What snapshots and the loading of one came to: see snapshots.h and restore.h.

#pragma once

#include <stdbool.h>
#include <stdint.h>

// Numbers are written by the snapshot thread, and at start and end by the control thread; read by any
// thread.
struct snapshot_status {
	char *file; // snapshot.file as it was at start, from restore_up to restore_down; "": none
	uint64_t runs; // snapshots that ended
	uint64_t failures; // runs that failed
	uint64_t failing; // 1: the last run failed
	uint64_t last_s; // Unix time at which the last successful run ended; 0: none did
	uint64_t last_torrents; // in the last successful run
	uint64_t last_peers;
	uint64_t last_bytes; // of its file
	uint64_t last_ms; // its duration
	uint64_t restored_torrents; // at start, from a snapshot
	uint64_t restored_peers;
	uint64_t restored_expired; // peers that had timed out
	uint64_t restored_dropped; // what found no capacity
	// At start and end, and in between by the snapshot thread alone.
	bool refused; // the file that is there could not be loaded: it is kept aside by the next run
	bool served; // lcores have served since: the state is worth a snapshot at the end
};

static inline uint64_t
snapshot_status_get(const uint64_t *value)
{
	return __atomic_load_n(value, __ATOMIC_RELAXED);
}

static inline void
snapshot_status_set(uint64_t *value, uint64_t now)
{
	__atomic_store_n(value, now, __ATOMIC_RELAXED);
}
