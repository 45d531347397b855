// SPDX-License-Identifier: BSD-3-Clause
// Rates per second: the difference of two snapshots. Pure.

#pragma once

#include "../../lib/stats/verdict.h"
#include "snapshot.h"

#include <stdint.h>

enum {
	RATES_LCORES_MAX = 256,
	RATES_PACKETS_MIN = 100, // minimum for an average: turns with a single packet cost far more
};

// A counter and its growth.
struct rate {
	uint64_t total;
	double per_s; // 0 where it is unknown
};

struct lcore_load {
	unsigned lcore;
	const char *role; // points into the snapshot
	double busy; // share of its time, 0 to 1
	double ring_fill; // of the fullest ring into the lcore, 0 to 1
	double cycles_per_packet; // since the previous snapshot; below 0: unknown, or too few packets
};

struct rates {
	bool known; // the previous snapshot is of the same Weir
	double seconds; // since then
	struct rate kinds[FAMILY_COUNT][VERDICT_KIND_COUNT];
	struct rate drops[VERDICT_COUNT]; // verdicts with the outcome dropped, all families
	struct rate received, received_bytes, sent, sent_bytes;
	struct lcore_load lcores[RATES_LCORES_MAX];
	unsigned lcore_count;
};

void rates_make(struct rates *rates, const struct snapshot *before, const struct snapshot *now);

// Writes the indices of `rates->lcores` to `order`, by number or by load, the busiest first.
void rates_order_lcores(const struct rates *rates, bool by_load, unsigned order[RATES_LCORES_MAX]);

// Writes the verdicts of drops that have occurred to `order`, most frequent first: by rate and then by
// total, or the other way round. Returns their number.
unsigned
rates_order_drops(const struct rates *rates, bool by_total, enum verdict order[VERDICT_COUNT]);
