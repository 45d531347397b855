// SPDX-License-Identifier: BSD-3-Clause
// lib/net/mld_listener.c: RFC 3810 6 and 8.2, millisecond by millisecond.

#include "../../lib/net/mld_listener.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <stdio.h>
#include <string.h>

enum {
	GROUPS = 0x15, // 0, 2 and 4
	START_MS = 1000,
	NEVER = 100000000,
	SEEDS = 200,
};

// A listener, and a trace of its reports: "1000:+15" is a state change of all groups at 1000 ms, "=15" a
// response, and "v1" in front an MLDv1 report.
struct fixture {
	struct mld_listener listener;
	uint64_t now_ms;
	char trace[512];
};

static struct fixture
fixture_new(uint64_t seed)
{
	struct fixture fixture = {.now_ms = START_MS};

	mld_listener_init(&fixture.listener, GROUPS, seed);
	return fixture;
}

static void
run_until(struct fixture *fixture, uint64_t until_ms)
{
	struct mld_report report;

	for (;; fixture->now_ms++) {
		while (mld_listener_next(&fixture->listener, fixture->now_ms, &report)) {
			size_t at = strlen(fixture->trace);

			snprintf(
				fixture->trace + at,
				sizeof(fixture->trace) - at,
				"%s%u:%s%c%x",
				at == 0 ? "" : " ",
				(unsigned)fixture->now_ms,
				report.v1 ? "v1" : "",
				report.record == MLD_TO_EXCLUDE ? '+' : '=',
				report.groups
			);
		}
		if (fixture->now_ms >= until_ms)
			return;
	}
}

// A listener whose link is up and whose state changes have been reported.
static struct fixture
settled(uint64_t seed)
{
	struct fixture fixture = fixture_new(seed);

	mld_listener_set_link(&fixture.listener, true, fixture.now_ms);
	run_until(&fixture, 5000);
	fixture.trace[0] = '\0';
	return fixture;
}

static void
hear(struct fixture *fixture, int group, struct mld_query query)
{
	mld_listener_query(&fixture->listener, group, &query, fixture->now_ms);
}

static void
query_v1(struct fixture *fixture, int group, uint32_t delay_ms)
{
	hear(fixture, group, (struct mld_query){.v1 = true, .delay_ms = delay_ms});
}

static void
hear_v2(struct fixture *fixture, int group, uint32_t delay_ms)
{
	hear(fixture, group, (struct mld_query){.delay_ms = delay_ms});
}

// Time and contents of the trace's entry `n`; false if there is none.
static bool
entry(const struct fixture *fixture, unsigned n, unsigned *when_ms, char what[16])
{
	const char *at = fixture->trace;

	for (; n > 0 && at != NULL; n--) {
		at = strchr(at, ' ');
		at = at == NULL ? NULL : at + 1;
	}
	return at != NULL && sscanf(at, "%u:%15s", when_ms, what) == 2;
}

static void
assert_entry(
	const struct fixture *fixture,
	unsigned n,
	unsigned from_ms,
	unsigned to_ms,
	const char *expected
)
{
	unsigned when_ms;
	char what[16];

	if (!entry(fixture, n, &when_ms, what))
		fail_msg("no entry %u in: %s", n, fixture->trace);
	assert_string_equal(what, expected);
	assert_in_range(when_ms, from_ms, to_ms);
}

static void
assert_entries(const struct fixture *fixture, unsigned count)
{
	unsigned when_ms;
	char what[16];

	if (entry(fixture, count, &when_ms, what)
	    || (count > 0 && !entry(fixture, count - 1, &when_ms, what)))
		fail_msg("not %u entries: %s", count, fixture->trace);
}

// RFC 3810 6.1: at once, and again within the Unsolicited Report Interval, twice in all.
static void
test_link_up(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct fixture fixture = fixture_new(seed);

		run_until(&fixture, START_MS + 100);
		assert_entries(&fixture, 0);
		mld_listener_set_link(&fixture.listener, true, fixture.now_ms);
		run_until(&fixture, 10000);
		assert_entries(&fixture, 2);
		assert_entry(&fixture, 0, START_MS + 100, START_MS + 100, "+15");
		assert_entry(&fixture, 1, START_MS + 101, START_MS + 1100, "+15");
	}
}

static void
test_nothing_without_groups(void **state)
{
	struct fixture fixture = fixture_new(1);

	(void)state;
	mld_listener_init(&fixture.listener, 0, 1); // a port with IPv4 alone
	mld_listener_set_link(&fixture.listener, true, fixture.now_ms);
	hear_v2(&fixture, MLD_ALL_GROUPS, 0);
	run_until(&fixture, 10000);
	assert_entries(&fixture, 0);
}

static void
test_nothing_without_link(void **state)
{
	struct fixture fixture = fixture_new(1);

	(void)state;
	hear_v2(&fixture, MLD_ALL_GROUPS, 0);
	mld_listener_announce(&fixture.listener, fixture.now_ms);
	run_until(&fixture, 3000);
	mld_listener_set_link(&fixture.listener, true, fixture.now_ms);
	hear_v2(&fixture, MLD_ALL_GROUPS, 1000);
	mld_listener_set_link(&fixture.listener, false, fixture.now_ms);
	run_until(&fixture, 10000);
	assert_entries(&fixture, 0);
}

static void
test_link_flaps(void **state)
{
	struct fixture fixture = settled(1);

	(void)state;
	query_v1(
		&fixture, MLD_ALL_GROUPS, 60000
	); // its responses are never sent: the link is another one
	mld_listener_set_link(&fixture.listener, false, fixture.now_ms);
	run_until(&fixture, 6000);
	mld_listener_set_link(&fixture.listener, true, fixture.now_ms);
	run_until(&fixture, 100000);
	assert_entries(&fixture, 2);
	assert_entry(&fixture, 0, 6000, 6000, "+15"); // of MLDv2 again
}

// The source address is usable: state changes again, as often as the robustness variable says.
static void
test_announce(void **state)
{
	struct fixture fixture = fixture_new(7);

	(void)state;
	mld_listener_set_link(&fixture.listener, true, fixture.now_ms);
	run_until(&fixture, START_MS);
	mld_listener_announce(&fixture.listener, fixture.now_ms + 1);
	run_until(&fixture, 10000);
	assert_entries(&fixture, 3);
	assert_entry(&fixture, 1, START_MS + 1, START_MS + 1, "+15");
	assert_entry(&fixture, 2, START_MS + 2, START_MS + 1001, "+15");
}

// RFC 3810 9.1: the querier's robustness variable, 0 for the default.
static void
test_robustness_of_the_querier(void **state)
{
	static const struct {
		uint8_t robustness;
		unsigned reports;
	} rows[] = {{1, 1}, {2, 2}, {5, 5}, {7, 7}, {0, 2}};
	struct fixture fixture = settled(3);

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		hear(&fixture, MLD_ALL_GROUPS, (struct mld_query){.robustness = rows[i].robustness}
		);
		run_until(&fixture, fixture.now_ms + 10);
		fixture.trace[0] = '\0';
		mld_listener_announce(&fixture.listener, fixture.now_ms);
		run_until(&fixture, fixture.now_ms + 10000);
		assert_entries(&fixture, rows[i].reports);
	}
}

// Within the Maximum Response Delay, less what the owner may be late, and spread over it.
static void
test_general_query(void **state)
{
	unsigned early = 0, late = 0;

	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct fixture fixture = settled(seed);
		unsigned when_ms;
		char what[16];

		hear_v2(&fixture, MLD_ALL_GROUPS, 10000);
		run_until(&fixture, 20000);
		assert_entries(&fixture, 1);
		assert_entry(&fixture, 0, 5000, 15000 - MLD_SLACK_MS, "=15");
		entry(&fixture, 0, &when_ms, what);
		early += when_ms < 8000;
		late += when_ms > 12000;
	}
	assert_in_range(early, SEEDS / 5, SEEDS / 2);
	assert_in_range(late, SEEDS / 7, SEEDS / 2);
}

// Too short delays are responded to at once.
static void
test_short_delays(void **state)
{
	static const uint32_t delays[] = {0, 1, 100, MLD_SLACK_MS};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(delays); i++) {
		struct fixture fixture = settled(9);

		hear_v2(&fixture, MLD_ALL_GROUPS, delays[i]);
		run_until(&fixture, 20000);
		assert_string_equal(fixture.trace, "5000:=15");
	}
}

// RFC 3810 6.2, rule 3: a query for one group is responded to with one.
static void
test_group_query(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct fixture fixture = settled(seed);

		hear_v2(&fixture, 2, 1000);
		run_until(&fixture, 20000);
		assert_entries(&fixture, 1);
		assert_entry(&fixture, 0, 5000, 6000 - MLD_SLACK_MS, "=4");
	}
}

// Groups that are due together share a report: RFC 3810 6.3.
static void
test_group_queries_at_once(void **state)
{
	struct fixture fixture = settled(1);

	(void)state;
	hear_v2(&fixture, 0, 0);
	hear_v2(&fixture, 4, 0);
	run_until(&fixture, 20000);
	assert_string_equal(fixture.trace, "5000:=11");
}

// Rule 4: after another query the earlier of both times counts, and there is one response.
static void
test_group_query_again(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct fixture fixture = settled(seed);

		hear_v2(&fixture, 2, 60000);
		hear_v2(&fixture, 2, 1000);
		hear_v2(&fixture, 2, 60000);
		run_until(&fixture, 100000);
		assert_entries(&fixture, 1);
		assert_entry(&fixture, 0, 5000, 6000, "=4");
	}
}

// Rule 1: a pending response to a general query that is due earlier is enough. Rule 2: a general query
// replaces a pending response to the one before if that is due later.
static void
test_general_query_is_enough(void **state)
{
	struct fixture fixture = settled(4);

	(void)state;
	hear_v2(&fixture, MLD_ALL_GROUPS, 400);
	for (unsigned i = 0; i < 20; i++) {
		hear_v2(&fixture, 2, 1000000);
		hear_v2(&fixture, MLD_ALL_GROUPS, 1000000);
	}
	run_until(&fixture, 3000000);
	assert_entries(&fixture, 1);
	assert_entry(&fixture, 0, 5000, 5200, "=15");
	fixture = settled(4);
	hear_v2(&fixture, MLD_ALL_GROUPS, 1000000);
	hear_v2(&fixture, MLD_ALL_GROUPS, 0);
	run_until(&fixture, 3000000);
	assert_string_equal(fixture.trace, "5000:=15");
}

// A group query that is due before the general one has its own response.
static void
test_group_query_before_general(void **state)
{
	struct fixture fixture = settled(4);

	(void)state;
	hear_v2(&fixture, MLD_ALL_GROUPS, 1000000);
	hear_v2(&fixture, 2, 0);
	run_until(&fixture, 3000000);
	assert_entries(&fixture, 2);
	assert_entry(&fixture, 0, 5000, 5000, "=4");
	assert_entry(&fixture, 1, 5001, 1005000, "=15");
}

// --- MLDv1 ----------------------------------------------------------------------------------------

// RFC 2710 4: each group has its own report and its own time within the delay.
static void
test_v1_general_query(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct fixture fixture = settled(seed);
		unsigned groups = 0;

		query_v1(&fixture, MLD_ALL_GROUPS, 10000);
		run_until(&fixture, 20000);
		for (unsigned n = 0, when_ms, group; n < 3; n++) {
			char what[16];

			if (!entry(&fixture, n, &when_ms, what))
				break; // two at one time
			assert_int_equal(sscanf(what, "v1=%x", &group), 1);
			assert_in_range(when_ms, 5000, 15000 - MLD_SLACK_MS);
			assert_int_equal(groups & group, 0);
			groups |= group;
		}
		assert_int_equal(groups, GROUPS);
	}
}

static void
test_v1_group_query(void **state)
{
	struct fixture fixture = settled(5);

	(void)state;
	query_v1(&fixture, 4, 0);
	run_until(&fixture, 100000);
	assert_string_equal(fixture.trace, "5000:v1=10");
}

// RFC 2710 4: a running timer is set again only if it would expire later than the new delay allows.
static void
test_v1_query_again(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct fixture fixture = settled(seed);
		uint64_t due_ms;

		query_v1(&fixture, 2, 5000);
		due_ms = fixture.listener.group_due_ms[2];
		query_v1(&fixture, 2, 60000);
		assert_int_equal(fixture.listener.group_due_ms[2], due_ms);
		query_v1(&fixture, 2, 300);
		assert_in_range(fixture.listener.group_due_ms[2], 5000, 5300);
	}
}

// RFC 3810 8.2.1, 9.12: MLDv1 for the robustness variable's times the query interval and a delay
// more, then MLDv2 again. Meanwhile a query of MLDv2 is responded to by MLDv1.
static void
test_version_times_out(void **state)
{
	const uint64_t until_ms = 5000 + 2 * 125000 + 10000;
	struct fixture fixture = settled(6);

	(void)state;
	query_v1(&fixture, MLD_ALL_GROUPS, 10000);
	run_until(&fixture, until_ms - 1);
	fixture.trace[0] = '\0';
	hear_v2(&fixture, 2, 0);
	run_until(&fixture, until_ms - 1);
	assert_string_equal(fixture.trace, "264999:v1=4");
	run_until(&fixture, until_ms);
	hear_v2(&fixture, 2, 0);
	run_until(&fixture, until_ms + 5000);
	assert_string_equal(fixture.trace, "264999:v1=4 265000:=4");
}

// Each query of MLDv1 keeps it going; the interval is that of the last MLDv2 querier.
static void
test_version_is_kept_up(void **state)
{
	struct fixture fixture = settled(6);

	(void)state;
	hear(&fixture, MLD_ALL_GROUPS, (struct mld_query){.robustness = 3, .interval_s = 10});
	query_v1(&fixture, MLD_ALL_GROUPS, 1000);
	assert_int_equal(fixture.listener.v1_until_ms, 5000 + 30000 + 1000);
	run_until(&fixture, 20000);
	query_v1(&fixture, MLD_ALL_GROUPS, 1000);
	assert_int_equal(fixture.listener.v1_until_ms, 20000 + 30000 + 1000);
}

// RFC 3810 8.2.1: a change of the version, in either direction, cancels pending reports.
static void
test_version_cancels(void **state)
{
	struct fixture fixture = settled(8);

	(void)state;
	hear_v2(&fixture, 2, 60000);
	hear_v2(&fixture, MLD_ALL_GROUPS, 60000);
	query_v1(&fixture, 0, 0);
	run_until(&fixture, 100000);
	assert_string_equal(fixture.trace, "5000:v1=1");
	query_v1(&fixture, 2, 8000000);
	assert_true(fixture.listener.v1_until_ms < NEVER);
	fixture.listener.group_due_ms[2] = fixture.listener.v1_until_ms + 1000;
	run_until(&fixture, fixture.listener.v1_until_ms + 2000);
	assert_string_equal(fixture.trace, "5000:v1=1");
}

// State changes are reported by MLDv1 while that is in use.
static void
test_v1_announce(void **state)
{
	struct fixture fixture = settled(8);

	(void)state;
	query_v1(&fixture, 0, 0);
	run_until(&fixture, 6000);
	fixture.trace[0] = '\0';
	mld_listener_announce(&fixture.listener, fixture.now_ms);
	run_until(&fixture, 10000);
	assert_entries(&fixture, 2);
	assert_entry(&fixture, 0, 6000, 6000, "v1+15");
	assert_entry(&fixture, 1, 6001, 7000, "v1+15");
}

// However many queries arrive, there is one report for each time the listener runs.
static void
test_flood_of_queries(void **state)
{
	struct fixture fixture = settled(2);

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		hear_v2(&fixture, i % 2 ? MLD_ALL_GROUPS : (int)(i % 3) * 2, 0);
	run_until(&fixture, 10000);
	assert_in_range(strlen(fixture.trace), 8, 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_link_up),
		cmocka_unit_test(test_nothing_without_groups),
		cmocka_unit_test(test_nothing_without_link),
		cmocka_unit_test(test_link_flaps),
		cmocka_unit_test(test_announce),
		cmocka_unit_test(test_robustness_of_the_querier),
		cmocka_unit_test(test_general_query),
		cmocka_unit_test(test_short_delays),
		cmocka_unit_test(test_group_query),
		cmocka_unit_test(test_group_queries_at_once),
		cmocka_unit_test(test_group_query_again),
		cmocka_unit_test(test_general_query_is_enough),
		cmocka_unit_test(test_group_query_before_general),
		cmocka_unit_test(test_v1_general_query),
		cmocka_unit_test(test_v1_group_query),
		cmocka_unit_test(test_v1_query_again),
		cmocka_unit_test(test_version_times_out),
		cmocka_unit_test(test_version_is_kept_up),
		cmocka_unit_test(test_version_cancels),
		cmocka_unit_test(test_v1_announce),
		cmocka_unit_test(test_flood_of_queries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
