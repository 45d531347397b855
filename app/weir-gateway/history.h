// SPDX-License-Identifier: BSD-3-Clause
// The last hour of a few numbers, every ten seconds, in memory of a fixed size, so that a page that is
// opened or reloaded has its charts. Where Weir did not answer, or was started again, there is a gap.
//
// Written by the thread that asks; history_json is for any thread.

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
	uint64_t weir; // which one: start and process
	bool known; // Weir answered: `values` hold
	uint64_t values[HISTORY_SERIES];
};

struct history;

// NULL without memory.
struct history *history_new(void);
void history_free(struct history *history); // NULL too

// Takes a point where the last one is an interval old. Returns how long until the next, in ms.
uint64_t history_sample(struct history *history, struct reply_cache *cache);

// The numbers as they are now, by the same sources. The thread that asks.
struct history_point history_now(struct reply_cache *cache);

// How far a counter grew within the last minute up to `now`, or since Weir started where that is
// less. `age_s`: since it last grew, as far as is known. The thread that asks.
uint64_t history_growth(
	const struct history *history,
	const struct history_point *now,
	enum history_series series,
	uint64_t *age_s
);

// {"interval_ms", "time_ms": [...], "series": {name: [number or null, ...]}}, oldest first.
json_t *history_json(struct history *history);
