// SPDX-License-Identifier: BSD-3-Clause
// The machine of a measurement.

#pragma once

struct machine {
	char cpu[128]; // model, as reported by the kernel
	char kernel[128];
	unsigned cpus; // that this process may use
};

// Fields that cannot be read are "unknown".
void machine_read(struct machine *machine);

// The CPU for thread number `thread`, round robin over those that this process may use. The first
// call must come before any thread is pinned.
unsigned machine_cpu_of_thread(unsigned thread);

// Undoes the pinning of the calling thread.
void machine_unpin(void);
