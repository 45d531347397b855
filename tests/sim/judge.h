// SPDX-License-Identifier: BSD-3-Clause
// Judges what workers make of requests. The linker puts it around shard_process (meson.build), so that it sees each
// announce and each row of a scrape in the order in which they take effect, and asks the naive tracker about it. That
// order is one in which the requests in flight may have arrived: each takes effect between its arrival and its reply.

#pragma once

#include <stdint.h>

// Announces and rows of scrapes so far.
uint64_t judge_ops(void);

// Counters, gauges and capacities of all workers against the naive tracker; now and then, between turns.
void judge_totals(void);
