// SPDX-License-Identifier: BSD-3-Clause
// app/weir/control/router.h: when a gateway is queried, and which reply is believed.

#include "../../app/weir/control/router.h"
#include "../../lib/base/rng.h"
#include "../support/cmocka_wrap.h"

#include <stdio.h>
#include <string.h>

enum { TICK_MS = 100, OLD = 11, NEW = 22, OTHER = 33 };

static const struct router_heard nothing;

struct fixture {
	struct router router;
	uint64_t now_ms;
	char query_times[512]; // when queries were sent, in ms
};

// A tick in which that was heard.
static void
tick(struct fixture *fixture, struct router_heard heard)
{
	size_t at = strlen(fixture->query_times);

	fixture->now_ms += TICK_MS;
	if (router_step(&fixture->router, &heard, fixture->now_ms))
		snprintf(
			fixture->query_times + at,
			sizeof(fixture->query_times) - at,
			"%s%u",
			at == 0 ? "" : " ",
			(unsigned)fixture->now_ms
		);
}

static void
run_until(struct fixture *fixture, uint64_t until_ms)
{
	while (fixture->now_ms < until_ms)
		tick(fixture, nothing);
}

// A router in which OLD is known, at 10,000 ms, queried last at 8,000.
static struct fixture
settled(void)
{
	struct fixture fixture = {.now_ms = 7900};

	router_start(&fixture.router, 0);
	tick(&fixture, nothing);
	tick(&fixture, (struct router_heard){.reply = OLD});
	assert_int_equal(fixture.router.mac, OLD);
	run_until(&fixture, 10000);
	assert_string_equal(fixture.query_times, "8000");
	fixture.query_times[0] = '\0';
	return fixture;
}

static void
test_solicits_fast_then_slower(void **state)
{
	struct fixture fixture = {0};

	(void)state;
	router_start(&fixture.router, 0);
	run_until(&fixture, 5000);
	assert_string_equal(fixture.query_times, "100 600 1100 1600 2600 3600 4600");
	assert_int_equal(fixture.router.mac, 0);
	tick(&fixture, (struct router_heard){.reply = OLD});
	assert_int_equal(fixture.router.mac, OLD);
	assert_false(fixture.router.pending);
}

static void
test_known_router_is_solicited_periodically(void **state)
{
	struct fixture fixture = settled();

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		run_until(&fixture, fixture.router.due_ms);
		tick(&fixture, (struct router_heard){.confirmed = true});
	}
	assert_string_equal(fixture.query_times, "18000 28000 38000");
	assert_int_equal(fixture.router.mac, OLD);
}

// One lost answer costs half a second, not a period.
static void
test_lost_answers(void **state)
{
	struct fixture fixture = settled();

	(void)state;
	run_until(&fixture, 19200);
	assert_string_equal(fixture.query_times, "18000 18500 19000");
	tick(&fixture, (struct router_heard){.confirmed = true});
	assert_int_equal(fixture.router.mac, OLD);
	run_until(&fixture, 28900);
	assert_string_equal(fixture.query_times, "18000 18500 19000");
}

// RFC 4861 7.3.3: what does not answer is not known any more; the next answer is, whoever gives it.
static void
test_gone(void **state)
{
	struct fixture fixture = settled();

	(void)state;
	run_until(&fixture, 22900);
	assert_int_equal(fixture.router.mac, OLD);
	run_until(&fixture, 23000);
	assert_int_equal(fixture.router.mac, 0);
	fixture.query_times[0] = '\0';
	run_until(&fixture, 26000);
	assert_string_equal(fixture.query_times, "23500 24500 25500");
	tick(&fixture, (struct router_heard){.reply = NEW});
	assert_int_equal(fixture.router.mac, NEW);
}

static void
test_fail_over(void **state)
{
	struct fixture fixture = settled();

	(void)state;
	tick(&fixture, (struct router_heard){.claimed = true});
	assert_string_equal(fixture.query_times, "10100");
	tick(&fixture, (struct router_heard){.reply = NEW});
	assert_int_equal(fixture.router.mac, OLD); // which may still answer
	tick(&fixture, nothing);
	assert_int_equal(fixture.router.mac, NEW);
	assert_int_equal(fixture.now_ms, 10300);
}

// Both answer: as long as the known one does, the other one gets nothing.
static void
test_two_answer(void **state)
{
	struct fixture fixture = settled();

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		run_until(&fixture, fixture.router.due_ms);
		tick(&fixture, (struct router_heard){.reply = OTHER, .claimed = true});
		tick(&fixture, (struct router_heard){.confirmed = true});
		assert_int_equal(fixture.router.mac, OLD);
		assert_false(fixture.router.pending);
	}
}

// The old router answers one last time, and the new one says no more: found within a second.
static void
test_slow_change(void **state)
{
	struct fixture fixture = settled();

	(void)state;
	tick(&fixture, (struct router_heard){.claimed = true});
	tick(&fixture, (struct router_heard){.confirmed = true, .reply = NEW});
	assert_int_equal(fixture.router.mac, OLD);
	run_until(&fixture, 11100);
	assert_string_equal(fixture.query_times, "10100 11100");
	tick(&fixture, (struct router_heard){.reply = NEW});
	tick(&fixture, nothing);
	assert_int_equal(fixture.router.mac, NEW);
	assert_true(fixture.now_ms < 12000);
}

// RFC 1122 2.3.2.1: however many claims there are, no more than a question a second.
static void
test_claims_are_limited(void **state)
{
	struct fixture fixture = settled();
	unsigned questions = 1;

	(void)state;
	while (fixture.now_ms < 20000)
		tick(&fixture,
		     (struct router_heard){.claimed = true, .confirmed = fixture.router.pending});
	for (const char *at = fixture.query_times; *at != '\0'; at++)
		questions += *at == ' ';
	assert_in_range(questions, 9, 10);
	assert_int_equal(fixture.router.mac, OLD);
	// A last claim, and then quiet again.
	fixture.query_times[0] = '\0';
	while (fixture.now_ms < 30000)
		tick(&fixture, (struct router_heard){.confirmed = fixture.router.pending});
	assert_true(strlen(fixture.query_times) < sizeof("20000 21000 22000 23000 24000"));
}

static void
test_answers_to_nothing_are_claims(void **state)
{
	struct fixture fixture = settled();

	(void)state;
	tick(&fixture, (struct router_heard){.reply = NEW});
	run_until(&fixture, 10400);
	assert_int_equal(fixture.router.mac, OLD);
	assert_string_equal(fixture.query_times, "10100");
}

static void
test_new_link(void **state)
{
	struct fixture fixture = settled();

	(void)state;
	router_start(&fixture.router, fixture.now_ms);
	assert_int_equal(fixture.router.mac, OLD);
	tick(&fixture, nothing);
	assert_string_equal(fixture.query_times, "10100");
}

// Whatever is heard: nothing is believed but an answer to an open question, and whoever alone answers
// is believed in the end.
static void
test_anything(void **state)
{
	struct fixture fixture = settled();
	struct rng rng = {1};

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		struct router_heard heard = {
			.confirmed = rng_below(&rng, 10) == 0,
			.claimed = rng_below(&rng, 10) == 0,
			.reply = rng_below(&rng, 10) == 0 ? 1 + rng_below(&rng, 3) : 0,
		};
		struct router before = fixture.router;

		fixture.query_times[0] = '\0';
		tick(&fixture, heard);
		if (fixture.router.mac != before.mac)
			assert_true(before.pending);
		if (fixture.query_times[0] != '\0' && before.query_ms != 0)
			assert_true(fixture.now_ms - before.query_ms >= ROUTER_QUERY_MS);
		if (fixture.router.mac != before.mac && fixture.router.mac != 0)
			assert_true(
				fixture.router.mac == heard.reply
				|| fixture.router.mac == before.candidate
			);
	}
	for (unsigned i = 0; i < 200; i++)
		tick(&fixture, (struct router_heard){.reply = fixture.router.pending ? NEW : 0});
	assert_int_equal(fixture.router.mac, NEW);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_solicits_fast_then_slower),
		cmocka_unit_test(test_known_router_is_solicited_periodically),
		cmocka_unit_test(test_lost_answers),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_fail_over),
		cmocka_unit_test(test_two_answer),
		cmocka_unit_test(test_slow_change),
		cmocka_unit_test(test_claims_are_limited),
		cmocka_unit_test(test_answers_to_nothing_are_claims),
		cmocka_unit_test(test_new_link),
		cmocka_unit_test(test_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
