// SPDX-License-Identifier: BSD-3-Clause
// How an lcore waits when it has no work: what lcores.idle asks for, as far as CPU and ports can. Pure.

#pragma once

#include "../config/config.h"
#include "../datapath/idle.h"

#include <stdbool.h>

// What is the same for all lcores.
struct idle_machine {
	bool is_virtual; // driver.virtual
	struct idle_cpu cpu;
	const char *no_interrupts; // why lcores cannot wait for interrupts; NULL: they can
};

// What an lcore waits for.
struct idle_lines {
	unsigned queues; // receive queues
	unsigned rings; // from other lcores
	bool queues_tell; // each queue has an address to monitor
};

struct idle_choice {
	enum idle_way way; // brief waits
	bool rests; // interrupts after a long silence
	const char *why; // something else than `wanted`; NULL: it is that
};

// `wanted`: lcores.idle. What cannot be done falls back: monitor to pause, all others to what "auto" does.
struct idle_choice idle_choose(
	enum config_idle wanted,
	const struct idle_machine *machine,
	const struct idle_lines *lines
);

// The word of lcores.idle for a way.
const char *idle_way_text(enum idle_way way);
