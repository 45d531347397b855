// SPDX-License-Identifier: BSD-3-Clause

#include "busy.h"

#include <string.h>

enum { SPAN_S = 8 }; // rounded down to a power of two of cycles

static unsigned
log2_of(uint64_t value)
{
	return 63 - (unsigned)__builtin_clzll(value);
}

void
busy_init(struct busy *busy, uint64_t hz)
{
	unsigned span = log2_of(RTE_MAX(hz * SPAN_S, (uint64_t)BUSY_TICKS));

	memset(busy, 0, sizeof(*busy));
	busy->tick_shift = span - log2_of(BUSY_TICKS);
}

double
busy_span_s(const struct busy *busy, uint64_t hz)
{
	return (double)(UINT64_C(1) << busy->tick_shift) * BUSY_TICKS / (double)hz;
}

static uint32_t
tick_of(const struct busy *busy, uint64_t tsc)
{
	return (uint32_t)(tsc >> busy->tick_shift);
}

static uint64_t
decayed(uint64_t recent, uint32_t ticks)
{
	return ticks >= BUSY_TICKS ? 0 : recent - recent * ticks / BUSY_TICKS;
}

uint64_t
busy_recent(const struct busy *busy, const struct busy_state *state, uint64_t tsc)
{
	uint32_t since = __atomic_load_n(&state->recent_tick, __ATOMIC_ACQUIRE);
	uint32_t ticks = tick_of(busy, tsc) - since;

	// The owner may have been here after `tsc` was read.
	return decayed(
		__atomic_load_n(&state->recent, __ATOMIC_ACQUIRE), ticks > INT32_MAX ? 0 : ticks
	);
}

void
busy_decay(struct busy_state *state, uint32_t tick)
{
	uint64_t recent = decayed(state->recent, tick - state->recent_tick);

	__atomic_store_n(&state->recent, recent, __ATOMIC_RELAXED);
	__atomic_store_n(&state->recent_tick, tick, __ATOMIC_RELAXED);
}

struct busy_state *
busy_find_name(struct busy *busy, uint64_t name, uint64_t hash)
{
	unsigned set = busy_set(hash);

	for (unsigned i = 0; i < BUSY_WAYS; i++)
		if (busy->names[set][i] == name)
			return &busy->states[set][i];
	return NULL;
}

static void
set_tag(struct busy *busy, unsigned set, unsigned i, uint64_t hash)
{
	unsigned shift = 8 * i;

	busy->tags[set] = (busy->tags[set] & ~(UINT64_C(0xff) << shift)) | hash >> 56 << shift;
}

// The idle entry of a set with the least work of late, or BUSY_WAYS.
static unsigned
find_idle(const struct busy *busy, unsigned set, uint64_t tsc)
{
	unsigned best = BUSY_WAYS;
	uint64_t least = UINT64_MAX;

	for (unsigned i = 0; i < BUSY_WAYS; i++) {
		const struct busy_state *state = &busy->states[set][i];
		uint64_t recent = busy->names[set][i] == 0 ? 0 : 1 + busy_recent(busy, state, tsc);

		if (state->full_tsc <= tsc && recent < least) {
			least = recent;
			best = i;
		}
	}
	return best;
}

struct busy_state *
busy_enter(struct busy *busy, uint64_t name, uint64_t hash, uint64_t full_tsc, uint64_t tsc)
{
	unsigned set = busy_set(hash);
	unsigned i = find_idle(busy, set, tsc);

	if (i == BUSY_WAYS)
		return NULL;
	struct busy_state *state = &busy->states[set][i];

	// A reader that sees one of the new numbers also sees that the name is gone.
	__atomic_store_n(&busy->names[set][i], 0, __ATOMIC_RELAXED);
	set_tag(busy, set, i, hash);
	state->full_tsc = full_tsc;
	__atomic_store_n(&state->recent, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&state->recent_tick, tick_of(busy, tsc), __ATOMIC_RELEASE);
	__atomic_store_n(&state->work, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&state->refused, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&busy->names[set][i], name, __ATOMIC_RELEASE);
	return state;
}

bool
busy_read(const struct busy *busy, unsigned i, uint64_t tsc, struct busy_row *row)
{
	const uint64_t *name = &busy->names[i / BUSY_WAYS][i % BUSY_WAYS];
	const struct busy_state *state = &busy->states[i / BUSY_WAYS][i % BUSY_WAYS];

	row->name = __atomic_load_n(name, __ATOMIC_ACQUIRE);
	row->recent = busy_recent(busy, state, tsc);
	row->work = __atomic_load_n(&state->work, __ATOMIC_ACQUIRE);
	row->refused = __atomic_load_n(&state->refused, __ATOMIC_ACQUIRE);
	return row->name != 0 && __atomic_load_n(name, __ATOMIC_RELAXED) == row->name;
}
