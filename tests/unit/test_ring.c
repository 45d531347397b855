// SPDX-License-Identifier: BSD-3-Clause

#include "../../lib/base/ring_requester.h"
#include "../../lib/base/ring_responder.h"
#include "../support/cmocka_wrap.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

enum { SIZES = 4, LAPS = 5, OF_THREADS = 200000, SEED = 12345 };

static const unsigned sizes[SIZES] = {2, 4, 8, 64};

// Begins like a job: with a pointer.
struct element {
	uint64_t pointer;
	uint32_t number;
	uint32_t is_reply;
};

static struct ring_slot slots[64];
static struct ring_requester requester;
static struct ring_responder responder;

// A ring whose counts begin at `start`, a multiple of two laps.
static void
begin(unsigned size, uint32_t start)
{
	memset(slots, 0, sizeof(slots));
	ring_init(&requester, &responder, slots, size);
	requester.put.count = requester.shown = requester.taken.count = start;
	requester.limit += start;
	responder.taken.count = responder.given.count = start;
}

static struct element
request_of(uint32_t number)
{
	return (struct element){(uint64_t)number << 2, number, 0};
}

static void
put(uint32_t number)
{
	struct element request = request_of(number);

	ring_put(&requester, &request);
}

static void
assert_request(const struct element *element, uint32_t number)
{
	assert_int_equal(element->pointer, (uint64_t)number << 2);
	assert_int_equal(element->number, number);
	assert_false(element->is_reply);
}

static void
assert_reply(const struct element *element, uint32_t number)
{
	assert_int_equal(element->pointer, ~(uint64_t)number << 2);
	assert_int_equal(element->number, number);
	assert_true(element->is_reply);
}

static void
make_reply(struct element *element)
{
	element->pointer = ~(uint64_t)element->number << 2;
	element->is_reply = 1;
}

// Takes `count` requests, which begin with `first`, and gives their replies.
static void
respond(uint32_t first, unsigned count)
{
	struct element elements[64];

	assert_int_equal(ring_take_requests(&responder, elements, count), count);
	for (unsigned i = 0; i < count; i++) {
		assert_request(&elements[i], first + i);
		make_reply(&elements[i]);
	}
	ring_give(&responder, elements, count);
}

static void
assert_counts(unsigned requests, unsigned replies, unsigned room)
{
	assert_int_equal(ring_requests(&requester, &responder), requests);
	assert_int_equal(ring_replies(&requester, &responder), replies);
	assert_int_equal(ring_room(&requester), room);
	assert_int_equal(ring_has_request(&responder), requests > 0);
}

// Full and empty again, for several laps, also over the end of the counts.
static void
test_laps(void **state)
{
	struct element elements[64];

	(void)state;
	for (unsigned s = 0; s < SIZES; s++)
		for (unsigned wraps = 0; wraps < 2; wraps++) {
			unsigned all = sizes[s] - 1;
			uint32_t number = 0;

			begin(sizes[s], wraps == 1 ? -2 * sizes[s] : 0);
			assert_int_equal(ring_capacity(&requester), all);
			for (unsigned i = 0; i < LAPS * sizes[s]; i++, number += all) {
				assert_counts(0, 0, all);
				for (unsigned n = 0; n < all; n++)
					put(number + n);
				assert_false(ring_waits(&requester));
				ring_show(&requester);
				assert_counts(all, 0, 0);
				assert_true(ring_waits(&requester));
				assert_int_equal(ring_take_replies(&requester, elements, all), 0);
				respond(number, all);
				assert_counts(0, all, 0);
				assert_int_equal(ring_take_requests(&responder, elements, all), 0);
				assert_int_equal(ring_take_replies(&requester, elements, 64), all);
				for (unsigned n = 0; n < all; n++)
					assert_reply(&elements[n], number + n);
				assert_false(ring_waits(&requester));
			}
		}
}

// Requests are seen together, when they are shown.
static void
test_show(void **state)
{
	struct element element;

	(void)state;
	begin(8, 0);
	ring_show(&requester); // nothing
	for (unsigned i = 0; i < 3; i++) {
		put(i);
		assert_false(ring_has_request(&responder));
		assert_int_equal(ring_take_requests(&responder, &element, 1), 0);
	}
	ring_show(&requester);
	put(3);
	respond(0, 3);
	assert_false(ring_has_request(&responder));
	ring_show(&requester);
	respond(3, 1);
}

// At most as many as asked for; replies to a part of the requests; room comes with replies taken.
static void
test_parts(void **state)
{
	struct element elements[8];

	(void)state;
	begin(8, 0);
	for (unsigned i = 0; i < 7; i++)
		put(i);
	ring_show(&requester);
	respond(0, 2);
	respond(2, 3);
	assert_counts(2, 5, 0);
	assert_int_equal(ring_take_replies(&requester, elements, 4), 4);
	assert_reply(&elements[3], 3);
	assert_counts(2, 1, 4);
	put(7);
	ring_show(&requester);
	assert_int_equal(ring_take_replies(&requester, elements, 8), 1);
	assert_reply(&elements[0], 4);
	assert_counts(3, 0, 4);
	respond(5, 3);
	assert_int_equal(ring_take_replies(&requester, elements, 8), 3);
	assert_reply(&elements[2], 7);
}

// Requests and replies that are left when both ends have stopped.
static void
test_left(void **state)
{
	struct element element;

	(void)state;
	begin(8, 0);
	assert_false(ring_take_left(&requester, &element));
	for (unsigned i = 0; i < 5; i++)
		put(i);
	ring_show(&requester);
	respond(0, 2);
	for (unsigned i = 0; i < 5; i++) {
		assert_true(ring_take_left(&requester, &element));
		if (i < 2)
			assert_reply(&element, i);
		else
			assert_request(&element, i);
	}
	assert_false(ring_take_left(&requester, &element));
}

// The same where they lie over the end of the ring.
static void
test_left_over_the_end(void **state)
{
	struct element element, elements[8];

	(void)state;
	begin(8, 0);
	for (unsigned i = 0; i < 5; i++)
		put(i);
	ring_show(&requester);
	respond(0, 5);
	assert_int_equal(ring_take_replies(&requester, elements, 8), 5);
	for (unsigned i = 5; i < 12; i++)
		put(i);
	ring_show(&requester);
	respond(5, 4);
	for (unsigned i = 5; i < 12; i++) {
		assert_true(ring_take_left(&requester, &element));
		if (i < 9)
			assert_reply(&element, i);
		else
			assert_request(&element, i);
	}
	assert_false(ring_take_left(&requester, &element));
}

// Returns only after OF_THREADS requests.
static void *
run_responder(void *unused)
{
	struct element elements[5];

	for (uint32_t next = 0; next < OF_THREADS;) {
		unsigned count = ring_take_requests(&responder, elements, RTE_DIM(elements));

		for (unsigned i = 0; i < count; i++) {
			if (elements[i].number != next++ || elements[i].is_reply)
				abort();
			make_reply(&elements[i]);
		}
		if (count > 0)
			ring_give(&responder, elements, count);
		else
			sched_yield();
	}
	return unused;
}

static void *
run_reader(void *stop)
{
	while (!__atomic_load_n((bool *)stop, __ATOMIC_RELAXED)) {
		if (ring_requests(&requester, &responder) > ring_capacity(&requester)
		    || ring_replies(&requester, &responder) > ring_capacity(&requester))
			abort();
		sched_yield();
	}
	return NULL;
}

// Two lcores, and a thread that counts: each element arrives once, whole and in order.
static void
test_threads(void **state)
{
	pthread_t threads[2];

	(void)state;
	for (unsigned s = 0; s < SIZES; s++) {
		struct element elements[3];
		unsigned seed = SEED;
		uint32_t asked = 0;
		bool stop = false;

		begin(sizes[s], 0);
		assert_int_equal(pthread_create(&threads[0], NULL, run_responder, NULL), 0);
		assert_int_equal(pthread_create(&threads[1], NULL, run_reader, &stop), 0);
		for (uint32_t next = 0; next < OF_THREADS;) {
			unsigned burst = (unsigned)rand_r(&seed) % 8;

			while (asked < OF_THREADS && burst-- > 0 && ring_room(&requester) > 0)
				put(asked++);
			ring_show(&requester);
			unsigned count = ring_take_replies(&requester, elements, RTE_DIM(elements));

			for (unsigned i = 0; i < count; i++)
				assert_reply(&elements[i], next++);
			if (count == 0)
				sched_yield();
		}
		assert_int_equal(pthread_join(threads[0], NULL), 0);
		__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
		assert_int_equal(pthread_join(threads[1], NULL), 0);
		assert_counts(0, 0, sizes[s] - 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_laps),
		cmocka_unit_test(test_show),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_left_over_the_end),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
