// SPDX-License-Identifier: BSD-3-Clause
// tests/support/shard_image.h: a shard that was put back is a new one, to the last byte and to the last reply.

#include "../../lib/base/rng.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/shard_fixture.h"
#include "../support/shard_image.h"

#include <stdlib.h>
#include <string.h>

enum { TORRENTS = 64, ADDRESSES = 200, TURNS = 5000, TABLES = 4 };

static const struct {
	uint32_t torrents, peers;
} tables[TABLES] = {{1, 1}, {3, 20}, {40, 300}, {TORRENTS, TORRENTS *ADDRESSES}};

static struct shard_op
random_op(struct rng *rng)
{
	enum family family = shard_families[rng_below(rng, 2)];
	uint32_t torrent =
		rng_below(rng, 1 + rng_below(rng, TORRENTS)); // many peers are in the first ones
	uint32_t peer = rng_below(rng, ADDRESSES);
	unsigned kind = rng_below(rng, 20);

	if (kind == 0)
		return make_op(SHARD_SCRAPE, family, torrent, peer);
	return announce_op(family, torrent, peer, kind < 3 ? STOP : kind < 10 ? SEED : LEECH);
}

// What the replies of many turns say, as a number.
static uint64_t
run(struct shard *shard, uint64_t seed)
{
	struct rng rng = {seed};
	uint64_t said = 0;
	uint32_t now_s = 1 + rng_below(&rng, 1000);

	for (unsigned turn = 0; turn < TURNS; turn++) {
		struct shard_op op = random_op(&rng);

		shard_process(shard, &op, 1, now_s);
		said = said * 31 + op.outcome + op.seeders * 7 + op.leechers * 5 + op.completed * 3;
		for (unsigned i = 0; i < op.peer_count * 6u; i++)
			said = said * 31 + op.peers[i];
		now_s += rng_below(&rng, 1000) == 0 ? rng_below(&rng, 2 * TIMEOUT_S) : 0;
		shard_sweep(shard, EVERYTHING, now_s);
	}
	return said;
}

static void
test_new_again(void **state)
{
	struct shard_image first, end;

	(void)state;
	for (unsigned i = 0; i < 2 * TABLES; i++) {
		struct shard *shard =
			make_shard_with(tables[i / 2].torrents, tables[i / 2].peers, i % 2);

		shard_image_take(&first, shard);
		assert_true(shard_image_is_same(&first));
		uint64_t said = run(shard, i);

		assert_false(shard_image_is_same(&first));
		shard_image_take(&end, shard);
		// Another life between: nothing of it may be left.
		shard_image_restore(&first);
		assert_true(shard_image_is_same(&first));
		assert_int_equal(rte_hash_count(shard->index), 0);
		assert_int_not_equal(run(shard, i + 100), said);
		shard_image_restore(&first);
		assert_true(shard_image_is_same(&first));
		assert_int_equal(run(shard, i), said);
		assert_true(shard_image_is_same(&end));
		shard_image_free(&end);
		shard_image_free(&first);
		shard_free(shard);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_again),
	};

	test_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
