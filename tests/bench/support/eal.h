// SPDX-License-Identifier: BSD-3-Clause
// DPDK's EAL for benchmarks: no devices, nothing shared, quiet. Says which pages its memory has.

#pragma once

#include <stdbool.h>

enum bench_pages {
	BENCH_PAGES_FREE, // 2 MiB if enough are free, as for an appliance on a NIC, else 4 KiB
	BENCH_PAGES_4K,
	BENCH_PAGES_2M,
};

// Reads "4k" or "2m". Returns false for anything else.
bool bench_pages_parse(const char *text, enum bench_pages *pages);

// Call it once per process, before other threads are started; pins the caller to a CPU. Exits the
// process on failure. Returns the pages that are used: BENCH_PAGES_4K or BENCH_PAGES_2M.
enum bench_pages bench_eal_init(unsigned memory_megabytes, enum bench_pages pages);
