// SPDX-License-Identifier: BSD-3-Clause
// A crew of threads that execute a function in parallel, with a common start.
//
// The caller is thread 0; the others are registered with DPDK and pinned to CPUs, round robin.
// There may be more threads than CPUs: a thread that waits for long yields its CPU.

#pragma once

#include <stdint.h>

struct crew;

// Exits the process if a thread cannot be started.
struct crew *crew_create(unsigned threads);
void crew_free(struct crew *crew);

// Runs work(argument, thread) on every thread, once all are ready. Returns the nanoseconds from the
// start of the first one to the end of the last one.
uint64_t crew_run(struct crew *crew, void (*work)(void *argument, unsigned thread), void *argument);
