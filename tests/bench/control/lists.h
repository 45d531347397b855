// SPDX-License-Identifier: BSD-3-Clause
// Rates of reading a list from text in memory into its table, as one thread does it in the background.

#pragma once

#include "../support/report.h"

#include <stdint.h>

// Adds the rows access_parse_*, access_add_* and access_load_*: lines of info_hashes parsed, entries added to
// a new set, and both.
void lists_measure_access(
	const char *size,
	uint32_t entries,
	unsigned rounds,
	struct bench_report *report
);

// Adds the row sources_load_*: lines of networks, IPv4 and IPv6 in turn, parsed and made into ranges.
void lists_measure_sources(
	const char *size,
	uint32_t entries,
	unsigned rounds,
	struct bench_report *report
);
