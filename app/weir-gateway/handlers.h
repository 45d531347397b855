// SPDX-License-Identifier: BSD-3-Clause
// Handlers: one function for each route, from a request to its response.
//
// All but those that end with _unavailable are for the handler thread, which owns `cache`.

#pragma once

#include "history.h"
#include "reply_cache.h"
#include "request.h"
#include "response.h"

struct response handler_health(struct reply_cache *cache);
struct response handler_stats(struct reply_cache *cache);
struct response handler_status(struct reply_cache *cache, const struct history *history);
// No response (status 0): the change may be made.
struct response handler_whitelist(struct reply_cache *cache);
struct response handler_torrent(struct reply_cache *cache, const struct request *request);
struct response handler_torrents(struct reply_cache *cache, const struct request *request);

// While Weir is unavailable; any thread.
struct response handler_health_unavailable(const struct telemetry_error *error);
struct response handler_status_unavailable(const struct telemetry_error *error);
