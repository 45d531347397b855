// SPDX-License-Identifier: BSD-3-Clause
// Start-up seen from a thread beside it: tells how far it is where a step takes long, and obeys
// SIGINT and SIGTERM, which a step inside DPDK or the kernel cannot.
//
// A start that is asked to stop ends at the next place that looks (boot_watch_goes_on) and is undone
// there. Where none comes within BOOT_WATCH_GRACE_S, the process ends as it is, with status 0: what
// it leaves behind is what a crash leaves, and the next start takes that away.

#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	BOOT_WATCH_QUIET_S = 2, // a step that is done by then is not told of
	BOOT_WATCH_AGAIN_S = 5, // between two lines about the same step
	BOOT_WATCH_GRACE_S = 1,
};

// All zeros: nobody watches, and the start goes on.
struct boot_watch {
	pthread_t thread;
	int wake_fd;
	bool running;
	const char *step; // written by the boot thread, read by ours
	uint32_t need_mb; // likewise: memory that all steps take, 0 until it is known
	int signal; // that asks to stop, 0: none; written by our thread
};

// Once the signals are blocked (control_block_signals).
void boot_watch_start(struct boot_watch *watch);

// `name` begins. False where the start shall stop.
bool boot_watch_step(struct boot_watch *watch, const char *name);

// False where the start shall stop: between pieces of a step that may be long.
bool boot_watch_goes_on(const struct boot_watch *watch);

// Ends the thread. The signal that asked to stop, or 0.
int boot_watch_end(struct boot_watch *watch);
