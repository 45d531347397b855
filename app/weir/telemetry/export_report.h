// SPDX-License-Identifier: BSD-3-Clause
// Results of scrape exports: written by the export thread, read by any thread.

#pragma once

#include <stdint.h>

struct export_report {
	uint64_t runs; // exports that ended
	uint64_t failures; // runs that failed
	uint64_t failing; // 1: the last run failed
	uint64_t last_s; // Unix time at which the last successful run ended; 0: none did
	uint64_t last_torrents; // in the last successful run
	uint64_t last_ms; // its duration
};

// Copies a report; reads each value by a relaxed load.
struct export_report export_report_read(const struct export_report *report);
