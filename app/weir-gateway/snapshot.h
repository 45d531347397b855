// SPDX-License-Identifier: BSD-3-Clause
// All replies that metrics are made from, fetched at about the same time.

#pragma once

#include "../../lib/stats/latency.h"
#include "reply_cache.h"
#include "verdicts.h"

#include <stdbool.h>

// NULL: a reply that this Weir does not have, or that failed.
struct snapshot {
	const struct reply_cache *cache; // with the state of each command
	json_t *info;
	json_t *stats;
	json_t *lcores;
	json_t *stages;
	json_t *ports;
	json_t *shards;
	json_t *memory;
	json_t *health;
	json_t *clients;
	json_t *lists;
	json_t *sources;
	json_t *saved; // the reply about snapshots of the torrents
	json_t *latencies[LATENCY_COUNT]; // histograms
	struct verdicts verdicts;
};

// False, with nothing to free, where all commands fail.
bool snapshot_take(struct snapshot *snapshot, struct reply_cache *cache);

// All commands for metrics and the page, for instance "/weir/stats"; NULL after the last.
const char *snapshot_command(unsigned i);
void snapshot_free(struct snapshot *snapshot);
