// SPDX-License-Identifier: BSD-3-Clause
// A set of info_hashes, millions of them, with the time until which each is in it.
//
// One block of memory without pointers, so a copy of the block is a copy of the set: an edit of a set
// that lcores read changes a copy, which is then published. Built by one thread; once it is published
// nobody changes it, and any thread may read. A keyed hash places entries, so nobody outside can choose
// where they go.

#pragma once

#include "../base/siphash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INFO_HASHES_KEY_BYTES = 20, INFO_HASHES_BULK = 32 };

struct info_hash_entry {
	uint8_t info_hash[INFO_HASHES_KEY_BYTES];
	uint32_t until_s; // Unix time from which it is not in the set; 0: it stays
};

struct info_hashes;

// Bytes of a set of up to `capacity` entries.
size_t info_hashes_bytes(uint64_t capacity);

// Makes an empty set in `memory` (zeros, info_hashes_bytes(capacity) bytes, aligned to 64).
struct info_hashes *
info_hashes_init(void *memory, uint64_t capacity, const struct siphash_key *key);

// Adds entries; of one that is there, the time changes. Returns how many were new. There is capacity
// for all of them. Prefetches: several at once are much faster than one.
unsigned
info_hashes_add(struct info_hashes *set, const struct info_hash_entry *entries, unsigned count);

// Returns false if it is not there.
bool info_hashes_remove(struct info_hashes *set, const uint8_t *info_hash);

// Whether it is in the set at `now_s` (Unix time). About one cache miss.
bool info_hashes_has(const struct info_hashes *set, const uint8_t *info_hash, uint32_t now_s);

// The entry, whatever its time; NULL: none.
const struct info_hash_entry *
info_hashes_find(const struct info_hashes *set, const uint8_t *info_hash);

uint64_t info_hashes_count(const struct info_hashes *set);
uint64_t info_hashes_capacity(const struct info_hashes *set);

// The earliest time after `now_s` at which an entry ends; 0: none does. Visits all entries.
uint32_t info_hashes_next_end(const struct info_hashes *set, uint32_t now_s);
