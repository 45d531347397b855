// SPDX-License-Identifier: BSD-3-Clause
// The cache line that layouts of this project are made for: 64 bytes on every CPU that we know of.
//
// RTE_CACHE_LINE_SIZE is 128 where DPDK is built for any arm64. It suits what separates lcores
// (__rte_cache_aligned), not structs that must fill one line exactly, nor prefetch steps.

#pragma once

enum { LINE_BYTES = 64 };
