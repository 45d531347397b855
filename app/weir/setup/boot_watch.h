// SPDX-License-Identifier: BSD-3-Clause
// A thread that watches the start: it logs the progress of long steps, and handles SIGINT and SIGTERM,
// which a step inside DPDK or the kernel cannot.
//
// After such a signal the start ends at the next check (boot_watch_goes_on) and is undone. If no check
// comes within BOOT_WATCH_GRACE_S, the process exits at once with status 0. It then leaves behind what
// a crash leaves, which the next start removes.

#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	BOOT_WATCH_QUIET_S = 2, // shorter steps are not logged
	BOOT_WATCH_AGAIN_S = 5, // between two log lines about the same step
	BOOT_WATCH_GRACE_S = 1,
};

// Zeroed memory: no thread, and the start goes on.
struct boot_watch {
	pthread_t thread;
	int wake_fd;
	bool running;
	const char *step; // written by the boot thread, read by the watching one
	uint32_t need_mb; // likewise: memory that all steps need; 0: not known yet
	int signal; // that stops the start; 0: none. Written by the watching thread, read by the boot one
};

// Once the signals are blocked (control_block_signals).
void boot_watch_start(struct boot_watch *watch);

// The step `name` begins. False: the start has to stop.
bool boot_watch_step(struct boot_watch *watch, const char *name);

// False: the start has to stop. To be called between the parts of a step that may be long.
bool boot_watch_goes_on(const struct boot_watch *watch);

// Ends the thread. Returns the signal that stopped the start, or 0.
int boot_watch_end(struct boot_watch *watch);
