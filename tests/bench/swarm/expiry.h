// SPDX-License-Identifier: BSD-3-Clause
// The longest turn of a worker while all its peers expire at once.

#pragma once

#include "../support/report.h"

// Fills a shard with 10 M peers in 2 M torrents (which also shows that they fit the memory of
// memory_measure), lets all of them time out, and times turns of 32 announces and a sweep until all
// have expired. Adds longest_turn_us. Then an empty loop runs for the same time, and its number of
// stalls is the number of longest turns that are left out: the machine caused them, not the sweep.
void expiry_measure(struct bench_report *report);
