// SPDX-License-Identifier: BSD-3-Clause
// Phases of a run: what ends each, and what begins with the next. The polling lcore.

#pragma once

struct load;

// Does the work of the phase besides sending and receiving, and ends the phase when it is over.
void phase_step(struct load *load);
