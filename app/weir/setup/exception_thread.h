// SPDX-License-Identifier: BSD-3-Clause
// Boot step: the thread between the io lcores' rings and the kernel's interfaces (ports[].exception). All system calls of
// the exception path are its own. It runs on the CPU of the control thread.
//
// It waits for the kernel in poll(2). An io lcore that has a frame for the kernel does not wake it, because that would
// be a system call: it looks every millisecond, and every ten after a second without a frame.

#pragma once

#include "../../../lib/guard/limit.h"
#include "../weir.h"

#include <stdbool.h>
#include <stdint.h>

bool exception_thread_up(struct weir *weir, struct error *error);
void exception_thread_down(struct weir *weir);

// How fast the kernel may send.
struct exception_rates {
	uint32_t rate; // frames a second, of each port
	struct limit limits[CONFIG_PORTS_MAX];
};

// What the thread does between two waits: frames of the rings go to the interfaces, frames of the interfaces to the rings
// of the lcores that have queue 0 of the ports, as far as rates and rings have room at time `tsc`. Returns the number of
// frames. `held`: a bit for each port whose interface may have more frames than there is room for.
unsigned
exception_serve(struct weir *weir, struct exception_rates *rates, uint64_t tsc, uint32_t *held);
