// SPDX-License-Identifier: BSD-3-Clause
// Everything of Weir that goes into metrics, asked at about the same time.

#pragma once

#include "reply_cache.h"
#include "verdicts.h"

#include <stdbool.h>

// Kinds of packets with a latency of their own: /weir/latency,KIND.
enum { SNAPSHOT_LATENCIES = 4 };
extern const char *const snapshot_latency_kinds[SNAPSHOT_LATENCIES];

// NULL: a part that this Weir does not have, or did not tell.
struct snapshot {
	const struct reply_cache *cache; // which of its questions were answered
	json_t *info;
	json_t *stats;
	json_t *lcores;
	json_t *stages;
	json_t *ports;
	json_t *shards;
	json_t *memory;
	json_t *health;
	json_t *clients;
	json_t *latencies[SNAPSHOT_LATENCIES];
	struct verdicts verdicts;
};

// False, and nothing to free, where Weir does not answer any question.
bool snapshot_take(struct snapshot *snapshot, struct reply_cache *cache);

// All commands that metrics and the page are made from, as "/weir/stats"; NULL after the last.
const char *snapshot_command(unsigned i);
void snapshot_free(struct snapshot *snapshot);
