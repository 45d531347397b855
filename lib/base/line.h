// SPDX-License-Identifier: BSD-3-Clause
// The cache line that the layouts of this project assume: 64 bytes, as on all supported CPUs.
//
// RTE_CACHE_LINE_SIZE is 128 if DPDK is built for generic arm64. That is right for data that separates
// lcores (__rte_cache_aligned), but not for structs that fill exactly one line, nor for prefetch steps.

#pragma once

enum { LINE_BYTES = 64 };
