// SPDX-License-Identifier: BSD-3-Clause
// From one phase of a run to the next. The polling lcore.

#pragma once

struct load;

// Does what the phase demands besides sending and receiving, and ends it when its time has come.
void phase_step(struct load *load);
