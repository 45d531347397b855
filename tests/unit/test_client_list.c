// SPDX-License-Identifier: BSD-3-Clause
// lib/access/client_list.h: compared with a walk over all prefixes.

#include "../../lib/access/client_list.h"
#include "../../lib/base/rng.h"
#include "../support/block.h"

#include <rte_common.h>

enum { MODEL_MAX = 60, NOW_S = 1000 };

static bool
is_same(const struct client_prefix *one, const struct client_prefix *other)
{
	return one->len == other->len && memcmp(one->bytes, other->bytes, one->len) == 0;
}

// Of a prefix that is there twice, the last one counts.
static bool
is_last(const struct client_prefix *prefixes, unsigned count, unsigned n)
{
	for (unsigned later = n + 1; later < count; later++)
		if (is_same(&prefixes[n], &prefixes[later]))
			return false;
	return true;
}

static bool
model_lists(const struct client_prefix *prefixes, unsigned count, const uint8_t *peer_id)
{
	for (unsigned n = 0; n < count; n++)
		if (is_last(prefixes, count, n)
		    && (prefixes[n].until_s == 0 || NOW_S < prefixes[n].until_s)
		    && memcmp(prefixes[n].bytes, peer_id, prefixes[n].len) == 0)
			return true;
	return false;
}

// Of few different bytes, the least and the largest among them, so prefixes are starts of others.
static uint8_t
random_byte(struct rng *rng)
{
	static const uint8_t bytes[] = {0, 0, 0xff, '-'};

	return bytes[rng_below(rng, RTE_DIM(bytes))];
}

static void
assert_same(
	const struct client_list *list,
	enum access_mode mode,
	const struct client_prefix *prefixes,
	unsigned count,
	const uint8_t *peer_id
)
{
	bool listed = model_lists(prefixes, count, peer_id);

	assert_int_equal(
		client_list_allows(list, peer_id, NOW_S),
		mode == ACCESS_OFF || listed == (mode == ACCESS_ALLOW)
	);
}

static void
compare_with_model(struct rng *rng, enum access_mode mode)
{
	struct client_prefix prefixes[MODEL_MAX];
	unsigned count = rng_below(rng, MODEL_MAX + 1);
	unsigned different = 0;
	unsigned len_max = rng_below(rng, 2) ? 4 : CLIENT_LIST_PREFIX_MAX;

	for (unsigned n = 0; n < count; n++) {
		memset(prefixes[n].bytes, 0xaa, CLIENT_LIST_PREFIX_MAX);
		prefixes[n].len = (uint8_t)(1 + rng_below(rng, len_max));
		for (unsigned i = 0; i < prefixes[n].len; i++)
			prefixes[n].bytes[i] = random_byte(rng);
		prefixes[n].until_s = rng_below(rng, 2) ? NOW_S - 1 + rng_below(rng, 3) : 0;
	}
	for (unsigned n = 0; n < count; n++)
		different += is_last(prefixes, count, n);
	struct client_list *list =
		client_list_init(block_new(client_list_bytes(count)), mode, prefixes, count);

	assert_int_equal(client_list_count(list), different);
	for (unsigned n = 0; n < 200; n++) {
		uint8_t peer_id[CLIENT_LIST_PREFIX_MAX];

		for (unsigned i = 0; i < sizeof(peer_id); i++)
			peer_id[i] = random_byte(rng);
		if (count > 0 && rng_below(rng, 2)) {
			const struct client_prefix *prefix = &prefixes[rng_below(rng, count)];

			memcpy(peer_id, prefix->bytes, prefix->len);
		}
		assert_same(list, mode, prefixes, count, peer_id);
	}
	free(list);
}

static void
test_random_against_model(void **state)
{
	static const enum access_mode modes[] = {ACCESS_OFF, ACCESS_ALLOW, ACCESS_DENY};

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		struct rng rng = {round};

		compare_with_model(&rng, modes[round % RTE_DIM(modes)]);
	}
}

// Whole peer ids, at both ends of the order, and one that ends inside another.
static void
test_edges(void **state)
{
	struct client_prefix prefixes[3] = {
		{.len = CLIENT_LIST_PREFIX_MAX},
		{.len = CLIENT_LIST_PREFIX_MAX},
		{.len = 3, .bytes = "-qB"},
	};
	uint8_t peer_id[CLIENT_LIST_PREFIX_MAX] = {0};

	(void)state;
	memset(prefixes[1].bytes, 0xff, CLIENT_LIST_PREFIX_MAX);
	struct client_list *list =
		client_list_init(block_new(client_list_bytes(3)), ACCESS_DENY, prefixes, 3);

	assert_false(client_list_allows(list, peer_id, NOW_S));
	peer_id[19] = 1;
	assert_true(client_list_allows(list, peer_id, NOW_S));
	memset(peer_id, 0xff, sizeof(peer_id));
	assert_false(client_list_allows(list, peer_id, NOW_S));
	peer_id[19] = 0xfe;
	assert_true(client_list_allows(list, peer_id, NOW_S));
	memcpy(peer_id, "-qB", 3);
	assert_false(client_list_allows(list, peer_id, NOW_S));
	peer_id[2] = 'A';
	assert_true(client_list_allows(list, peer_id, NOW_S));
	free(list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_against_model),
		cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
