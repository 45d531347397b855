// SPDX-License-Identifier: BSD-3-Clause
// How fast one worker announces, against bare rte_hash lookups of the same keys in the same table.

#pragma once

#include "../support/progress.h"
#include "../support/report.h"
#include "load.h"

#include <stdbool.h>

struct announce_case {
	const char *name; // of the row
	uint32_t torrents;
	enum load_popularity popularity;
	bool detail;
};

// Fills a shard, measures, adds a row: announces a second, and bare lookups a second as baseline.
// Lookups and announces take turns, `rounds` times; the row is the round whose ratio is median.
void
announce_measure(const struct announce_case *what, unsigned rounds, struct bench_report *report);
