// SPDX-License-Identifier: BSD-3-Clause
// app/weir/datapath/publisher.h: when a retired object is freed, and which readers keep it.

#include "../../app/weir/datapath/publisher.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <pthread.h>
#include <time.h>

enum { LCORES = 3, OBJECTS = 8, WAIT_US = 20000 };

static struct publisher publisher;
static int objects[OBJECTS];
static const int *slot;
static unsigned freed[OBJECTS]; // indices of objects, in the order in which they were freed
static unsigned freed_count;

static void
dispose(void *object)
{
	assert_true(freed_count < OBJECTS);
	freed[freed_count++] = (unsigned)((int *)object - objects);
}

static int
set_up(void **state)
{
	(void)state;
	slot = NULL;
	freed_count = 0;
	return publisher_init(&publisher, LCORES) ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	publisher_free(&publisher);
	return 0;
}

static void
publish(unsigned object)
{
	publisher_publish(&publisher, &slot, &objects[object], dispose);
	assert_ptr_equal(publisher_read(&slot), &objects[object]);
}

static void
assert_freed(unsigned count, unsigned waiting)
{
	assert_int_equal(publisher_reclaim(&publisher), waiting);
	assert_int_equal(freed_count, count);
}

// There is nothing to free yet.
static void
test_first_object(void **state)
{
	(void)state;
	publish(0);
	assert_int_equal(publisher.retired_count, 0);
	assert_freed(0, 0);
}

static void
test_without_readers(void **state)
{
	(void)state;
	publish(0);
	publish(1);
	assert_int_equal(freed_count, 0); // only publisher_reclaim frees
	assert_freed(1, 0);
	assert_int_equal(freed[0], 0);
}

// What an lcore reported before the object was retired does not count.
static void
test_waits_for_every_lcore(void **state)
{
	(void)state;
	for (unsigned i = 0; i < LCORES; i++)
		publisher_join(&publisher, i);
	publish(0);
	for (unsigned i = 0; i < LCORES; i++)
		publisher_quiescent(&publisher, i);
	publish(1);
	assert_freed(0, 1);
	for (unsigned i = 0; i < LCORES; i++) {
		assert_freed(0, 1);
		publisher_quiescent(&publisher, i);
		publisher_quiescent(&publisher, i); // a second report is not that of another lcore
	}
	assert_freed(1, 0);
}

// Lcore 2 never joins, lcore 1 leaves.
static void
test_absent_lcores(void **state)
{
	(void)state;
	publisher_join(&publisher, 0);
	publisher_join(&publisher, 1);
	publish(0);
	publish(1);
	publisher_quiescent(&publisher, 0);
	assert_freed(0, 1);
	publisher_leave(&publisher, 1);
	assert_freed(1, 0);
	publish(2);
	publisher_quiescent(&publisher, 0);
	assert_freed(2, 0);
}

// An lcore that joins later cannot hold what was retired before.
static void
test_late_lcore(void **state)
{
	(void)state;
	publish(0);
	publish(1);
	publisher_join(&publisher, 0);
	assert_freed(1, 0);
	publish(2);
	assert_freed(1, 1);
	publisher_quiescent(&publisher, 0);
	assert_freed(2, 0);
}

static void
test_guest_keeps_object(void **state)
{
	(void)state;
	publisher_join(&publisher, 0);
	publish(0);
	unsigned place = publisher_enter(&publisher);

	publish(1);
	publisher_quiescent(&publisher, 0);
	assert_freed(0, 1);
	publisher_exit(&publisher, place);
	assert_freed(1, 0);
}

// A guest that came after the first object was retired keeps the second one only.
static void
test_oldest_first(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++)
		publish(i);
	unsigned place = publisher_enter(&publisher);

	publish(4);
	publish(5);
	assert_freed(3, 2);
	publisher_exit(&publisher, place);
	assert_freed(5, 0);
	for (unsigned i = 0; i < freed_count; i++)
		assert_int_equal(freed[i], i);
}

static void
test_free_with_objects_left(void **state)
{
	(void)state;
	publish(0);
	unsigned place = publisher_enter(&publisher);

	publish(1);
	publish(2);
	assert_freed(0, 2);
	publisher_exit(&publisher, place);
	publisher_free(&publisher);
	assert_int_equal(freed_count, 2);
	assert_int_equal(freed[0], 0);
	assert_int_equal(freed[1], 1);
	assert_true(publisher_init(&publisher, LCORES));
}

// A guest that waits for a place.
struct waiting {
	unsigned place;
	bool inside;
};

static void *
enter(void *argument)
{
	struct waiting *waiting = argument;

	waiting->place = publisher_enter(&publisher);
	__atomic_store_n(&waiting->inside, true, __ATOMIC_RELEASE);
	return NULL;
}

static void
test_all_places_taken(void **state)
{
	const struct timespec wait = {.tv_nsec = WAIT_US * 1000L};
	struct waiting waiting = {0};
	unsigned given_back = 7;
	uint64_t places = 0;
	pthread_t thread;

	(void)state;
	for (unsigned i = 0; i < PUBLISHER_GUESTS_MAX; i++)
		places |= UINT64_C(1) << publisher_enter(&publisher);
	assert_int_equal(places, UINT32_MAX); // each has its own
	assert_int_equal(pthread_create(&thread, NULL, enter, &waiting), 0);
	nanosleep(&wait, NULL);
	assert_false(__atomic_load_n(&waiting.inside, __ATOMIC_ACQUIRE));
	publisher_exit(&publisher, given_back);
	pthread_join(thread, NULL);
	assert_true(waiting.inside);
	assert_int_equal(waiting.place, given_back);

	publish(0);
	publish(1);
	for (unsigned i = 0; i < PUBLISHER_GUESTS_MAX; i++) {
		assert_freed(0, 1);
		publisher_exit(&publisher, i);
	}
	assert_freed(1, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_first_object, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_without_readers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_waits_for_every_lcore, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_absent_lcores, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_late_lcore, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_guest_keeps_object, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_oldest_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_free_with_objects_left, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_all_places_taken, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
