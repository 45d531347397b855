// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/swarm.h where chunks, records or the index are full, and how many chunks suffice.

#include "../support/cmocka_wrap.h"
#include "../support/swarm_request.h"

#include <rte_common.h>

// Adds peers until one is not stored. Returns their number.
static uint32_t
fill_up(struct swarm_member *member)
{
	uint32_t n = 0;

	while (!swarm_announce_one(member, n, n % 3 == 0, (uint16_t)(n % 60), 1).full)
		n++;
	return n;
}

static void
serve_all(struct swarm_member *member, uint32_t peers)
{
	for (uint32_t n = 0; n < peers; n++) {
		swarm_announce_one(member, n, n % 3 == 0, 50, 2);
		swarm_announce_one(member, n, n % 3 != 0, 50, 3); // needs no memory
	}
}

// Whatever is full: a new peer is not stored but gets a reply, the others are served as before, and
// nothing leaks.
static void
test_exhausted(void **state)
{
	static const struct {
		const char *what;
		uint32_t chunks, records, buckets;
		uint32_t min, max; // peers that fit
	} rows[] = {
		{"no chunk", 0, 2000, 200, 2, 6},
		{"a chunk", 1, 2000, 200, 16, 64},
		{"chunks for lines", 2, 2000, 200, 24, 96},
		{"chunks", 8, 2000, 200, 7 * 21, 7 * 64},
		{"chunks and a node", 30, 2000, 200, 27 * 21, 28 * 64},
		{"no records", 120, 0, 200, 0, 0},
		{"records in a home", 120, 1, 200, 1, 1},
		{"records", 120, 77, 200, 77, 77},
		{"no index", 120, 2000, 1, SWARM_INDEXED_FROM, SWARM_INDEXED_FROM},
		{"index for fewer than go into it", 120, 2000, 4, 64, 64},
		{"index for exactly those", 120, 2000, 5, 75, 75},
		{"index", 120, 2000, 30, 450, 450},
	};
	struct swarm_fixture fixture;

	(void)state;
	for (unsigned r = 0; r < 4 * RTE_DIM(rows); r++) {
		struct swarm_sizes sizes = {
			.family = swarm_families[r % 2],
			.detail = r / 2 % 2 == 0,
			.swarms = 1,
			.numbers = 2100,
			.chunks = rows[r / 4].chunks,
			.records = rows[r / 4].records,
			.buckets = rows[r / 4].buckets,
		};

		if (!sizes.detail && sizes.records < 2000)
			continue;
		swarm_fixture_open(&fixture, &sizes);
		uint32_t first = fill_up(fixture.members);

		if (first < rows[r / 4].min || first > rows[r / 4].max)
			fail_msg("%s: %u peers fit", rows[r / 4].what, first);
		assert_swarm_store(&fixture);
		serve_all(fixture.members, first);
		assert_true(swarm_announce_one(fixture.members, first, true, 50, 2).full);
		assert_swarm_store(&fixture);
		swarm_fixture_empty(&fixture);
		if (first < SWARM_INDEXED_FROM) // else entries may have wrapped around the index
			assert_swarms_empty(&fixture);
		assert_int_equal(fill_up(fixture.members), first);
		assert_swarm_store(&fixture);
		swarm_fixture_empty(&fixture);
		assert_swarm_store(&fixture);
		swarm_fixture_close(&fixture);
	}
}

// One swarm uses everything: another can grow when peers of the first have left.
static void
test_freed_memory_serves_another_swarm(void **state)
{
	struct swarm_fixture fixture;

	(void)state;
	for (unsigned row = 0; row < 4; row++) {
		struct swarm_sizes sizes = {swarm_families[row / 2], row % 2, 2, 800, 9, 800, 100};

		swarm_fixture_open(&fixture, &sizes);
		uint32_t peers = fill_up(&fixture.members[0]);
		uint32_t others = fill_up(&fixture.members[1]);

		assert_true(others <= 64);
		for (uint32_t n = 0; n < peers; n++)
			swarm_stop_one(&fixture.members[0], n);
		assert_swarm_store(&fixture);
		assert_true(fill_up(&fixture.members[1]) > others + 20);
		assert_swarm_store(&fixture);
		swarm_fixture_close(&fixture);
	}
}

static void
test_may_not_add(void **state)
{
	static const uint32_t sizes_before[] = {0, 1, 6, 30, 64, 65, 300};
	struct swarm_fixture fixture;

	(void)state;
	for (unsigned s = 0; s < 4 * RTE_DIM(sizes_before); s++) {
		struct swarm_sizes sizes =
			swarm_sizes_ample(swarm_families[s % 2], s / 2 % 2 == 0, 1, 1000);

		swarm_fixture_open(&fixture, &sizes);
		for (uint32_t n = 0; n < sizes_before[s / 4]; n++)
			swarm_announce_one(fixture.members, n, n % 4 == 0, 0, 1);
		for (uint32_t n = 0; n < 2 * sizes_before[s / 4] + 2; n++) {
			struct swarm_request request =
				swarm_request(fixture.members, n, n % 4 == 0, 50, 2);

			request.may_add = false;
			swarm_request_prepare(&request);
			assert_int_equal(
				swarm_request_check(&request).full, n >= sizes_before[s / 4]
			);
		}
		assert_swarm_store(&fixture);
		swarm_fixture_close(&fixture);
	}
}

// The number of swarm_chunks is enough for all peers, however IPv6 peers are spread over torrents.
static void
test_chunks_suffice(void **state)
{
	static const struct {
		enum family family;
		uint32_t swarms;
		uint32_t peers; // of each
	} rows[] = {
		{FAMILY_IPV6, 1, 1},	{FAMILY_IPV6, 1, 2000}, {FAMILY_IPV6, 600, 1},
		{FAMILY_IPV6, 300, 2},	{FAMILY_IPV6, 300, 3},	{FAMILY_IPV6, 200, 4},
		{FAMILY_IPV6, 100, 7},	{FAMILY_IPV6, 20, 33},	{FAMILY_IPV6, 20, 49},
		{FAMILY_IPV6, 40, 25},	{FAMILY_IPV6, 40, 37},	{FAMILY_IPV6, 40, 43},
		{FAMILY_IPV6, 40, 51},	{FAMILY_IPV6, 3, 769},	{FAMILY_IPV4, 1, 1},
		{FAMILY_IPV4, 300, 4},	{FAMILY_IPV4, 50, 40},	{FAMILY_IPV4, 3, 1000},
		{FAMILY_IPV4, 1, 3000},
	};
	struct swarm_fixture fixture;

	(void)state;
	for (unsigned r = 0; r < 2 * RTE_DIM(rows); r++) {
		bool detail = r % 2 == 1;
		uint32_t swarms = rows[r / 2].swarms;
		uint32_t peers = rows[r / 2].peers;
		struct swarm_sizes sizes =
			swarm_sizes_ample(rows[r / 2].family, detail, 2 * swarms, peers);

		sizes.chunks = swarm_chunks(rows[r / 2].family, detail, swarms * peers, swarms);
		swarm_fixture_open(&fixture, &sizes);
		for (uint32_t i = 0; i < swarms * peers; i++) // every second one is of the family
			if (swarm_announce_one(
				    &fixture.members[2 * (i % swarms)], i / swarms, 0, 0, 1
			    )
				    .full)
				fail_msg("row %u: %u of %u fit", r / 2, i, swarms * peers);
		assert_swarm_store(&fixture);
		swarm_fixture_close(&fixture);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exhausted),
		cmocka_unit_test(test_freed_memory_serves_another_swarm),
		cmocka_unit_test(test_may_not_add),
		cmocka_unit_test(test_chunks_suffice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
