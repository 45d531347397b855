// SPDX-License-Identifier: BSD-3-Clause
// lib/base/siphash_bulk.h: each build this CPU can run says what siphash.h says of each message.

#include "../../lib/base/rng.h"
#include "../../lib/base/siphash_bulk.h"
#include "../support/cmocka_wrap.h"

enum { ROUNDS = 2000, LEN_MIN = 16, LEN_MAX = 23 };

struct messages {
	unsigned len;
	uint8_t bytes[SIPHASH_BULK][LEN_MAX];
};

static void
make(struct rng *rng, struct messages *messages, struct siphash_burst *burst)
{
	messages->len = LEN_MIN + rng_below(rng, LEN_MAX - LEN_MIN + 1);
	for (unsigned i = 0; i < SIPHASH_BULK; i++) {
		for (unsigned at = 0; at < LEN_MAX; at++)
			messages->bytes[i][at] = (uint8_t)rng_next(rng);
		memcpy(&burst->words[0][i], messages->bytes[i], 8);
		memcpy(&burst->words[1][i], messages->bytes[i] + 8, 8);
		burst->words[2][i] = siphash_last(messages->bytes[i] + 16, messages->len);
	}
}

static void
check(const struct siphash_bulk *build)
{
	struct rng rng = {1924};
	struct siphash_burst burst;
	struct messages messages;

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct siphash_key key = {rng_next(&rng), rng_next(&rng)};
		unsigned count = 1 + rng_below(&rng, SIPHASH_BULK);

		make(&rng, &messages, &burst);
		build->siphash24(&key, &burst, count);
		for (unsigned i = 0; i < count; i++)
			if (burst.hashes[i] != siphash24(&key, messages.bytes[i], messages.len))
				fail_msg("%s, 2-4: message %u of %u", build->name, i, count);
		build->siphash13(&key, &burst, count);
		for (unsigned i = 0; i < count; i++)
			if (burst.hashes[i] != siphash13(&key, messages.bytes[i], messages.len))
				fail_msg("%s, 1-3: message %u of %u", build->name, i, count);
	}
}

// Messages without their bytes 8 to 15, beside the whole ones.
static void
check_twice(const struct siphash_bulk *build)
{
	struct rng rng = {1925};
	struct siphash_burst burst;
	struct messages messages;

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct siphash_key key = {rng_next(&rng), rng_next(&rng)};
		unsigned count = 1 + rng_below(&rng, SIPHASH_BULK);
		uint64_t shorter[SIPHASH_BULK];

		make(&rng, &messages, &burst);
		build->siphash24_twice(&key, &burst, shorter, count);
		for (unsigned i = 0; i < count; i++) {
			uint8_t *bytes = messages.bytes[i];

			if (burst.hashes[i] != siphash24(&key, bytes, messages.len))
				fail_msg("%s: message %u of %u", build->name, i, count);
			memmove(bytes + 8, bytes + 16, messages.len - 16);
			if (shorter[i] != siphash24(&key, bytes, messages.len - 8))
				fail_msg("%s: shorter message %u of %u", build->name, i, count);
		}
	}
}

static void
test_each_build_as_one_by_one(void **state)
{
	(void)state;
	for (unsigned b = 0; b < siphash_bulk_build_count; b++) {
		if (!siphash_bulk_builds[b].is_supported()) {
			print_message("this CPU has no %s\n", siphash_bulk_builds[b].name);
			continue;
		}
		check(&siphash_bulk_builds[b]);
		check_twice(&siphash_bulk_builds[b]);
	}
}

static void
test_none_is_nothing(void **state)
{
	struct siphash_burst burst = {.hashes = {7}};
	struct siphash_key key = {1, 2};

	(void)state;
	for (unsigned b = 0; b < siphash_bulk_build_count; b++)
		if (siphash_bulk_builds[b].is_supported())
			siphash_bulk_builds[b].siphash24(&key, &burst, 0);
	assert_int_equal(burst.hashes[0], 7);
}

// The last build needs nothing, so that one can always be chosen; an earlier one is wider.
static void
test_the_first_supported_is_chosen(void **state)
{
	unsigned b = 0;

	(void)state;
	while (!siphash_bulk_builds[b].is_supported())
		b++;
	assert_ptr_equal(siphash_bulk, &siphash_bulk_builds[b]);
	assert_true(siphash_bulk_builds[siphash_bulk_build_count - 1].is_supported());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_build_as_one_by_one),
		cmocka_unit_test(test_none_is_nothing),
		cmocka_unit_test(test_the_first_supported_is_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
