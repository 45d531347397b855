// SPDX-License-Identifier: BSD-3-Clause
// app/weir/control/address.h: what has to hold whatever is heard, and whenever.

#include "../../app/weir/control/address.h"
#include "../../lib/base/rng.h"
#include "../support/cmocka_wrap.h"

enum { TICK_MS = 100, DELAY_MS = 5000 };

// What happened last, and when (ms); 0: never.
struct record {
	uint64_t probe_ms;
	uint64_t give_up_ms;
	uint64_t defend_ms;
	bool claimed; // since the last probe
	bool used;
	unsigned announcements; // since it was used
};

static void
check_step(struct record *record, enum address_step step, uint64_t now_ms)
{
	switch (step) {
	case ADDRESS_PROBE:
		assert_false(record->used);
		if (record->give_up_ms != 0)
			assert_true(now_ms - record->give_up_ms >= ADDRESS_RETRY_MS);
		record->probe_ms = now_ms;
		record->claimed = false;
		break;
	case ADDRESS_USE:
		assert_false(record->claimed);
		assert_true(now_ms - record->probe_ms >= ADDRESS_PROBE_WAIT_MS);
		record->used = true;
		record->announcements = 1;
		break;
	case ADDRESS_ANNOUNCE:
		assert_true(record->used);
		assert_true(++record->announcements <= ADDRESS_ANNOUNCEMENTS);
		break;
	case ADDRESS_DEFEND:
		assert_true(record->used);
		if (record->defend_ms != 0)
			assert_true(now_ms - record->defend_ms >= ADDRESS_DEFEND_GAP_MS);
		record->defend_ms = now_ms;
		break;
	case ADDRESS_GIVE_UP:
		assert_true(record->claimed);
		assert_false(record->used);
		record->give_up_ms = now_ms;
		break;
	case ADDRESS_WAIT:
		break;
	}
}

static void
run(struct address *address,
    struct record *record,
    struct rng *rng,
    unsigned claims_percent,
    uint64_t *now_ms,
    uint64_t until_ms)
{
	for (; *now_ms < until_ms; *now_ms += TICK_MS) {
		bool claimed = rng_below(rng, 100) < claims_percent;

		record->claimed |= claimed;
		check_step(
			record,
			address_step(address, claimed, rng_below(rng, DELAY_MS), *now_ms),
			*now_ms
		);
		assert_int_equal(address->state == ADDRESS_ASSIGNED, record->used);
	}
}

// Claims at any time, more or fewer; then none: whatever went before, the address is used in the end.
static void
test_every_state_is_left(void **state)
{
	struct rng rng = {1};

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		struct address address = {0};
		struct record record = {0};
		uint64_t now_ms = 1000;
		uint64_t quiet_ms = 1000 + rng_below(&rng, 300000);

		address_start(&address, true, now_ms);
		run(&address, &record, &rng, round % 30, &now_ms, quiet_ms);
		run(&address,
		    &record,
		    &rng,
		    0,
		    &now_ms,
		    now_ms + ADDRESS_RETRY_MS + DELAY_MS + ADDRESS_PROBE_WAIT_MS + 2 * TICK_MS);
		assert_true(record.used);
		assert_true(address_is_decided(&address));
		assert_false(address.conflicted);
	}
}

static void
test_decided(void **state)
{
	struct address address = {0};

	(void)state;
	address_start(&address, true, 1000);
	assert_false(address_is_decided(&address));
	assert_int_equal(address_step(&address, false, 0, 1000), ADDRESS_PROBE);
	assert_false(address_is_decided(&address));
	assert_int_equal(address_step(&address, true, 0, 1100), ADDRESS_GIVE_UP);
	assert_true(address_is_decided(&address));
	assert_int_equal(address_step(&address, false, 0, 61099), ADDRESS_WAIT);
	assert_int_equal(address_step(&address, false, 0, 61100), ADDRESS_PROBE);
	assert_true(address_is_decided(&address)); // as it was, until there is a newer result
	address_stop(&address);
	assert_false(address_is_decided(&address));
	assert_int_equal(address_step(&address, true, 0, UINT64_C(1) << 40), ADDRESS_WAIT);
}

// RFC 5227 2.4 (c): a claim of what is used changes nothing, and is told for a minute.
static void
test_contested(void **state)
{
	struct address address = {0};

	(void)state;
	address_start(&address, false, 1000);
	assert_int_equal(address_step(&address, false, 0, 1000), ADDRESS_USE);
	assert_false(address_is_in_conflict(&address));
	assert_int_equal(address_step(&address, true, 0, 5000), ADDRESS_DEFEND);
	assert_true(address_is_in_conflict(&address));
	assert_int_equal(address_step(&address, true, 0, 6000), ADDRESS_ANNOUNCE);
	assert_int_equal(address.state, ADDRESS_ASSIGNED);
	address_step(&address, false, 0, 6000 + ADDRESS_CONTESTED_MS - 1);
	assert_true(address_is_in_conflict(&address));
	address_step(&address, false, 0, 6000 + ADDRESS_CONTESTED_MS);
	assert_false(address_is_in_conflict(&address));
	assert_true(address_is_decided(&address));
}

// Left: whatever the link does and whoever claims it, until it is taken; then without a probe, and announced.
static void
test_left_and_taken(void **state)
{
	struct address address = {0};

	(void)state;
	address_start(&address, true, 1000);
	assert_int_equal(address_step(&address, false, 0, 1000), ADDRESS_PROBE);
	assert_int_equal(address_step(&address, false, 0, 2000), ADDRESS_USE);
	address_leave(&address);
	assert_true(address_is_decided(&address));
	for (uint64_t now_ms = 2100; now_ms < 200000; now_ms += TICK_MS) {
		if (now_ms == 100000) {
			address_stop(&address);
			address_start(&address, true, now_ms);
		}
		assert_int_equal(address_step(&address, now_ms % 7 == 0, 0, now_ms), ADDRESS_WAIT);
		assert_int_equal(address.state, ADDRESS_DOWN);
		assert_false(address_is_in_conflict(&address));
	}
	address_take(&address, true, 200000);
	assert_int_equal(address_step(&address, true, 0, 200000), ADDRESS_USE);
	assert_int_equal(address_step(&address, false, 0, 202000), ADDRESS_ANNOUNCE);
	assert_int_equal(address_step(&address, false, 0, 204000), ADDRESS_WAIT);
	address_take(&address, true, 205000); // again: announced again
	assert_int_equal(address_step(&address, false, 0, 205000), ADDRESS_USE);
	assert_int_equal(address_step(&address, false, 0, 207000), ADDRESS_ANNOUNCE);
}

// A duplicate is taken at once, and not after the minute of RFC 5227. Without a link it is probed later.
static void
test_taken_while_another_host_has_it(void **state)
{
	struct address address = {0};

	(void)state;
	address_start(&address, true, 1000);
	address_step(&address, false, 0, 1000);
	assert_int_equal(address_step(&address, true, 0, 1100), ADDRESS_GIVE_UP);
	address_take(&address, true, 1200);
	assert_int_equal(address_step(&address, false, 0, 1200), ADDRESS_USE);
	assert_false(address_is_in_conflict(&address));
	assert_int_equal(address_step(&address, true, 0, 1300), ADDRESS_DEFEND);
	address_leave(&address);
	address_stop(&address);
	address_take(&address, false, 2000);
	assert_int_equal(address_step(&address, false, 0, 3000), ADDRESS_WAIT);
	address_start(&address, true, 4000);
	assert_int_equal(address_step(&address, false, 0, 4000), ADDRESS_PROBE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_state_is_left),
		cmocka_unit_test(test_decided),
		cmocka_unit_test(test_contested),
		cmocka_unit_test(test_left_and_taken),
		cmocka_unit_test(test_taken_while_another_host_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
