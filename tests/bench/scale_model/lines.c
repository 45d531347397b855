// SPDX-License-Identifier: BSD-3-Clause

#include "lines.h"

#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_THREAD__
static const bool seen = true;
#else
static const bool seen = false;
#endif

// This file is compiled like all others, but must not see itself; other builds do not use it.
#define UNSEEN __attribute__((no_sanitize_thread, unused))

enum {
	LINE_SHIFT = 6,
	TABLE_BITS = 22,
	PIECES_MAX = 1 << 17,
	STACK_BYTES = 1 << 20, // below the caller, and above the first one
	WORDS = LINES_ACTORS_MAX / 64,
};

struct line {
	uintptr_t number; // 0: unused
	uint64_t holders[WORDS];
};

struct piece {
	uintptr_t start, end;
	unsigned name;
};

static struct line *table;
static struct piece *pieces;
static unsigned piece_count, name_count = 1;
static struct lines_sum sums_now[LINES_NAMES_MAX] = {{.name = "other"}};
static unsigned actor = LINES_DEVICE;
static bool sorted, counting;

bool
lines_seen(void)
{
	return seen;
}

UNSEEN void
lines_act(unsigned next)
{
	actor = next;
}

UNSEEN void
lines_name(const void *start, size_t bytes, const char *name)
{
	unsigned n = 0;

	while (n < name_count && strcmp(sums_now[n].name, name) != 0)
		n++;
	if (n == name_count)
		sums_now[name_count++].name = name;
	if (pieces == NULL)
		pieces = calloc(PIECES_MAX, sizeof(*pieces));
	if (pieces == NULL || piece_count == PIECES_MAX || n >= LINES_NAMES_MAX)
		abort();
	pieces[piece_count++] = (struct piece){(uintptr_t)start, (uintptr_t)start + bytes, n};
	sorted = false;
}

UNSEEN static int
by_start(const void *one, const void *other)
{
	const struct piece *a = one, *b = other;

	return (a->start > b->start) - (a->start < b->start);
}

UNSEEN static unsigned
name_of(uintptr_t address)
{
	unsigned low = 0, high = piece_count;

	if (!sorted && piece_count > 0)
		qsort(pieces, piece_count, sizeof(*pieces), by_start);
	sorted = true;
	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (pieces[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && address < pieces[low - 1].end ? pieces[low - 1].name : 0;
}

UNSEEN static struct line *
find(uintptr_t number)
{
	uint64_t at = number * UINT64_C(0x9e3779b97f4a7c15) >> (64 - TABLE_BITS);

	while (table[at].number != number && table[at].number != 0)
		at = (at + 1) & ((1 << TABLE_BITS) - 1);
	table[at].number = number;
	return &table[at];
}

UNSEEN static bool
holds(const struct line *line, unsigned who)
{
	return (line->holders[who / 64] >> who % 64 & 1) != 0;
}

UNSEEN static void
hold(struct line *line, unsigned who, bool alone)
{
	if (alone)
		memset(line->holders, 0, sizeof(line->holders));
	line->holders[who / 64] |= UINT64_C(1) << who % 64;
}

UNSEEN static bool
another_lcore_holds(const struct line *line)
{
	for (unsigned who = LINES_LCORES; who < LINES_ACTORS_MAX; who++)
		if (who != actor && holds(line, who))
			return true;
	return false;
}

UNSEEN static void
move(uintptr_t address, bool between_lcores)
{
	struct lines_sum *sum = &sums_now[name_of(address)];

	if (!counting || actor == LINES_DEVICE)
		return;
	if (between_lcores)
		sum->moves++;
	else
		sum->device_moves++;
}

UNSEEN static void
touch(uintptr_t address, bool writes)
{
	struct line *line = find(address >> LINE_SHIFT);

	if (writes || !holds(line, actor)) {
		if (another_lcore_holds(line))
			move(address, true);
		else if (holds(line, LINES_DEVICE))
			move(address, false);
	}
	hold(line, actor, writes);
}

// All lcores have the same stack here, and would have one each.
UNSEEN static bool
on_stack(uintptr_t address)
{
	static uintptr_t top;
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	if (here > top)
		top = here;
	return address > here - STACK_BYTES && address < top + STACK_BYTES;
}

UNSEEN void
lines_access(const void *start, size_t bytes, bool writes)
{
	static bool inside; // copies of our own
	uintptr_t at = (uintptr_t)start, end = at + bytes;

	if (actor == LINES_NOBODY || bytes == 0 || inside || on_stack(at))
		return;
	inside = true;
	if (table == NULL)
		table = calloc(1 << TABLE_BITS, sizeof(*table));
	if (table == NULL)
		abort();
	for (uintptr_t line = at >> LINE_SHIFT; line <= (end - 1) >> LINE_SHIFT; line++)
		touch(line == at >> LINE_SHIFT ? at : line << LINE_SHIFT, writes);
	inside = false;
}

UNSEEN void
lines_count(void)
{
	for (unsigned i = 0; i < LINES_NAMES_MAX; i++)
		sums_now[i].moves = sums_now[i].device_moves = 0;
	counting = true;
}

UNSEEN unsigned
lines_sums(struct lines_sum sums[LINES_NAMES_MAX])
{
	unsigned count = 0;

	counting = false;
	for (unsigned i = 0; i < name_count; i++)
		if (sums_now[i].moves + sums_now[i].device_moves > 0)
			sums[count++] = sums_now[i];
	return count;
}

#ifdef __SANITIZE_THREAD__

// What gcc calls; see its tsan.def.
#define ACCESS(bytes)                                                                              \
	void __tsan_read##bytes(void *at);                                                         \
	void __tsan_write##bytes(void *at);                                                        \
	void __tsan_unaligned_read##bytes(void *at);                                               \
	void __tsan_unaligned_write##bytes(void *at);                                              \
	UNSEEN void __tsan_read##bytes(void *at)                                                   \
	{                                                                                          \
		lines_access(at, bytes, false);                                                    \
	}                                                                                          \
	UNSEEN void __tsan_write##bytes(void *at)                                                  \
	{                                                                                          \
		lines_access(at, bytes, true);                                                     \
	}                                                                                          \
	UNSEEN void __tsan_unaligned_read##bytes(void *at)                                         \
	{                                                                                          \
		lines_access(at, bytes, false);                                                    \
	}                                                                                          \
	UNSEEN void __tsan_unaligned_write##bytes(void *at)                                        \
	{                                                                                          \
		lines_access(at, bytes, true);                                                     \
	}

ACCESS(1)
ACCESS(2)
ACCESS(4)
ACCESS(8)
ACCESS(16)

void __tsan_init(void);
void __tsan_func_entry(void *caller);
void __tsan_func_exit(void);
void __tsan_read_range(void *at, size_t bytes);
void __tsan_write_range(void *at, size_t bytes);

void
__tsan_init(void)
{
}
void
__tsan_func_entry(void *caller)
{
	(void)caller;
}
void
__tsan_func_exit(void)
{
}
UNSEEN void
__tsan_read_range(void *at, size_t bytes)
{
	lines_access(at, bytes, false);
}
UNSEEN void
__tsan_write_range(void *at, size_t bytes)
{
	lines_access(at, bytes, true);
}

// There is one thread, so these need not be atomic.
#define ATOMICS(bits, type)                                                                        \
	type __tsan_atomic##bits##_load(const type *at, int order);                                \
	void __tsan_atomic##bits##_store(type *at, type value, int order);                         \
	type __tsan_atomic##bits##_exchange(type *at, type value, int order);                      \
	type __tsan_atomic##bits##_fetch_add(type *at, type value, int order);                     \
	type __tsan_atomic##bits##_fetch_sub(type *at, type value, int order);                     \
	type __tsan_atomic##bits##_fetch_and(type *at, type value, int order);                     \
	type __tsan_atomic##bits##_fetch_or(type *at, type value, int order);                      \
	int __tsan_atomic##bits##_compare_exchange_strong(                                         \
		type *at, type *expected, type value, int order, int failure                       \
	);                                                                                         \
	int __tsan_atomic##bits##_compare_exchange_weak(                                           \
		type *at, type *expected, type value, int order, int failure                       \
	);                                                                                         \
	UNSEEN type __tsan_atomic##bits##_load(const type *at, int order)                          \
	{                                                                                          \
		(void)order;                                                                       \
		lines_access(at, sizeof(*at), false);                                              \
		return *at;                                                                        \
	}                                                                                          \
	UNSEEN void __tsan_atomic##bits##_store(type *at, type value, int order)                   \
	{                                                                                          \
		(void)order;                                                                       \
		lines_access(at, sizeof(*at), true);                                               \
		*at = value;                                                                       \
	}                                                                                          \
	CHANGE(bits, type, exchange, value)                                                        \
	CHANGE(bits, type, fetch_add, (type)(before + value))                                      \
	CHANGE(bits, type, fetch_sub, (type)(before - value))                                      \
	CHANGE(bits, type, fetch_and, (type)(before & value))                                      \
	CHANGE(bits, type, fetch_or, (type)(before | value))                                       \
	COMPARE(bits, type, strong)                                                                \
	COMPARE(bits, type, weak)

#define CHANGE(bits, type, name, after)                                                            \
	UNSEEN type __tsan_atomic##bits##_##name(type *at, type value, int order)                  \
	{                                                                                          \
		type before = *at;                                                                 \
                                                                                                   \
		(void)order;                                                                       \
		lines_access(at, sizeof(*at), true);                                               \
		*at = after;                                                                       \
		return before;                                                                     \
	}

#define COMPARE(bits, type, kind)                                                                  \
	UNSEEN int __tsan_atomic##bits##_compare_exchange_##kind(                                  \
		type *at, type *expected, type value, int order, int failure                       \
	)                                                                                          \
	{                                                                                          \
		bool same = *at == *expected;                                                      \
                                                                                                   \
		(void)order;                                                                       \
		(void)failure;                                                                     \
		lines_access(at, sizeof(*at), true);                                               \
		if (same)                                                                          \
			*at = value;                                                               \
		else                                                                               \
			*expected = *at;                                                           \
		return same;                                                                       \
	}

ATOMICS(8, uint8_t)
ATOMICS(16, uint16_t)
ATOMICS(32, uint32_t)
ATOMICS(64, uint64_t)

void *__real_memcpy(void *to, const void *from, size_t bytes);
void *__real_memset(void *to, int byte, size_t bytes);
void *__wrap_memcpy(void *to, const void *from, size_t bytes);
void *__wrap_memset(void *to, int byte, size_t bytes);

UNSEEN void *
__wrap_memcpy(void *to, const void *from, size_t bytes)
{
	lines_access(from, bytes, false);
	lines_access(to, bytes, true);
	return __real_memcpy(to, from, bytes);
}

UNSEEN void *
__wrap_memset(void *to, int byte, size_t bytes)
{
	lines_access(to, bytes, true);
	return __real_memset(to, byte, bytes);
}

void __tsan_atomic_thread_fence(int order);
void __tsan_atomic_signal_fence(int order);
void
__tsan_atomic_thread_fence(int order)
{
	(void)order;
}
void
__tsan_atomic_signal_fence(int order)
{
	(void)order;
}

#endif
