// SPDX-License-Identifier: BSD-3-Clause
// Threads that do a piece of work together, again and again, on a common start signal.
//
// The caller is thread 0; the others are registered with DPDK and pinned to CPUs in turn. There
// may be more threads than CPUs: whoever waits long gives its CPU away.

#pragma once

#include <stdint.h>

struct crew;

// Ends the process where a thread does not start.
struct crew *crew_create(unsigned threads);
void crew_free(struct crew *crew);

// Runs work(argument, thread) on every thread. Nanoseconds from the first that began, when all were
// ready, until the last was done.
uint64_t crew_run(struct crew *crew, void (*work)(void *argument, unsigned thread), void *argument);
