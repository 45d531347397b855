// SPDX-License-Identifier: BSD-3-Clause
// Keys of users: 32 letters and digits, in the path of an announce's URL (BEP 41), with an end.
//
// One block of memory without pointers. Built by one thread; once it is published nobody changes it, and
// any thread may read. A keyed hash places entries, so the time of a lookup tells nothing about keys.

#pragma once

#include "../base/siphash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { AUTH_KEY_CHARS = 32 };

struct auth_key {
	char text[AUTH_KEY_CHARS]; // not terminated
	uint32_t until_s; // Unix time from which it is expired; 0: it does not expire
};

enum auth_key_state { AUTH_KEY_GOOD, AUTH_KEY_UNKNOWN, AUTH_KEY_EXPIRED };

struct auth_keys;

size_t auth_keys_bytes(uint64_t capacity);

// Makes an empty table in `memory` (zeros, auth_keys_bytes(capacity) bytes, aligned to 64).
struct auth_keys *auth_keys_init(void *memory, uint64_t capacity, const struct siphash_key *key);

// Of a key that is there, the end changes. False: it was there.
bool auth_keys_add(struct auth_keys *keys, const struct auth_key *key);

enum auth_key_state
auth_keys_check(const struct auth_keys *keys, const char text[AUTH_KEY_CHARS], uint32_t now_s);

// The same in two steps, for a burst: the hash of a key, whose place is prefetched, then the check.
uint64_t auth_keys_look(const struct auth_keys *keys, const char text[AUTH_KEY_CHARS]);

enum auth_key_state auth_keys_check_hashed(
	const struct auth_keys *keys,
	uint64_t hash,
	const char text[AUTH_KEY_CHARS],
	uint32_t now_s
);

uint64_t auth_keys_count(const struct auth_keys *keys);
