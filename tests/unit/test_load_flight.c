// SPDX-License-Identifier: BSD-3-Clause
// app/weir-load/flight.c and pace.h: slots, generations, time-outs in order; who may send when.

#include "../../app/weir-load/flight.h"
#include "../../app/weir-load/pace.h"
#include "../support/cmocka_wrap.h"

static struct flight flight;

static int
setup(void **state)
{
	(void)state;
	flight_init(&flight, 8);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	flight_free(&flight);
	return 0;
}

static uint32_t
add(uint64_t due_tsc)
{
	rte_be32_t transaction_id;

	flight_add(&flight, due_tsc, &transaction_id);
	return rte_be_to_cpu_32(transaction_id);
}

static enum flight_find
find(uint32_t number)
{
	struct pending *pending;

	return flight_find(&flight, number, &pending);
}

static void
land(uint32_t number)
{
	struct pending *pending;

	assert_int_equal(flight_find(&flight, number, &pending), FLIGHT_FOUND);
	flight_complete(&flight, pending);
}

static void
test_an_answer_counts_once(void **state)
{
	uint32_t number = add(1);

	(void)state;
	assert_int_equal(flight.waiting, 1);
	land(number);
	assert_int_equal(flight.waiting, 0);
	assert_int_equal(find(number), FLIGHT_UNKNOWN);
}

static void
test_numbers_nobody_used(void **state)
{
	uint32_t number = add(1);

	(void)state;
	assert_int_equal(find(number + 1), FLIGHT_UNKNOWN);
	assert_int_equal(find(number | FLIGHT_JUNK), FLIGHT_UNKNOWN);
	assert_int_equal(find(0x7fffffff), FLIGHT_UNKNOWN); // just before the first
	assert_int_equal(find(0x3fffffff), FLIGHT_UNKNOWN); // too far back, or ahead
}

static void
test_lost_in_order_of_sending(void **state)
{
	uint32_t numbers[4];

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		numbers[i] = add(10 * (i + 1));
	land(numbers[1]);
	assert_null(flight_expire(&flight, 10)); // due at 10 is not before 10
	assert_ptr_equal(flight_expire(&flight, 35), flight_at(&flight, numbers[0]));
	assert_ptr_equal(flight_expire(&flight, 35), flight_at(&flight, numbers[2]));
	assert_null(flight_expire(&flight, 35));
	assert_int_equal(flight.waiting, 1);
	assert_int_equal(flight_slots_used(&flight), 1);
	assert_int_equal(find(numbers[0]), FLIGHT_LATE);
	assert_int_equal(find(numbers[1]), FLIGHT_UNKNOWN); // answered before
	assert_int_equal(find(numbers[3]), FLIGHT_FOUND);
}

// A slot whose request was lost is used again: the late answer must not be taken for the new one's.
static void
test_generations(void **state)
{
	uint32_t old = add(1), number = old;

	(void)state;
	assert_non_null(flight_expire(&flight, 2));
	for (unsigned i = 0; i < 8; i++)
		number = add(2);
	assert_int_equal(number & flight.mask, old & flight.mask);
	assert_int_equal(find(old), FLIGHT_LATE);
	assert_int_equal(find(number), FLIGHT_FOUND);
	assert_int_equal(flight_slots_left(&flight), 0);
}

static void
test_numbers_wrap(void **state)
{
	(void)state;
	flight.head = flight.tail = 0x7ffffffe;
	uint32_t a = add(1), b = add(1), c = add(1);

	assert_int_equal(a, 0x7ffffffe);
	assert_int_equal(c, 0);
	assert_int_equal(flight_slots_used(&flight), 3);
	land(b);
	land(c);
	land(a);
	assert_null(flight_expire(&flight, 5));
	assert_int_equal(flight_slots_used(&flight), 0);
	assert_int_equal(find(b), FLIGHT_UNKNOWN);
}

static void
test_window(void **state)
{
	struct pace pace;

	(void)state;
	pace_closed(&pace, 256);
	assert_int_equal(pace_allow(&pace, 7, 0, 64), 64);
	assert_int_equal(pace_allow(&pace, 7, 230, 64), 26);
	assert_int_equal(pace_allow(&pace, 7, 250, 64), 0); // too few to be worth it
	assert_int_equal(pace_allow(&pace, 7, 256, 64), 0);
	assert_int_equal(pace_allow(&pace, 7, 300, 64), 0);
	assert_int_equal(pace_due(&pace, 7, 3), 7);
	pace_closed(&pace, 1);
	assert_int_equal(pace_allow(&pace, 7, 0, 64), 1);
	assert_int_equal(pace_allow(&pace, 7, 1, 64), 0);
}

// Requests keep their due times whatever waits, and however late they are sent.
static void
test_open_loop(void **state)
{
	struct pace pace;

	(void)state;
	pace_open(&pace, 1000, 10, 100000);
	assert_int_equal(pace_allow(&pace, 1000, 0, 64), 1);
	assert_int_equal(pace_due(&pace, 1000, 0), 1000);
	pace_advance(&pace, 1);
	assert_int_equal(pace_allow(&pace, 1009, 0, 64), 0);
	assert_int_equal(pace_allow(&pace, 1010, 1000000, 64), 1);
	assert_int_equal(pace_allow(&pace, 1055, 0, 64), 5);
	assert_int_equal(pace_due(&pace, 1055, 0), 1010);
	assert_int_equal(pace_due(&pace, 1055, 4), 1050);
	assert_int_equal(pace_allow(&pace, 5000, 0, 64), 64);
	assert_int_equal(pace_due(&pace, 5000, 0), 1010); // long ago, and not forgotten
	assert_int_equal(pace.skipped, 0);
}

static void
test_open_loop_gives_up(void **state)
{
	struct pace pace;

	(void)state;
	pace_open(&pace, 0, 10, 1000); // 100 periods
	assert_int_equal(pace_allow(&pace, 1000000, 0, 64), 64);
	assert_int_equal(pace.skipped, 100001 - 164);
	assert_int_equal(pace.issued, pace.skipped);
	assert_true(pace_due(&pace, 1000000, 0) >= 1000000 - 1000 - 64 * 10);
}

static void
test_fractions_of_a_cycle_add_up(void **state)
{
	struct pace pace;
	uint64_t sent = 0;

	(void)state;
	pace_open(&pace, 0, 2.6e9 / 7e6, UINT64_MAX / 2); // 371.43 cycles
	for (uint64_t now = 0; now < 2600000000; now += 9999) {
		uint32_t count = pace_allow(&pace, now, 0, 64);

		pace_advance(&pace, count);
		sent += count;
	}
	assert_true(sent >= 6999900 && sent <= 7000001);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_an_answer_counts_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers_nobody_used, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lost_in_order_of_sending, setup, teardown),
		cmocka_unit_test_setup_teardown(test_generations, setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers_wrap, setup, teardown),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_open_loop),
		cmocka_unit_test(test_open_loop_gives_up),
		cmocka_unit_test(test_fractions_of_a_cycle_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
