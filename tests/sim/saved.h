// SPDX-License-Identifier: BSD-3-Clause
// Snapshots: taken by a thread of the appliance as weirctl does it, read by a reader of our own (lib/snapshot/format.h
// has the format), compared with the naive tracker, and given to it after a start.

#pragma once

#include <stdbool.h>
#include <stdint.h>

// Starts the thread, unless one is at work.
void saved_take(void);

// No thread is at work any more: a crash.
void saved_forget(void);

// Between turns: judges a snapshot that was completed.
void saved_judge(void);

// Judges the snapshot of an end in order, of a moment at which nothing moved.
void saved_judge_last(void);

// The naive tracker gets what the snapshot has, as Weir does at a start, and nothing else.
void saved_restore(void);

uint64_t saved_count(void);
