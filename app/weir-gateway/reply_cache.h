// SPDX-License-Identifier: BSD-3-Clause
// What Weir answered lately, kept for a while: however many clients ask us, Weir is asked each
// thing once a second.
//
// Each question does well or fails by itself: what Weir refuses, or does not answer in time, says
// nothing about the others. Only a Weir that cannot be reached at all is left alone for a second, and
// so is one that is late twice in a row. What another Weir said is forgotten.
//
// Belongs to one thread, that which asks; a question blocks it for up to the patience of `ask`.

#pragma once

#include "../telemetry_client/telemetry_client.h"
#include "gateway_stats.h"

#include <stdint.h>

enum {
	REPLY_CACHE_MAX = 64, // kept at a time; DPDK's replies have at most 16 KiB each
	REPLY_CACHE_COMMAND_MAX = 128, // bytes, with the byte 0 behind them
	REPLY_CACHE_KEEP_MS = 1000,
	REPLY_CACHE_KEEP_TOP_MS = 10000, // what takes a look at all torrents
	REPLY_CACHE_KEEP_CLIENTS_MS = 60000, // what takes a look at all peers
	REPLY_CACHE_TIMEOUT_S = 5, // with one question
	REPLY_CACHE_LATE_MS = 10000, // that a question which was late is not asked again
};

struct reply_cache;

// `now_us`: a clock that never jumps. NULL without memory. The caller keeps `ask` and `own`.
struct reply_cache *reply_cache_new(
	struct telemetry_client *client,
	struct gateway_stats *stats,
	uint64_t (*now_us)(void)
);
void reply_cache_free(struct reply_cache *cache); // NULL too

// The value that answers `command`, at most `keep_ms` old; the caller releases it (json_decref),
// and does not change it. NULL: `error` says why; errors are kept too.
json_t *reply_cache_get(
	struct reply_cache *cache,
	const char *command,
	unsigned keep_ms,
	struct telemetry_error *error
);

// What is known of a question, without asking.
struct reply_state {
	bool sent; // of the Weir that runs
	bool good; // it answered the last time
	bool known; // it answered some time, `age_ms` ago
	uint64_t age_ms;
	const json_t *value; // of that time; lives until the next reply_cache_get
	const char *error; // where it is not good: why; lives as long
};

struct reply_state reply_cache_state(const struct reply_cache *cache, const char *command);

// How long ago Weir said what is kept for `command`; 0 where nothing is.
uint64_t reply_cache_age_ms(const struct reply_cache *cache, const char *command);
