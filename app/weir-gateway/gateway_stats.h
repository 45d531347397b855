// SPDX-License-Identifier: BSD-3-Clause
// Counters of the gateway itself. Each field has one writer; any thread reads it, by stats_read.

#pragma once

#include "../../lib/stats/stats.h"

#include <stdbool.h>
#include <stdint.h>

enum { GATEWAY_STATS_CODES = 600 };

struct gateway_stats {
	// Written by the HTTP thread.
	uint64_t requests[GATEWAY_STATS_CODES]; // by status of the response
	uint64_t connections; // open now
	uint64_t connections_cut; // by the gateway: the maximum was reached, or they took too long
	// Written by the handler thread.
	uint64_t commands; // sent to Weir
	uint64_t commands_failed;
	uint64_t commands_us; // time that all of them took
	// Written by the change thread.
	uint64_t changes; // that clients wanted
	uint64_t changes_failed; // or may have failed
};

static inline void
gateway_stats_count_request(struct gateway_stats *stats, unsigned code)
{
	if (code < GATEWAY_STATS_CODES)
		stats_add(&stats->requests[code], 1);
}

static inline void
gateway_stats_count_command(struct gateway_stats *stats, bool answered, uint64_t took_us)
{
	stats_add(&stats->commands, 1);
	stats_add(&stats->commands_failed, !answered);
	stats_add(&stats->commands_us, took_us);
}

static inline void
gateway_stats_count_change(struct gateway_stats *stats, bool made)
{
	stats_add(&stats->changes, 1);
	stats_add(&stats->changes_failed, !made);
}
