// SPDX-License-Identifier: BSD-3-Clause
// Virtual time: the cycle counter, the monotonic clock and the wall clock of the simulator. They stand still but for
// virtual_advance, and for a few cycles that each look at the cycle counter takes.
//
// Weir's own code reads it without knowing: forced_clock.h replaces the cycle counter, the linker time(2), and
// virtual.c is the monotonic clock.

#pragma once

#include <stdint.h>

#define VIRTUAL_HZ UINT64_C(2500000000) // cycles a second
#define VIRTUAL_S UINT64_C(1000000000) // nanoseconds

// From now on the cycle counter is `tsc` and the Unix time `wall_s`. virtual_ns() goes on.
void virtual_set(uint64_t tsc, uint64_t wall_s);

// Nanoseconds since the start of the simulation.
uint64_t virtual_ns(void);
void virtual_advance(uint64_t ns);

uint64_t virtual_tsc(void);
uint64_t virtual_wall_s(void);

// The wall clock is set forward or back.
void virtual_step_wall(int64_t seconds);
