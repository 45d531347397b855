// SPDX-License-Identifier: BSD-3-Clause
// lib/access/auth_keys.h: compared with a list of its keys.

#include "../../lib/access/auth_keys.h"
#include "../../lib/base/rng.h"
#include "../support/block.h"

#include <rte_common.h>

#include <stdio.h>

enum { UNIVERSE = 200, NOW_S = 1000 };

// Keys differ in their last or their first characters.
static struct auth_key
make_key(unsigned n, uint32_t until_s)
{
	struct auth_key key = {.until_s = until_s};
	char text[AUTH_KEY_CHARS + 1];

	if (n % 2)
		snprintf(text, sizeof(text), "%032u", n);
	else
		snprintf(text, sizeof(text), "%04u%028u", n % 10000, 0);
	memcpy(key.text, text, AUTH_KEY_CHARS);
	return key;
}

static enum auth_key_state
model_state(bool is_there, uint32_t until_s)
{
	if (!is_there)
		return AUTH_KEY_UNKNOWN;
	return until_s != 0 && until_s <= NOW_S ? AUTH_KEY_EXPIRED : AUTH_KEY_GOOD;
}

static void
compare_with_model(unsigned capacity)
{
	const struct siphash_key secret = {capacity, 1};
	struct rng rng = {capacity};
	struct auth_keys *keys =
		auth_keys_init(block_new(auth_keys_bytes(capacity)), capacity, &secret);
	bool is_there[UNIVERSE] = {false};
	uint32_t until_s[UNIVERSE] = {0};
	unsigned count = 0;

	for (unsigned round = 0; round < 10 * capacity + 10; round++) {
		unsigned n = rng_below(&rng, UNIVERSE);

		if (is_there[n] || count < capacity) {
			struct auth_key key = make_key(
				n, rng_below(&rng, 2) ? NOW_S - 1 + rng_below(&rng, 3) : 0
			);

			assert_int_equal(auth_keys_add(keys, &key), !is_there[n]);
			count += !is_there[n];
			is_there[n] = true;
			until_s[n] = key.until_s;
		}
		assert_int_equal(auth_keys_count(keys), count);
		for (n = 0; n < UNIVERSE; n++)
			assert_int_equal(
				auth_keys_check(keys, make_key(n, 0).text, NOW_S),
				model_state(is_there[n], until_s[n])
			);
	}
	assert_int_equal(count, RTE_MIN(capacity, (unsigned)UNIVERSE));
	free(keys);
}

static void
test_random_against_model(void **state)
{
	static const unsigned capacities[] = {0, 1, 2, 3, 20, UNIVERSE};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(capacities); i++)
		compare_with_model(capacities[i]);
}

// Clients send what they like: zeros are how free places look.
static void
test_any_bytes(void **state)
{
	const struct siphash_key secret = {3, 4};
	struct auth_keys *keys = auth_keys_init(block_new(auth_keys_bytes(1)), 1, &secret);
	struct auth_key key = make_key(7, 0);
	char text[AUTH_KEY_CHARS] = {0};

	(void)state;
	assert_int_equal(auth_keys_check(keys, text, NOW_S), AUTH_KEY_UNKNOWN);
	assert_true(auth_keys_add(keys, &key));
	assert_int_equal(auth_keys_check(keys, text, NOW_S), AUTH_KEY_UNKNOWN);
	memset(text, 0xff, sizeof(text));
	assert_int_equal(auth_keys_check(keys, text, NOW_S), AUTH_KEY_UNKNOWN);
	memcpy(text, key.text, sizeof(text));
	assert_int_equal(auth_keys_check(keys, text, NOW_S), AUTH_KEY_GOOD);
	text[AUTH_KEY_CHARS - 1] = '\0';
	assert_int_equal(auth_keys_check(keys, text, NOW_S), AUTH_KEY_UNKNOWN);
	free(keys);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_against_model),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
