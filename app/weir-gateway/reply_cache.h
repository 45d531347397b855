// SPDX-License-Identifier: BSD-3-Clause
// Cache of Weir's replies: each command is sent at most once a second, whatever the number of clients.
//
// Each command succeeds or fails by itself: one that Weir refuses, or does not reply to in time, does not
// affect the others. The cache sends no command for a second after Weir could not be
// reached or was late twice in a row. Replies of an earlier Weir process are discarded.
//
// Used by the handler thread alone; a command blocks it for up to the timeout of the client.

#pragma once

#include "../telemetry_client/telemetry_client.h"
#include "gateway_stats.h"

#include <stdint.h>

enum {
	REPLY_CACHE_MAX = 64, // replies; DPDK limits each to 16 KiB
	REPLY_CACHE_COMMAND_MAX = 128, // bytes, with the terminating 0
	REPLY_CACHE_KEEP_MS = 1000,
	REPLY_CACHE_KEEP_TOP_MS = 10000, // of replies that need a scan of all torrents
	REPLY_CACHE_KEEP_CLIENTS_MS = 60000, // of replies that need a scan of all peers
	REPLY_CACHE_TIMEOUT_S = 5, // of one command
	REPLY_CACHE_LATE_MS = 10000, // before a late command is sent again
};

struct reply_cache;

// `now_us`: a monotonic clock. NULL without memory. The caller keeps `client` and `stats`.
struct reply_cache *reply_cache_new(
	struct telemetry_client *client,
	struct gateway_stats *stats,
	uint64_t (*now_us)(void)
);
void reply_cache_free(struct reply_cache *cache); // NULL too

// The reply to `command`, `keep_ms` old at most; the caller releases it (json_decref) and does not change
// it. NULL: `error` says why. Errors are cached, too.
json_t *reply_cache_get(
	struct reply_cache *cache,
	const char *command,
	unsigned keep_ms,
	struct telemetry_error *error
);

// State of a command in the cache, without sending it.
struct reply_state {
	bool sent; // to the current Weir process
	bool good; // the last reply was no error
	bool known; // there is a value, `age_ms` old
	uint64_t age_ms;
	const json_t *value; // of that time; lives until the next reply_cache_get
	const char *error; // where it is not good: why; valid as long
};

struct reply_state reply_cache_state(const struct reply_cache *cache, const char *command);

// Age of the value of `command`; 0 where there is none.
uint64_t reply_cache_age_ms(const struct reply_cache *cache, const char *command);
