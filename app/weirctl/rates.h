// SPDX-License-Identifier: BSD-3-Clause
// What happens each second: the difference of two snapshots. Pure.

#pragma once

#include "../../lib/stats/verdict.h"
#include "snapshot.h"

#include <stdint.h>

enum {
	RATES_LCORES_MAX = 256,
	RATES_PACKETS_MIN = 100, // fewer make no average: turns that find one packet cost much more
};

// A counter: what it is, and how fast it grows.
struct rate {
	uint64_t total;
	double per_s; // 0 where it is not known
};

struct lcore_load {
	unsigned lcore;
	const char *role; // of the snapshot: lives as long
	double busy; // share of its time, 0 to 1
	double ring_fill; // of the fullest ring it takes from, 0 to 1
	double cycles_per_packet; // since the snapshot before; below 0: too few packets, or not known
};

struct rates {
	bool known; // there was a snapshot of the same Weir before
	double seconds; // since then
	struct rate kinds[FAMILY_COUNT][VERDICT_KIND_COUNT];
	struct rate drops[VERDICT_COUNT]; // those whose outcome is dropped, all families
	struct rate received, received_bytes, sent, sent_bytes;
	struct lcore_load lcores[RATES_LCORES_MAX];
	unsigned lcore_count;
};

void rates_make(struct rates *rates, const struct snapshot *before, const struct snapshot *now);

// Indices of `rates->lcores` into `order`, by number or by load, the busiest first.
void rates_order_lcores(const struct rates *rates, bool by_load, unsigned order[RATES_LCORES_MAX]);

// Verdicts of drops that have happened into `order`, the most first: by rate, then since the start;
// or the other way round. Returns how many there are.
unsigned
rates_order_drops(const struct rates *rates, bool by_total, enum verdict order[VERDICT_COUNT]);
