// SPDX-License-Identifier: BSD-3-Clause
// What machine a figure was taken on.

#pragma once

struct machine {
	char cpu[128]; // model, as the kernel names it
	char kernel[128];
	unsigned cpus; // this process may use
};

// What cannot be found out is "unknown".
void machine_read(struct machine *machine);

// The CPU for thread number `thread`: those this process may use, in turn. First called before
// any thread is pinned.
unsigned machine_cpu_of_thread(unsigned thread);

// Lets the calling thread run on all of them again.
void machine_unpin(void);
