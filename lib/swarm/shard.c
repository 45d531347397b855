// SPDX-License-Identifier: BSD-3-Clause

#include "shard.h"

#include "arena.h"
#include "swarm.h"

#include <rte_errno.h>
#include <rte_hash.h>
#include <rte_malloc.h>
#include <rte_prefetch.h>

#include <string.h>

enum {
	INFO_HASH_BYTES = 20,
	SWEEPS_PER_TIMEOUT = 16,
	// Blocks double, so the worst swarm fills a little over half of its block.
	ARENA_SLACK = 2,
};

// The families that have swarms, as indices of torrent.swarms.
enum { SWARM_IPV4, SWARM_IPV6, SWARMS };

struct torrent {
	struct swarm swarms[SWARMS];
	uint32_t hash;
	uint32_t completed;
	uint8_t info_hash[INFO_HASH_BYTES]; // the index finds keys by their hash, not by position
	bool used;
} __rte_cache_aligned;

// Where the sweep goes on.
struct cursor {
	uint32_t torrent;
	uint32_t peer;
	uint8_t swarm;
	bool resting; // until next_s
	uint32_t next_s;
};

struct shard {
	struct rte_hash *index; // info_hash -> position in torrents
	struct torrent *torrents;
	struct arena arena;
	struct rng rng;
	struct cursor cursor;
	struct shard_config config;
	struct shard_counts counts;
	uint32_t peers; // of both families
};

static uint32_t
arena_units(const struct shard_config *config)
{
	uint64_t bytes = (uint64_t)config->max_peers * swarm_peer_bytes(FAMILY_IPV6) * ARENA_SLACK;

	// A torrent with one peer takes a unit, whatever its size.
	return (uint32_t
	)(bytes / ARENA_UNIT_BYTES + RTE_MIN(config->max_torrents, config->max_peers));
}

size_t
shard_memory_bytes(const struct shard_config *config)
{
	size_t slots = rte_align64pow2((uint64_t)config->max_torrents + 1);
	size_t index = slots * (32 + 8 + 4) + slots / 8 * 64 + slots * 4; // keys, buckets, rings

	return sizeof(struct shard) + index + config->max_torrents * sizeof(struct torrent)
		+ arena_memory_bytes(arena_units(config));
}

static struct rte_hash *
create_index(const struct shard_config *config)
{
	// The hash always comes with the key; this function is never called by rte_hash.
	struct rte_hash_parameters parameters = {
		.name = config->name,
		.entries = RTE_MAX(config->max_torrents, 8u), // rte_hash wants a bucket at least
		.key_len = INFO_HASH_BYTES,
		.socket_id = config->socket,
		.extra_flag =
			RTE_HASH_EXTRA_FLAGS_EXT_TABLE, // so that no insert fails below entries
	};

	return rte_hash_create(&parameters);
}

struct shard *
shard_create(const struct shard_config *config)
{
	struct shard *shard;
	uint32_t units = arena_units(config);
	void *arena;

	shard = rte_zmalloc_socket("shard", sizeof(*shard), RTE_CACHE_LINE_SIZE, config->socket);
	if (shard == NULL)
		goto no_memory;
	shard->config = *config;
	shard->config.name = NULL; // the caller's
	shard->rng.state = config->seed;
	shard->index = create_index(config);
	if (shard->index == NULL)
		goto free_shard;
	shard->torrents = rte_zmalloc_socket(
		"torrents",
		RTE_MAX(config->max_torrents, 8u) * sizeof(struct torrent),
		RTE_CACHE_LINE_SIZE,
		config->socket
	);
	if (shard->torrents == NULL)
		goto free_index;
	arena = rte_zmalloc_socket(
		"peers", arena_memory_bytes(units), ARENA_UNIT_BYTES, config->socket
	);
	if (arena == NULL)
		goto free_torrents;
	arena_init(&shard->arena, arena, units);
	return shard;

free_torrents:
	rte_free(shard->torrents);
free_index:
	rte_hash_free(shard->index);
free_shard:
	rte_free(shard);
no_memory:
	rte_errno = ENOMEM;
	return NULL;
}

void
shard_free(struct shard *shard)
{
	if (shard == NULL)
		return;
	rte_free(shard->arena.units);
	rte_free(shard->torrents);
	rte_hash_free(shard->index);
	rte_free(shard);
}

const struct shard_counts *
shard_counts(const struct shard *shard)
{
	return &shard->counts;
}

static struct swarm *
swarm_of(struct torrent *torrent, enum family family)
{
	return &torrent->swarms[family == FAMILY_IPV4 ? SWARM_IPV4 : SWARM_IPV6];
}

// Keeps the shard's sums right around a change of one swarm.
static void
count_swarm(struct shard *shard, const struct swarm *swarm, enum family family, int sign)
{
	shard->counts.seeders[family] += (int64_t)sign * swarm->seeders;
	shard->counts.leechers[family] += (int64_t)sign * swarm->leechers;
}

// Full of peers, a new torrent would stay empty: none is made.
static struct torrent *
add_torrent(struct shard *shard, struct shard_op *op)
{
	op->outcome = SHARD_TORRENTS_FULL;
	if (shard->counts.torrents >= shard->config.max_torrents)
		return NULL;
	if (shard->peers >= shard->config.max_peers) {
		op->outcome = SHARD_PEERS_FULL;
		return NULL;
	}
	int32_t position = rte_hash_add_key_with_hash(shard->index, op->info_hash, op->hash);

	if (position < 0)
		return NULL;
	struct torrent *torrent = &shard->torrents[position];

	op->outcome = SHARD_DONE;
	if (!torrent->used) {
		*torrent = (struct torrent){.hash = op->hash, .used = true};
		memcpy(torrent->info_hash, op->info_hash, INFO_HASH_BYTES);
		shard->counts.torrents++;
	}
	return torrent;
}

// Finds or adds the asker and brings it up to date. Its index, or SWARM_NO_PEER.
static uint32_t
upsert_peer(
	struct shard *shard,
	struct torrent *torrent,
	struct swarm *swarm,
	struct shard_op *op,
	uint32_t now_s
)
{
	uint32_t peer = swarm_find(swarm, &shard->arena, op->family, op->peer);
	bool finished;

	if (peer == SWARM_NO_PEER) {
		if (shard->peers < shard->config.max_peers)
			peer = swarm_add(
				swarm, &shard->arena, op->family, op->peer, op->seeder, now_s
			);
		if (peer == SWARM_NO_PEER)
			op->outcome = SHARD_PEERS_FULL;
		else
			shard->peers++;
		return peer;
	}
	peer = swarm_touch(swarm, &shard->arena, op->family, peer, op->seeder, now_s, &finished);
	if (finished) {
		torrent->completed++;
		shard->counts.completed++;
	}
	return peer;
}

static void
remove_peer(struct shard *shard, struct swarm *swarm, enum family family, uint32_t peer)
{
	swarm_remove(swarm, &shard->arena, family, peer);
	shard->peers--;
}

static void
read_counts(const struct torrent *torrent, const struct swarm *swarm, struct shard_op *op)
{
	op->seeders = swarm->seeders;
	op->leechers = swarm->leechers;
	op->completed = torrent->completed;
}

static void
announce(struct shard *shard, struct torrent *torrent, struct shard_op *op, uint32_t now_s)
{
	if (torrent == NULL && !op->stopped)
		torrent = add_torrent(shard, op);
	if (torrent == NULL)
		return;
	struct swarm *swarm = swarm_of(torrent, op->family);
	uint32_t asker;

	count_swarm(shard, swarm, op->family, -1);
	if (op->stopped) {
		asker = swarm_find(swarm, &shard->arena, op->family, op->peer);
		if (asker != SWARM_NO_PEER)
			remove_peer(shard, swarm, op->family, asker);
	} else {
		asker = upsert_peer(shard, torrent, swarm, op, now_s);
		op->peer_count = swarm_select(
			swarm,
			&shard->arena,
			op->family,
			asker,
			op->seeder,
			op->num_want,
			&shard->rng,
			op->peers
		);
	}
	count_swarm(shard, swarm, op->family, 1);
	read_counts(torrent, swarm, op);
}

static void
process_one(struct shard *shard, struct torrent *torrent, struct shard_op *op, uint32_t now_s)
{
	op->outcome = SHARD_DONE;
	op->seeders = op->leechers = op->completed = 0;
	op->peer_count = 0;
	if (op->kind == SHARD_ANNOUNCE)
		announce(shard, torrent, op, now_s);
	else if (torrent != NULL)
		read_counts(torrent, swarm_of(torrent, op->family), op);
}

// Looks up a burst at once and fetches its torrents. Those not found are asked for again in
// their turn, because an op before them may have brought them.
static void
find_burst(struct shard *shard, struct shard_op *ops, unsigned count, int32_t *positions)
{
	const void *keys[SHARD_BURST];
	hash_sig_t hashes[SHARD_BURST];

	for (unsigned i = 0; i < count; i++) {
		keys[i] = ops[i].info_hash;
		hashes[i] = ops[i].hash;
	}
	rte_hash_lookup_with_hash_bulk(shard->index, keys, hashes, count, positions);
	for (unsigned i = 0; i < count; i++)
		if (positions[i] >= 0)
			rte_prefetch0(&shard->torrents[positions[i]]);
}

static struct torrent *
find_one(struct shard *shard, const struct shard_op *op)
{
	int32_t position = rte_hash_lookup_with_hash(shard->index, op->info_hash, op->hash);

	return position < 0 ? NULL : &shard->torrents[position];
}

static void
process_burst(struct shard *shard, struct shard_op *ops, unsigned count, uint32_t now_s)
{
	int32_t positions[SHARD_BURST];
	uint64_t torrents = shard->counts.torrents;

	find_burst(shard, ops, count, positions);
	for (unsigned i = 0; i < count; i++) {
		struct torrent *torrent = NULL;

		if (positions[i] >= 0)
			torrent = &shard->torrents[positions[i]];
		else if (shard->counts.torrents != torrents)
			torrent = find_one(shard, &ops[i]);
		process_one(shard, torrent, &ops[i], now_s);
	}
}

void
shard_process(struct shard *shard, struct shard_op *ops, unsigned count, uint32_t now_s)
{
	for (unsigned at = 0; at < count; at += SHARD_BURST)
		process_burst(shard, ops + at, RTE_MIN(count - at, (unsigned)SHARD_BURST), now_s);
}

static void
forget_torrent(struct shard *shard, uint32_t position)
{
	struct torrent *torrent = &shard->torrents[position];

	rte_hash_del_key_with_hash(shard->index, torrent->info_hash, torrent->hash);
	torrent->used = false;
	shard->counts.torrents--;
	shard->counts.torrents_expired++;
}

// Looks at peers of one swarm from the cursor on. A peer that goes is replaced by a later one, so
// the cursor stays where it is. Returns how many it looked at.
static unsigned
sweep_swarm(struct shard *shard, struct torrent *torrent, unsigned budget, uint32_t now_s)
{
	struct cursor *cursor = &shard->cursor;
	struct swarm *swarm = &torrent->swarms[cursor->swarm];
	enum family family = cursor->swarm == SWARM_IPV4 ? FAMILY_IPV4 : FAMILY_IPV6;
	unsigned looked = 0;

	count_swarm(shard, swarm, family, -1);
	for (; looked < budget && cursor->peer < swarm_peers(swarm); looked++) {
		uint32_t seen_s = swarm_seen_s(swarm, &shard->arena, family, cursor->peer);

		if (now_s - seen_s <= shard->config.peer_timeout_s) {
			cursor->peer++;
			continue;
		}
		remove_peer(shard, swarm, family, cursor->peer);
		shard->counts.peers_expired++;
	}
	count_swarm(shard, swarm, family, 1);
	return looked;
}

// One torrent, or as much of it as the budget allows; *done when the cursor may go on.
static unsigned
sweep_torrent(struct shard *shard, unsigned budget, uint32_t now_s, bool *done)
{
	struct cursor *cursor = &shard->cursor;
	struct torrent *torrent = &shard->torrents[cursor->torrent];
	unsigned looked = 1;

	*done = true;
	if (!torrent->used)
		return looked;
	for (; cursor->swarm < SWARMS; cursor->swarm++) {
		looked += sweep_swarm(shard, torrent, budget, now_s);
		if (cursor->peer < swarm_peers(&torrent->swarms[cursor->swarm])) {
			*done = false;
			return looked;
		}
		cursor->peer = 0;
		budget = looked < budget ? budget - looked : 1;
	}
	if (swarm_peers(&torrent->swarms[SWARM_IPV4]) + swarm_peers(&torrent->swarms[SWARM_IPV6])
	    == 0)
		forget_torrent(shard, cursor->torrent);
	return looked;
}

unsigned
shard_sweep(struct shard *shard, unsigned budget, uint32_t now_s)
{
	struct cursor *cursor = &shard->cursor;
	unsigned looked = 0;

	if (cursor->resting) {
		if (now_s < cursor->next_s)
			return 0;
		cursor->resting = false;
	}
	if (cursor->torrent == 0 && cursor->swarm == 0 && cursor->peer == 0)
		cursor->next_s = now_s + 1 + shard->config.peer_timeout_s / SWEEPS_PER_TIMEOUT;
	while (looked < budget) {
		bool done;

		looked += sweep_torrent(shard, budget - looked, now_s, &done);
		if (!done)
			break;
		cursor->swarm = 0;
		cursor->peer = 0;
		if (++cursor->torrent == RTE_MAX(shard->config.max_torrents, 8u)) {
			cursor->torrent = 0;
			cursor->resting = true;
			break;
		}
	}
	return looked;
}
