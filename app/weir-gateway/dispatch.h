// SPDX-License-Identifier: BSD-3-Clause
// From a request to its response: calls the handler of its route.

#pragma once

#include "gateway_stats.h"
#include "history.h"
#include "reply_cache.h"
#include "request.h"
#include "response.h"

// For the handler thread, which owns `cache`. Without a status: the change thread is to respond.
struct response dispatch_request(
	const struct request *request,
	struct reply_cache *cache,
	const struct gateway_stats *stats,
	struct history *history
);

// The response while Weir is unavailable. Any thread.
struct response dispatch_unavailable(
	const struct request *request,
	const struct telemetry_error *error,
	const struct gateway_stats *stats,
	struct history *history
);
