// SPDX-License-Identifier: BSD-3-Clause
// Start-up and tear-down: one list, walked forwards and backwards.

#pragma once

#include "weir.h"

struct boot_step {
	const char *name;
	bool (*up)(struct weir *weir, struct error *error);
	void (*down)(struct weir *weir); // NULL: nothing to undo
};

// The list itself is in boot.c.
extern const struct boot_step boot_steps[];
extern const unsigned boot_step_count;

// Takes the steps in order. Where one fails, those before it are undone in reverse, `error` has
// its sentence, and false is returned. So it is where weir->watch says that the start shall stop.
bool boot_up(const struct boot_step *steps, unsigned count, struct weir *weir, struct error *error);

// Undoes all steps, last first.
void boot_down(const struct boot_step *steps, unsigned count, struct weir *weir);
