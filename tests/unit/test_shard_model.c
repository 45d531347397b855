// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/shard.h: random bursts compared with a naive tracker.

#include "../../lib/base/rng.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/naive_swarm.h"
#include "../support/shard_fixture.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>

enum {
	HASHES = 64,
	ADDRESSES = 200,
	DIFFERENTIAL_OPS = 200000,
};

// The naive tracker: the expected state of the shard.
struct model {
	bool known[HASHES];
	uint32_t completed[HASHES];
	struct naive_swarm swarms[HASHES][RTE_DIM(shard_families)];
	uint32_t max_torrents;
	uint32_t max_peers;
	struct shard_counts counts;
	unsigned peers;
};

static void
open_model(struct model *model, uint32_t max_torrents, uint32_t max_peers)
{
	*model = (struct model){.max_torrents = max_torrents, .max_peers = max_peers};
	for (unsigned h = 0; h < HASHES; h++)
		for (unsigned f = 0; f < RTE_DIM(shard_families); f++)
			naive_swarm_init(
				&model->swarms[h][f], shard_families[f] == FAMILY_IPV4 ? 6 : 18
			);
}

static void
close_model(struct model *model)
{
	for (unsigned h = 0; h < HASHES; h++)
		for (unsigned f = 0; f < RTE_DIM(shard_families); f++)
			naive_swarm_free(&model->swarms[h][f]);
}

static void
model_count(struct model *model, uint32_t torrent, unsigned f, int sign)
{
	const struct naive_swarm *swarm = &model->swarms[torrent][f];

	model->peers += (unsigned)sign * swarm->count;
	model->counts.seeders[shard_families[f]] += (uint64_t)sign * naive_swarm_seeders(swarm);
	model->counts.leechers[shard_families[f]] += (uint64_t)sign * naive_swarm_leechers(swarm);
}

// Stores an announce that is not a stop. Returns its outcome.
static enum shard_outcome
model_store(struct model *model, uint32_t torrent, unsigned f, struct shard_op *op, uint32_t now_s)
{
	struct naive_swarm *swarm = &model->swarms[torrent][f];
	bool peer_known = naive_swarm_find(swarm, op->peer) != NULL;

	if (!model->known[torrent] && model->counts.torrents == model->max_torrents)
		return SHARD_TORRENTS_FULL;
	if (!peer_known && model->peers == model->max_peers)
		return SHARD_PEERS_FULL;
	if (!model->known[torrent]) {
		model->known[torrent] = true;
		model->counts.torrents++;
	}
	model_count(model, torrent, f, -1);
	if (naive_swarm_put(swarm, op->peer, op->seeder, now_s)) {
		model->completed[torrent]++;
		model->counts.completed++;
	}
	model_count(model, torrent, f, 1);
	return SHARD_DONE;
}

static void
model_stop(struct model *model, uint32_t torrent, unsigned f, const struct shard_op *op)
{
	model_count(model, torrent, f, -1);
	naive_swarm_remove(&model->swarms[torrent][f], op->peer);
	model_count(model, torrent, f, 1);
}

// Carries out an op that the shard has carried out, and compares the results.
static void
check_op(struct model *model, uint32_t torrent, struct shard_op *op, uint32_t now_s)
{
	unsigned f = op->family == FAMILY_IPV6;
	struct naive_swarm *swarm = &model->swarms[torrent][f];
	enum shard_outcome expected = SHARD_DONE;
	const char *wrong = NULL;

	if (op->kind == SHARD_ANNOUNCE && op->stopped)
		model_stop(model, torrent, f, op);
	else if (op->kind == SHARD_ANNOUNCE)
		expected = model_store(model, torrent, f, op, now_s);
	assert_int_equal(op->outcome, expected);
	assert_op(
		op,
		naive_swarm_seeders(swarm),
		naive_swarm_leechers(swarm),
		model->known[torrent] ? model->completed[torrent] : 0
	);
	if (op->kind == SHARD_SCRAPE || op->stopped)
		assert_int_equal(op->peer_count, 0);
	else
		wrong = naive_swarm_judge(
			swarm, op->peer, op->seeder, op->num_want, op->peers, op->peer_count
		);
	if (wrong != NULL)
		fail_msg("%s", wrong);
}

static void
model_sweep(struct model *model, uint32_t now_s)
{
	for (uint32_t torrent = 0; torrent < HASHES; torrent++) {
		unsigned left = 0;

		for (unsigned f = 0; f < RTE_DIM(shard_families); f++) {
			model_count(model, torrent, f, -1);
			model->counts.peers_expired +=
				naive_swarm_expire(&model->swarms[torrent][f], now_s, TIMEOUT_S);
			model_count(model, torrent, f, 1);
			left += model->swarms[torrent][f].count;
		}
		if (!model->known[torrent] || left > 0)
			continue;
		model->known[torrent] = false;
		model->completed[torrent] = 0;
		model->counts.torrents--;
		model->counts.torrents_expired++;
	}
}

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
random_burst(struct shard *shard, struct model *model, struct rng *rng, uint32_t now_s)
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
		check_op(model, torrents[i], &ops[i], now_s);
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
	static struct model model;
	uint32_t now_s = 1;

	open_model(&model, max_torrents, max_peers);
	for (unsigned ops = 0; ops < differential_ops();) {
		ops += random_burst(shard, &model, &rng, now_s);
		now_s += rng_below(&rng, 3);
		if (rng_below(&rng, 2000) == 0)
			now_s += TIMEOUT_S; // nearly all peers expire
		if (shard_sweep(shard, EVERYTHING, now_s) > 0)
			model_sweep(&model, now_s);
		assert_memory_equal(shard_counts(shard), &model.counts, sizeof(model.counts));
	}
	assert_true(model.counts.completed > 100);
	assert_true(model.counts.peers_expired > 1000);
	close_model(&model);
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
