// SPDX-License-Identifier: BSD-3-Clause
// lib/stats/latency.h: one packet at a time, counted by the kind of its verdict.

#include "../../lib/stats/latency.h"
#include "../support/cmocka_wrap.h"

#include <string.h>

enum { HZ = 2000000000 }; // a cycle is half a nanosecond

static struct latency latency;
static const char packets[3];

static int
set_up(void **state)
{
	(void)state;
	latency_init(&latency, HZ);
	return 0;
}

static uint64_t
count(enum latency_kind kind)
{
	return histogram_count(&latency.kinds[kind]);
}

static void
test_kinds(void **state)
{
	static const struct {
		enum verdict verdict;
		enum latency_kind kind;
	} rows[] = {
		{VERDICT_connect, LATENCY_connect},
		{VERDICT_announce, LATENCY_announce},
		{VERDICT_announce_peers_full, LATENCY_announce},
		{VERDICT_announce_port_zero, LATENCY_announce},
		{VERDICT_scrape, LATENCY_scrape},
		{VERDICT_id_expired, LATENCY_other},
		{VERDICT_echo_answered, LATENCY_other},
		{VERDICT_NONE, LATENCY_other},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		assert_int_equal(latency_kind_of(rows[i].verdict), rows[i].kind);
}

static void
test_nanoseconds(void **state)
{
	const struct histogram *announces = &latency.kinds[LATENCY_announce];

	(void)state;
	latency_start(&latency, &packets[0], 1000);
	latency_complete(&latency, VERDICT_announce, 1080);
	assert_int_equal(announces->min, 40);
	assert_int_equal(announces->max, 40);
	latency_start(&latency, &packets[0], 2000);
	latency_complete(&latency, VERDICT_announce, 2000 + 2 * 1000000);
	assert_int_equal(announces->max, 1000000);
	assert_int_equal(announces->sum, 1000040);
	assert_int_equal(count(LATENCY_announce), 2);
	assert_int_equal(count(LATENCY_connect), 0);
}

// A sample ends when its packet is sent or freed. A packet with the same address later starts a new one.
static void
test_one_at_a_time(void **state)
{
	(void)state;
	latency_start(&latency, &packets[0], 100);
	latency_start(&latency, &packets[1], 500);
	assert_ptr_equal(latency.packet, &packets[0]);
	assert_int_equal(latency.since, 100);
	latency_cancel(&latency, &packets[1]);
	assert_ptr_equal(latency.packet, &packets[0]);
	latency_cancel(&latency, &packets[0]);
	assert_null(latency.packet);
	latency_start(&latency, &packets[1], 900);
	latency_complete(&latency, VERDICT_scrape, 1000);
	assert_null(latency.packet);
	assert_int_equal(latency.kinds[LATENCY_scrape].sum, 50);
	assert_int_equal(count(LATENCY_scrape), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_kinds, set_up),
		cmocka_unit_test_setup(test_nanoseconds, set_up),
		cmocka_unit_test_setup(test_one_at_a_time, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
