// SPDX-License-Identifier: BSD-3-Clause
// How long a worker's turn can get while all its peers expire at once.

#pragma once

#include "../support/report.h"

// Fills a shard with 10 M peers in 2 M torrents (proof, too, that memory_measure's figure holds
// them), lets all time out, and times turns of 32 announces and a sweep until all are gone. Adds
// longest_turn_us. An empty loop runs for as long beside it: as many of the longest turns are left
// out as that loop had stalls of its own, because the machine, not the sweep, made those.
void expiry_measure(struct bench_report *report);
