// SPDX-License-Identifier: BSD-3-Clause
// Networks whose packets are dropped: IPv4 and IPv6 prefixes, some of them allowed; the longest prefix
// of an address decides.
//
// Prefixes become sorted ranges that do not overlap, so a lookup is a search for the last range that
// starts at or before the address: over IPv4 within the ranges of its first 16 bits, over IPv6 down a tree. A
// million random /32 take 8 MB, of IPv6 36 MB; tables of prefixes as in rte_lpm would take a KiB for each. A
// lookup in a million networks costs less than a read of memory that is in no cache (IPv4), or two of them and
// a half (IPv6). One block of memory without
// pointers. Built by one thread; once it is published nobody changes it, and any thread may read.

#pragma once

#include "../stats/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct network {
	uint8_t family; // FAMILY_IPV4 or FAMILY_IPV6
	uint8_t bits; // length of the prefix: 0 to 32, or to 128
	bool allowed; // an exception from a shorter prefix
	uint8_t bytes[16]; // network order; the first 4 for IPv4; bits behind the prefix are 0
	uint32_t until_s; // Unix time; 0: it stays
	uint32_t order; // written by networks_init
};

struct networks;

// Bytes that are enough for `count` networks.
size_t networks_bytes(uint64_t count);

// Makes ranges in `memory` (zeros, networks_bytes(count) bytes, aligned to 64) from those networks that
// have not ended at `now_s`. Sorts `list`; of a network that is there twice, the last one counts, whether
// it has ended or not.
struct networks *networks_init(void *memory, struct network *list, uint64_t count, uint32_t now_s);

// Whether packets from `address` (4 or 16 bytes, network order) are dropped.
bool networks_deny(const struct networks *networks, enum family family, const uint8_t *address);

// Networks that made these ranges, those that have not ended.
uint64_t networks_count(const struct networks *networks);

// The earliest end of one of them, Unix time; 0: none ends. The caller makes a new one then.
uint32_t networks_next_end(const struct networks *networks);
