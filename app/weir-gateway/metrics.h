// SPDX-License-Identifier: BSD-3-Clause
// /metrics: what Weir and the gateway count, for Prometheus. The list is metrics.def.

#pragma once

#include "exposition.h"
#include "gateway_stats.h"
#include "reply_cache.h"
#include "response.h"

// The thread that asks.
struct response metrics_response(
	struct reply_cache *cache,
	const struct gateway_stats *stats,
	enum exposition_format format
);

// Where Weir does not answer: weir_up is 0, and the gateway's own. Any thread.
struct response
metrics_response_unavailable(const struct gateway_stats *stats, enum exposition_format format);
