// SPDX-License-Identifier: BSD-3-Clause
// app/weir/control/memberships.h: from what io lcores overheard to frames on the wire.

#include "../../app/weir/control/memberships.h"
#include "../support/cmocka_wrap.h"
#include "../support/frames.h"

#include <rte_common.h>

#include <stdio.h>
#include <string.h>

enum { SETTLED_MS = 10000 };

// A port and a trace of what it sent: "+7" tells of groups 0 to 2 as new, "=7" is an answer, "v1.2"
// is MLDv1's report of group 2, and "::" in front says that it came from nobody.
struct fixture {
	struct host host;
	struct memberships memberships;
	struct host_notes notes;
	uint64_t now_ms;
	char trace[512];
};

static bool
is_frame(const uint8_t *bytes, uint16_t len, const uint8_t *expected, uint16_t expected_len)
{
	return len == expected_len && memcmp(bytes, expected, len) == 0;
}

// What a frame of the host is, by who could have written it.
static void
name_frame(const struct host *host, const uint8_t *bytes, uint16_t len, char name[16])
{
	uint8_t written[MLD_FRAME_MAX];

	for (unsigned i = 0; i < host->ipv6_count; i++)
		if (is_frame(bytes, len, written, mld_write_report_v1(host, written, i))) {
			snprintf(name, 16, "v1.%u", i);
			return;
		}
	for (uint32_t groups = 1; groups < 8; groups++)
		for (unsigned record = MLD_IS_EXCLUDE; record <= MLD_TO_EXCLUDE; record += 2)
			if (is_frame(
				    bytes,
				    len,
				    written,
				    mld_write_report(host, written, record, groups)
			    )) {
				snprintf(
					name,
					16,
					"%c%x",
					record == MLD_TO_EXCLUDE ? '+' : '=',
					groups
				);
				return;
			}
	fail_msg("a frame of %u bytes that nobody here writes", len);
}

static void
record_frame(void *context, const uint8_t *bytes, uint16_t len)
{
	struct fixture *fixture = context;
	size_t at = strlen(fixture->trace);
	char name[16];

	name_frame(&fixture->host, bytes, len, name);
	snprintf(
		fixture->trace + at,
		sizeof(fixture->trace) - at,
		"%s%s%s",
		at == 0 ? "" : " ",
		mld_has_source(&fixture->host) ? "" : "::",
		name
	);
}

static void
run_until(struct fixture *fixture, uint64_t until_ms)
{
	for (; fixture->now_ms < until_ms; fixture->now_ms += 100)
		memberships_tick(
			&fixture->memberships,
			&fixture->notes,
			fixture->now_ms,
			record_frame,
			fixture
		);
}

static void
open_fixture(struct fixture *fixture, uint32_t usable)
{
	*fixture = (struct fixture){.host = wire_host(false), .now_ms = 1000};
	fixture->host.ipv6_usable = usable;
	memberships_init(&fixture->memberships, &fixture->host, 1);
	memberships_link(&fixture->memberships, true);
}

static void
assert_sent(struct fixture *fixture, const char *expected)
{
	assert_string_equal(fixture->trace, expected);
	fixture->trace[0] = '\0';
}

// As mld_receive notes it; `time` makes it another query.
static uint64_t
query_word(bool v1, uint64_t time)
{
	return time << 28 | (uint64_t)!v1 << 19; // no delay
}

static void
test_joins_with_a_source_address(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 7);
	run_until(&fixture, SETTLED_MS);
	assert_sent(&fixture, "+7 +7");
}

// RFC 3810 5.2.13: from :: while detection runs, then once more, for routers.
static void
test_joins_again_once_there_is_a_source_address(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 0);
	run_until(&fixture, 5000);
	assert_sent(&fixture, "::+7 ::+7");
	fixture.host.ipv6_usable = 3; // not the link-local one
	run_until(&fixture, 6000);
	assert_sent(&fixture, "");
	fixture.host.ipv6_usable = 7;
	run_until(&fixture, SETTLED_MS);
	assert_sent(&fixture, "+7 +7");
	fixture.host.ipv6_usable = 0; // it was a duplicate after all
	run_until(&fixture, SETTLED_MS + 5000);
	fixture.host.ipv6_usable = 7;
	run_until(&fixture, SETTLED_MS + 10000);
	assert_sent(&fixture, "+7 +7");
}

static void
test_queries(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 7);
	run_until(&fixture, SETTLED_MS);
	fixture.trace[0] = '\0';
	fixture.notes.mld_general_query = query_word(false, 5);
	run_until(&fixture, SETTLED_MS + 5000);
	assert_sent(&fixture, "=7"); // once for each query
	fixture.notes.mld_group_queries[1] = query_word(false, 5);
	run_until(&fixture, SETTLED_MS + 10000);
	assert_sent(&fixture, "=2");
	fixture.notes.mld_group_queries[2] = query_word(true, 6);
	run_until(&fixture, SETTLED_MS + 11000);
	assert_sent(&fixture, "v1.2");
	fixture.notes.mld_general_query = query_word(true, 7);
	run_until(&fixture, SETTLED_MS + 12000);
	assert_sent(&fixture, "v1.0 v1.1 v1.2");
}

// A query that was heard while there was no link asked another network.
static void
test_link(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 7);
	run_until(&fixture, SETTLED_MS);
	fixture.trace[0] = '\0';
	memberships_link(&fixture.memberships, false);
	fixture.notes.mld_general_query = query_word(true, 5);
	run_until(&fixture, 2 * SETTLED_MS);
	assert_sent(&fixture, "");
	memberships_link(&fixture.memberships, true);
	run_until(&fixture, 3 * SETTLED_MS);
	assert_sent(&fixture, "+7 +7");
}

// RFC 8200 5: with an MTU below 1280 there is no IPv6; when it has grown, the port joins anew.
static void
test_small_mtu(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 7);
	fixture.host.ipv6_off = true;
	run_until(&fixture, SETTLED_MS);
	fixture.notes.mld_general_query = query_word(false, 5);
	run_until(&fixture, 2 * SETTLED_MS);
	assert_sent(&fixture, "");
	fixture.host.ipv6_off = false;
	run_until(&fixture, 3 * SETTLED_MS);
	assert_sent(&fixture, "+7 +7");
	fixture.notes.mld_general_query = query_word(false, 6);
	fixture.host.ipv6_off = true;
	run_until(&fixture, 4 * SETTLED_MS);
	assert_sent(&fixture, "");
}

static void
test_no_ipv6(void **state)
{
	struct fixture fixture = {.host = wire_host(false)};

	(void)state;
	fixture.host.ipv6_count = 0;
	memberships_init(&fixture.memberships, &fixture.host, 1);
	memberships_link(&fixture.memberships, true);
	fixture.notes.mld_general_query = query_word(false, 5);
	run_until(&fixture, SETTLED_MS);
	assert_sent(&fixture, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_joins_with_a_source_address),
		cmocka_unit_test(test_joins_again_once_there_is_a_source_address),
		cmocka_unit_test(test_queries),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_small_mtu),
		cmocka_unit_test(test_no_ipv6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
