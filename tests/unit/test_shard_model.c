// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/shard.h: random bursts compared with a naive tracker.

#include "../../lib/base/rng.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/shard_model.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>

enum {
	HASHES = SHARD_MODEL_TORRENTS,
	ADDRESSES = 200,
	DIFFERENTIAL_OPS = 200000,
};

// Few torrents are frequent, many are rare.
static struct shard_op
random_op(struct rng *rng, uint32_t *torrent)
{
	enum family family = shard_families[rng_below(rng, 2)];
	uint32_t peer = rng_below(rng, ADDRESSES);
	unsigned kind = rng_below(rng, 20);

	*torrent = rng_below(rng, 1 + rng_below(rng, HASHES));
	if (kind < 2)
		return make_op(SHARD_SCRAPE, family, *torrent, peer);
	struct shard_op op = announce_op(
		family,
		*torrent,
		peer,
		kind < 5	    ? STOP
			: kind < 11 ? SEED
				    : LEECH
	);

	op.num_want = (uint16_t)rng_below(rng, 60);
	return op;
}

static unsigned
random_burst(struct shard *shard, struct shard_model *model, struct rng *rng, uint32_t now_s)
{
	struct shard_op ops[BURST_MAX];
	uint32_t torrents[BURST_MAX];
	unsigned count = 1 + rng_below(rng, BURST_MAX);

	for (unsigned i = 0; i < count; i++) {
		ops[i] = random_op(rng, &torrents[i]);
		ops[i].peers = shard_replies[i];
	}
	shard_process(shard, ops, count, now_s);
	for (unsigned i = 0; i < count; i++)
		shard_model_check(model, torrents[i], &ops[i], now_s);
	assert_memory_equal(shard_counts(shard), &model->counts, sizeof(model->counts));
	return count;
}

// WEIR_DIFFERENTIAL_OPS sets the length of the run.
static unsigned
differential_ops(void)
{
	const char *wanted = getenv("WEIR_DIFFERENTIAL_OPS");

	return wanted == NULL ? DIFFERENTIAL_OPS : (unsigned)strtoul(wanted, NULL, 10);
}

static void
run_beside_model(uint32_t max_torrents, uint32_t max_peers, bool detail, uint64_t seed)
{
	struct shard *shard = make_shard_with(max_torrents, max_peers, detail);
	struct rng rng = {seed};
	static struct shard_model model;
	uint32_t now_s = 1;

	shard_model_open(&model, max_torrents, max_peers);
	for (unsigned ops = 0; ops < differential_ops();) {
		ops += random_burst(shard, &model, &rng, now_s);
		now_s += rng_below(&rng, 3);
		if (rng_below(&rng, 2000) == 0)
			now_s += TIMEOUT_S; // nearly all peers expire
		if (shard_sweep(shard, EVERYTHING, now_s) > 0)
			shard_model_sweep(&model, now_s);
		assert_memory_equal(shard_counts(shard), &model.counts, sizeof(model.counts));
	}
	assert_true(model.counts.completed > 100);
	assert_true(model.counts.peers_expired > 1000);
	shard_model_close(&model);
	shard_free(shard);
}

static void
test_beside_naive_tracker(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 2; seed++) {
		run_beside_model(HASHES, HASHES * ADDRESSES * 2, false, seed);
		run_beside_model(HASHES, HASHES * ADDRESSES * 2, true, seed + 10);
	}
}

static void
test_beside_naive_tracker_full(void **state)
{
	(void)state;
	run_beside_model(40, 300, false, 300);
	run_beside_model(40, 300, true, 301);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_beside_naive_tracker),
		cmocka_unit_test(test_beside_naive_tracker_full),
	};

	test_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
