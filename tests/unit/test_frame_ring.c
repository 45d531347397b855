// SPDX-License-Identifier: BSD-3-Clause
// app/weir/datapath/frame_ring.h: order, room, and two threads.

#include "../../app/weir/datapath/frame_ring.h"
#include "../support/cmocka_wrap.h"

#include <pthread.h>
#include <string.h>

enum { SLOTS = 8, FRAMES = 200000 };

static struct frame_slot slots[SLOTS];
static struct frame_ring ring;

static void
put(uint16_t number)
{
	struct frame_slot *slot = frame_ring_room(&ring);

	assert_non_null(slot);
	slot->len = number;
	frame_ring_put(&ring);
}

static uint16_t
take(void)
{
	const struct frame_slot *slot = frame_ring_first(&ring);

	assert_non_null(slot);
	uint16_t number = slot->len;

	frame_ring_take(&ring);
	return number;
}

// All slots hold a frame; counters pass their largest value.
static void
test_room(void **state)
{
	(void)state;
	frame_ring_init(&ring, slots, SLOTS);
	ring.put = ring.taken = UINT32_MAX - SLOTS / 2;
	for (unsigned lap = 0; lap < 3; lap++) {
		assert_null(frame_ring_first(&ring));
		for (uint16_t i = 0; i < SLOTS; i++)
			put(i);
		assert_null(frame_ring_room(&ring));
		assert_int_equal(take(), 0);
		put(SLOTS);
		assert_null(frame_ring_room(&ring));
		for (uint16_t i = 1; i <= SLOTS; i++)
			assert_int_equal(take(), i);
	}
}

static void *
write_all(void *unused)
{
	(void)unused;
	for (unsigned i = 0; i < FRAMES;) {
		struct frame_slot *slot = frame_ring_room(&ring);

		if (slot == NULL)
			continue;
		slot->len = (uint16_t)(i % 1500);
		memset(slot->bytes, (int)(i % 251), slot->len);
		frame_ring_put(&ring);
		i++;
	}
	return NULL;
}

// A frame is whole when it is seen.
static void
test_threads(void **state)
{
	pthread_t writer;
	unsigned wrong = 0;

	(void)state;
	frame_ring_init(&ring, slots, SLOTS);
	assert_int_equal(pthread_create(&writer, NULL, write_all, NULL), 0);
	for (unsigned i = 0; i < FRAMES;) {
		const struct frame_slot *slot = frame_ring_first(&ring);

		if (slot == NULL)
			continue;
		wrong += slot->len != i % 1500;
		if (slot->len > 0)
			wrong += slot->bytes[0] != i % 251 || slot->bytes[slot->len - 1] != i % 251;
		frame_ring_take(&ring);
		i++;
	}
	pthread_join(writer, NULL);
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
