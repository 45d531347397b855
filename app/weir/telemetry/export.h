// SPDX-License-Identifier: BSD-3-Clause
// The full scrape, written to export.file again and again by a thread of its own on the control
// thread's CPU. It asks workers as telemetry does, with pauses, so that nobody is held up.

#pragma once

#include "../config/config.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct weir;
struct boot_error;

// How exports went. Written by the export's thread, read by export_report.
struct export_report {
	uint64_t runs; // exports that were tried to their end
	uint64_t failures; // of these
	uint64_t failing; // 1: the last one failed
	uint64_t last_s; // Unix time when the last good one was in place; 0: none was
	uint64_t last_torrents; // in it
	uint64_t last_ms; // it took
};

struct export
{
	pthread_t thread;
	bool running; // there is a thread
	pthread_mutex_t lock; // of `stop`
	pthread_cond_t wake;
	bool stop; // written by the control thread
	struct export_report report;
};

// What --check can say: the folder must be there and be ours to write in. False: a sentence in `why`.
bool export_check(const struct config *config, char *why, size_t size);

// The first export comes after export.interval, or a minute where that is longer: late enough for
// clients to come back, early enough to see that it works.
bool export_up(struct weir *weir, struct boot_error *error);
// An export on its way is given up.
void export_down(struct weir *weir);

// Any thread.
struct export_report export_report(const struct export *export);
