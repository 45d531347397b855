// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/slab.h: no line or chunk is allocated twice or lost, and cut chunks become whole again.

#include "../../lib/base/rng.h"
#include "../../lib/swarm/slab.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>

enum { CHUNKS_MAX = 40, STEPS = 40000, UNTOUCHED = 0xa5 };

// A slab and what is allocated from it: each block is filled with its stamp.
struct fixture {
	struct slab slab;
	uint8_t *memory;
	uint32_t chunks;
	uint32_t stamps[CHUNKS_MAX * SLAB_CHUNK_LINES]; // of each line; 0: free
	bool whole[CHUNKS_MAX];
	uint32_t lines_used;
	uint32_t last_stamp;
};

static void
open_fixture(struct fixture *fixture, uint32_t chunks)
{
	size_t bytes = slab_memory_bytes(chunks);

	*fixture = (struct fixture){.chunks = chunks};
	fixture->memory = aligned_alloc(LINE_BYTES, RTE_ALIGN_CEIL(bytes + 1, (size_t)LINE_BYTES));
	assert_non_null(fixture->memory);
	memset(fixture->memory, UNTOUCHED, bytes);
	slab_init(&fixture->slab, fixture->memory, chunks);
}

static void
fill(uint8_t *line, uint32_t stamp)
{
	for (unsigned i = 0; i < LINE_BYTES; i += sizeof(stamp))
		memcpy(line + i, &stamp, sizeof(stamp));
}

static void
assert_filled(const struct fixture *fixture, uint32_t line)
{
	uint8_t expected[LINE_BYTES];

	fill(expected, fixture->stamps[line]);
	assert_memory_equal(slab_line(&fixture->slab, line), expected, LINE_BYTES);
}

// Allocates a line, or a whole chunk. Returns false if there is none.
static bool
take(struct fixture *fixture, bool whole)
{
	uint32_t item = whole ? slab_get_chunk(&fixture->slab) : slab_get_line(&fixture->slab);
	uint32_t first = whole ? item * SLAB_CHUNK_LINES : item;
	uint32_t lines = whole ? SLAB_CHUNK_LINES : 1;

	if (item == POOL_NONE)
		return false;
	assert_true(first + lines <= fixture->chunks * SLAB_CHUNK_LINES);
	fixture->last_stamp++;
	for (uint32_t line = first; line < first + lines; line++) {
		assert_int_equal(fixture->stamps[line], 0);
		fixture->stamps[line] = fixture->last_stamp;
		fill(slab_line(&fixture->slab, line), fixture->last_stamp);
	}
	fixture->whole[first / SLAB_CHUNK_LINES] = whole;
	fixture->lines_used += lines;
	return true;
}

// Gives back the line, with its chunk if that is whole.
static void
give(struct fixture *fixture, uint32_t line)
{
	uint32_t chunk = line / SLAB_CHUNK_LINES;
	bool whole = fixture->whole[chunk];
	uint32_t first = whole ? chunk * SLAB_CHUNK_LINES : line;
	uint32_t lines = whole ? SLAB_CHUNK_LINES : 1;

	for (line = first; line < first + lines; line++) {
		assert_filled(fixture, line);
		fixture->stamps[line] = 0;
	}
	if (whole)
		slab_put_chunk(&fixture->slab, chunk);
	else
		slab_put_line(&fixture->slab, first);
	fixture->lines_used -= lines;
}

static uint32_t
chunks_unused(const struct fixture *fixture)
{
	uint32_t unused = 0;

	for (uint32_t chunk = 0; chunk < fixture->chunks; chunk++) {
		bool used = false;

		for (unsigned k = 0; k < SLAB_CHUNK_LINES; k++)
			used |= fixture->stamps[chunk * SLAB_CHUNK_LINES + k] != 0;
		unused += !used;
	}
	return unused;
}

static uint32_t
whole_chunks(const struct fixture *fixture)
{
	uint32_t count = 0;

	for (uint32_t chunk = 0; chunk < fixture->chunks; chunk++)
		count += fixture->whole[chunk] && fixture->stamps[chunk * SLAB_CHUNK_LINES] != 0;
	return count;
}

static void
assert_counts(const struct fixture *fixture)
{
	uint32_t all = fixture->chunks * SLAB_CHUNK_LINES;

	assert_int_equal(slab_lines_used(&fixture->slab), fixture->lines_used);
	assert_int_equal(slab_chunks_free(&fixture->slab), chunks_unused(fixture));
	assert_int_equal(slab_lines_free(&fixture->slab), all - fixture->lines_used);
}

static void
test_random(void **state)
{
	static const uint32_t chunks[] = {1, 2, 7, CHUNKS_MAX};
	struct rng rng = {4};

	(void)state;
	for (unsigned c = 0; c < RTE_DIM(chunks); c++) {
		struct fixture fixture;

		open_fixture(&fixture, chunks[c]);
		for (unsigned step = 0; step < STEPS; step++) {
			bool grow = rng_below(&rng, 100) < (step / 500 % 2 == 0 ? 70u : 30u);
			uint32_t line = rng_below(&rng, chunks[c] * SLAB_CHUNK_LINES);
			bool whole = rng_below(&rng, 8) == 0;

			if (!grow && fixture.stamps[line] != 0)
				give(&fixture, line);
			else if (grow && !take(&fixture, whole))
				assert_int_equal(
					whole ? slab_chunks_free(&fixture.slab)
					      : slab_lines_free(&fixture.slab),
					0
				);
			assert_counts(&fixture);
		}
		for (uint32_t line = 0; line < chunks[c] * SLAB_CHUNK_LINES; line++)
			if (fixture.stamps[line] != 0)
				give(&fixture, line);
		assert_counts(&fixture);
		while (take(&fixture, true)) // every chunk is whole again
			;
		assert_int_equal(whole_chunks(&fixture), chunks[c]);
		free(fixture.memory);
	}
}

// Memory that was never allocated was never touched: pages of it need not exist.
static void
test_untouched(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, CHUNKS_MAX);
	assert_true(take(&fixture, false));
	assert_true(take(&fixture, true));
	for (size_t i = 2 * SLAB_CHUNK_BYTES; i < CHUNKS_MAX * SLAB_CHUNK_BYTES; i++)
		assert_int_equal(fixture.memory[i], UNTOUCHED);
	free(fixture.memory);
}

static void
test_empty(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 0);
	assert_false(take(&fixture, false));
	assert_false(take(&fixture, true));
	assert_counts(&fixture);
	free(fixture.memory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_untouched),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
