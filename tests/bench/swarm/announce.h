// SPDX-License-Identifier: BSD-3-Clause
// Announces of one worker, compared with rte_hash lookups of the same keys in the same table.

#pragma once

#include "../support/progress.h"
#include "../support/report.h"
#include "load.h"

#include <stdbool.h>

struct announce_case {
	const char *name; // of the row
	uint32_t torrents;
	enum load_popularity popularity;
	enum family family;
	bool detail;
};

// Fills a shard, measures, and adds a row: announces per second, with lookups per second as
// baseline. Lookups and announces alternate for `rounds`; the row is the round with the median
// ratio.
void
announce_measure(const struct announce_case *what, unsigned rounds, struct bench_report *report);
