// SPDX-License-Identifier: BSD-3-Clause
// /metrics: counters and gauges of Weir and of the gateway, for Prometheus. The lists are metrics.def
// and field.def.

#pragma once

#include "exposition.h"
#include "gateway_stats.h"
#include "reply_cache.h"
#include "response.h"

// For the handler thread.
struct response metrics_response(
	struct reply_cache *cache,
	const struct gateway_stats *stats,
	enum exposition_format format
);

// While Weir is unavailable: weir_up is 0, and metrics of the gateway itself. Any thread.
struct response
metrics_response_unavailable(const struct gateway_stats *stats, enum exposition_format format);
