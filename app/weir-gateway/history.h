// SPDX-License-Identifier: BSD-3-Clause
// The last hour of a few numbers, in samples of ten seconds and memory of a fixed size, so that a page
// has its charts when it is opened or reloaded. There are gaps where Weir was unavailable or restarted.
//
// Written by the handler thread; history_json is for any thread.

#pragma once

#include "reply_cache.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	HISTORY_INTERVAL_MS = 10000,
	HISTORY_POINTS = 360, // an hour
};

enum history_series {
#define HISTORY_COUNTER(name) HISTORY_##name,
#define HISTORY_LOSS(name) HISTORY_##name,
#define HISTORY_GAUGE(name) HISTORY_##name,
#include "history.def"
#undef HISTORY_COUNTER
#undef HISTORY_LOSS
#undef HISTORY_GAUGE
	HISTORY_SERIES,
};

struct history_point {
	uint64_t wall_ms; // Unix time
	uint64_t steady_ms;
	uint64_t weir; // identifies the process of Weir: start time and pid
	bool known; // Weir replied: `values` are valid
	uint64_t values[HISTORY_SERIES];
};

struct history;

// NULL without memory.
struct history *history_new(void);
void history_free(struct history *history); // NULL too

// Takes a point where the last one is an interval old. Returns the time until the next, in ms.
uint64_t history_sample(struct history *history, struct reply_cache *cache);

// The current numbers, from the same sources. For the handler thread.
struct history_point history_now(struct reply_cache *cache);

// Growth of a counter in the minute before `now`, or since Weir started where that is shorter. `age_s`:
// time since it last grew, to the sampling interval. For the handler thread.
uint64_t history_growth(
	const struct history *history,
	const struct history_point *now,
	enum history_series series,
	uint64_t *age_s
);

// {"interval_ms", "time_ms": [...], "series": {name: [number or null, ...]}}, oldest first.
json_t *history_json(struct history *history);
