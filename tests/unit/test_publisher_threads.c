// SPDX-License-Identifier: BSD-3-Clause
// app/weir/datapath/publisher.h under load: no reader finds an object that was freed, or half of two.

#include "../../app/weir/datapath/publisher.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

enum {
	LCORES = 3, // threads in their place
	GUESTS = 2,
	READERS = LCORES + GUESTS,
	WORDS = 64, // of an object: several cache lines
	LCORE_LOOKS = 2, // at an object, by a reader that holds it
	GUEST_LOOKS = 32, // a guest holds objects longer than any lcore
	PUBLICATIONS = 5000, // at least
	CHANGES_MIN = 50, // that each reader must see
	TIME_MAX_S = 300,
};

static const uint64_t poison = UINT64_C(0xdeaddeaddeaddead);

// All words are the same.
struct object {
	uint64_t words[WORDS];
};

struct reader {
	pthread_t thread;
	unsigned number;
	unsigned changes; // of the object, that it has seen
	bool failed;
};

static struct publisher publisher;
static const struct object *slot;
static unsigned disposed;
static bool stop;

static void
fill(struct object *object, uint64_t pattern)
{
	for (unsigned i = 0; i < WORDS; i++)
		object->words[i] = pattern;
}

static void
dispose(void *object)
{
	fill(object, poison);
	free(object);
	disposed++;
}

static void
publish(uint64_t pattern)
{
	struct object *object = malloc(sizeof(*object));

	assert_non_null(object);
	fill(object, pattern);
	publisher_publish(&publisher, &slot, object, dispose);
}

static bool
is_whole(const struct object *object, uint64_t pattern)
{
	for (unsigned i = 0; i < WORDS; i++)
		if (object->words[i] != pattern)
			return false;
	return true;
}

// What a reader does with an object: it looks at it a few times, while others get the processor.
static void
read_object(struct reader *reader, unsigned looks, uint64_t *last)
{
	const struct object *object = publisher_read(&slot);
	uint64_t pattern = object->words[0];

	for (unsigned look = 0; look < looks; look++) {
		if (pattern == poison || pattern < *last || !is_whole(object, pattern))
			reader->failed = true;
		sched_yield();
	}
	if (pattern != *last)
		__atomic_fetch_add(&reader->changes, 1, __ATOMIC_RELAXED);
	*last = pattern;
}

static bool
stopped(void)
{
	return __atomic_load_n(&stop, __ATOMIC_RELAXED);
}

static void *
read_as_lcore(void *argument)
{
	struct reader *reader = argument;
	uint64_t last = 0;

	publisher_join(&publisher, reader->number);
	while (!stopped()) {
		read_object(reader, LCORE_LOOKS, &last);
		publisher_quiescent(&publisher, reader->number);
	}
	publisher_leave(&publisher, reader->number);
	return NULL;
}

static void *
read_as_guest(void *argument)
{
	struct reader *reader = argument;
	uint64_t last = 0;

	while (!stopped()) {
		unsigned place = publisher_enter(&publisher);

		read_object(reader, GUEST_LOOKS, &last);
		publisher_exit(&publisher, place);
	}
	return NULL;
}

static void
start_readers(struct reader *readers)
{
	for (unsigned i = 0; i < READERS; i++) {
		void *(*read)(void *) = i < LCORES ? read_as_lcore : read_as_guest;

		readers[i] = (struct reader){.number = i};
		assert_int_equal(pthread_create(&readers[i].thread, NULL, read, &readers[i]), 0);
	}
}

static void
end_readers(struct reader *readers)
{
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < READERS; i++)
		pthread_join(readers[i].thread, NULL);
}

static bool
all_saw_enough(struct reader *readers)
{
	for (unsigned i = 0; i < READERS; i++)
		if (__atomic_load_n(&readers[i].changes, __ATOMIC_RELAXED) < CHANGES_MIN)
			return false;
	return true;
}

static void
test_readers_see_whole_objects(void **state)
{
	struct reader readers[READERS];
	time_t end = time(NULL) + TIME_MAX_S;
	uint64_t published = 1;
	bool reclaimed_meanwhile;

	(void)state;
	assert_true(publisher_init(&publisher, LCORES));
	publish(published);
	start_readers(readers);
	while ((published < PUBLICATIONS || !all_saw_enough(readers)) && time(NULL) < end) {
		publish(++published);
		publisher_reclaim(&publisher);
		sched_yield();
	}
	reclaimed_meanwhile = disposed > 0;
	end_readers(readers);
	for (unsigned i = 0; i < READERS; i++) {
		assert_false(readers[i].failed);
		assert_true(readers[i].changes >= CHANGES_MIN);
	}
	assert_true(reclaimed_meanwhile);
	assert_int_equal(publisher_reclaim(&publisher), 0);
	assert_int_equal(disposed, published - 1);
	publisher_free(&publisher);
	free((void *)slot);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readers_see_whole_objects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
