// SPDX-License-Identifier: BSD-3-Clause
// How scrape exports went: written by the export thread, read by any.

#pragma once

#include <stdint.h>

struct export_report {
	uint64_t runs; // exports that ran to their end
	uint64_t failures; // of these
	uint64_t failing; // 1: the last one failed
	uint64_t last_s; // Unix time when the last good one was in place; 0: none was
	uint64_t last_torrents; // in it
	uint64_t last_ms; // it took
};

// A copy; each value by one relaxed load.
struct export_report export_report_read(const struct export_report *report);
