// SPDX-License-Identifier: BSD-3-Clause

#include "shard_model.h"

#include "cmocka_wrap.h"

#include <rte_common.h>

#include <string.h>

void
shard_model_open(struct shard_model *model, uint32_t max_torrents, uint32_t max_peers)
{
	*model = (struct shard_model){.max_torrents = max_torrents, .max_peers = max_peers};
	for (unsigned h = 0; h < SHARD_MODEL_TORRENTS; h++)
		for (unsigned f = 0; f < RTE_DIM(shard_families); f++)
			naive_swarm_init(
				&model->swarms[h][f], shard_families[f] == FAMILY_IPV4 ? 6 : 18
			);
}

void
shard_model_close(struct shard_model *model)
{
	for (unsigned h = 0; h < SHARD_MODEL_TORRENTS; h++)
		for (unsigned f = 0; f < RTE_DIM(shard_families); f++)
			naive_swarm_free(&model->swarms[h][f]);
}

void
shard_model_reopen(struct shard_model *model, uint32_t max_torrents, uint32_t max_peers)
{
	for (unsigned h = 0; h < SHARD_MODEL_TORRENTS; h++)
		for (unsigned f = 0; f < RTE_DIM(shard_families); f++)
			naive_swarm_clear(&model->swarms[h][f]);
	memset(model->known, 0, sizeof(model->known));
	memset(model->completed, 0, sizeof(model->completed));
	model->max_torrents = max_torrents;
	model->max_peers = max_peers;
	model->counts = (struct shard_counts){0};
	model->peers = 0;
}

static void
model_count(struct shard_model *model, uint32_t torrent, unsigned f, int sign)
{
	const struct naive_swarm *swarm = &model->swarms[torrent][f];

	model->peers += (unsigned)sign * swarm->count;
	model->counts.seeders[shard_families[f]] += (uint64_t)sign * naive_swarm_seeders(swarm);
	model->counts.leechers[shard_families[f]] += (uint64_t)sign * naive_swarm_leechers(swarm);
}

// Stores an announce that is not a stop. Returns its outcome.
static enum shard_outcome
model_store(
	struct shard_model *model,
	uint32_t torrent,
	unsigned f,
	struct shard_op *op,
	uint32_t now_s
)
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
model_stop(struct shard_model *model, uint32_t torrent, unsigned f, const struct shard_op *op)
{
	model_count(model, torrent, f, -1);
	naive_swarm_remove(&model->swarms[torrent][f], op->peer);
	model_count(model, torrent, f, 1);
}

void
shard_model_check(struct shard_model *model, uint32_t torrent, struct shard_op *op, uint32_t now_s)
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

void
shard_model_sweep(struct shard_model *model, uint32_t now_s)
{
	for (uint32_t torrent = 0; torrent < SHARD_MODEL_TORRENTS; torrent++) {
		unsigned left = 0;

		if (!model->known[torrent]) // it has no peers
			continue;
		for (unsigned f = 0; f < RTE_DIM(shard_families); f++) {
			model_count(model, torrent, f, -1);
			model->counts.peers_expired +=
				naive_swarm_expire(&model->swarms[torrent][f], now_s, TIMEOUT_S);
			model_count(model, torrent, f, 1);
			left += model->swarms[torrent][f].count;
		}
		if (left > 0)
			continue;
		model->known[torrent] = false;
		model->completed[torrent] = 0;
		model->counts.torrents--;
		model->counts.torrents_expired++;
	}
}
