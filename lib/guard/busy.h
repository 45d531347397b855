// SPDX-License-Identifier: BSD-3-Clause
// The sources that matter: exact buckets and counts of those that do most of the work.
//
// A set-associative table: the keyed hash of a source names its set of eight. Each entry has a tag of eight bits
// in a word for the set, so that a source without an entry, as most are, costs little more than a load. A source
// gets an entry when the sketch refuses it, and now and then by lot: the more work it does, the sooner.
// It replaces an entry of its set whose bucket is full again, the one with the least work of late. If there is
// none, it gets no entry, and what the sketch says about it holds.
//
// One owner, an io lcore. Any thread may read by busy_read while the owner writes.

#pragma once

#include "../base/siphash.h"

#include <rte_branch_prediction.h>
#include <rte_prefetch.h>

#include <stdbool.h>
#include <stdint.h>

enum {
	BUSY_WAYS = 8, // entries of a set
	BUSY_SETS = 512,
	BUSY_TICKS = 1024, // of the time that `recent` covers
};

// What is known of a source. The owner uses relaxed stores.
struct busy_state {
	uint64_t full_tsc; // when its bucket is full again
	uint64_t recent; // sixteenths of a unit, decaying, see busy_recent
	uint64_t work; // sixteenths of a unit, since it has the entry
	uint32_t recent_tick; // of `recent`
	uint32_t refused; // requests, since it has the entry
};

struct busy {
	uint64_t tags[BUSY_SETS] __rte_cache_aligned; // a byte for each entry of a set
	uint64_t names[BUSY_SETS][BUSY_WAYS] __rte_cache_aligned; // 0: unused
	struct busy_state states[BUSY_SETS][BUSY_WAYS];
	unsigned tick_shift; // a tick is 1 << tick_shift cycles
};

// A source as another thread sees it.
struct busy_row {
	uint64_t name;
	uint64_t recent; // sixteenths of a unit in the last busy_span_s
	uint64_t work; // sixteenths of a unit
	uint64_t refused; // requests
};

void busy_init(struct busy *busy, uint64_t hz);

// The seconds that `recent` covers: 4 to 8.
double busy_span_s(const struct busy *busy, uint64_t hz);

static __rte_always_inline unsigned
busy_set(uint64_t hash)
{
	return (hash >> 16) % BUSY_SETS;
}

static __rte_always_inline void
busy_prefetch(const struct busy *busy, uint64_t hash)
{
	rte_prefetch0(&busy->tags[busy_set(hash)]);
}

// The entry of a source if another one of its set has its tag, too; or NULL.
struct busy_state *busy_find_name(struct busy *busy, uint64_t name, uint64_t hash);

// The entry of a source, or NULL.
static __rte_always_inline struct busy_state *
busy_find(struct busy *busy, uint64_t name, uint64_t hash)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t differences = busy->tags[busy_set(hash)] ^ (hash >> 56) * ones;
	// The top bits of the bytes that are 0; above the lowest one there may be others.
	uint64_t hits = (differences - ones) & ~differences & ones << 7;

	if (likely(hits == 0))
		return NULL;
	unsigned guess = (unsigned)__builtin_ctzll(hits) / 8;

	if (likely(busy->names[busy_set(hash)][guess] == name))
		return &busy->states[busy_set(hash)][guess];
	return busy_find_name(busy, name, hash);
}

// Gives a source without an entry one, with a bucket that is full again at `full_tsc`. NULL: every entry of its
// set is in use.
struct busy_state *
busy_enter(struct busy *busy, uint64_t name, uint64_t hash, uint64_t full_tsc, uint64_t tsc);

// The work of about the last busy_span_s: it decays by the part of that time that has passed. For a steady
// source it is its rate times that time.
uint64_t busy_recent(const struct busy *busy, const struct busy_state *state, uint64_t tsc);

// Lets the recent work of an entry decay until `tick`.
void busy_decay(struct busy_state *state, uint32_t tick);

// Adds work (sixteenths of a unit) to an entry.
static inline void
busy_add(const struct busy *busy, struct busy_state *state, uint64_t sixteenths, uint64_t tsc)
{
	uint32_t tick = (uint32_t)(tsc >> busy->tick_shift);

	if (unlikely(tick != state->recent_tick))
		busy_decay(state, tick);
	__atomic_store_n(&state->recent, state->recent + sixteenths, __ATOMIC_RELAXED);
	__atomic_store_n(&state->work, state->work + sixteenths, __ATOMIC_RELAXED);
}

// Any thread. Reads entry `i` of BUSY_SETS * BUSY_WAYS. False if it is unused, or changes hands now.
bool busy_read(const struct busy *busy, unsigned i, uint64_t tsc, struct busy_row *row);
