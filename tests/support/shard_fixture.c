// SPDX-License-Identifier: BSD-3-Clause

#include "shard_fixture.h"

#include "cmocka_wrap.h"

#include <rte_memory.h>

#include <stdio.h>
#include <string.h>

const enum family shard_families[2] = {FAMILY_IPV4, FAMILY_IPV6};

uint8_t shard_replies[BURST_MAX][REPLY_BYTES];

struct shard *
make_shard_with(uint32_t max_torrents, uint32_t max_peers, bool detail)
{
	static unsigned number;
	char name[20];
	struct shard_config config = {
		.name = name,
		.socket = SOCKET_ID_ANY,
		.max_torrents = max_torrents,
		.max_peers = max_peers,
		.max_peers_ipv6 = max_peers,
		.peer_timeout_s = TIMEOUT_S,
		.detail = detail,
		.seed = ++number,
	};

	snprintf(name, sizeof(name), "test_%u", number);
	struct shard *shard = shard_create(&config);

	assert_non_null(shard);
	return shard;
}

struct shard *
make_shard(uint32_t max_torrents, uint32_t max_peers)
{
	return make_shard_with(max_torrents, max_peers, false);
}

const uint8_t *
detail_of(uint32_t peer)
{
	static uint8_t details[BURST_MAX][SHARD_DETAIL_BYTES];
	static unsigned next;
	uint8_t *detail = details[next++ % BURST_MAX];

	for (unsigned at = 0; at < SHARD_DETAIL_BYTES; at += sizeof(peer))
		memcpy(detail + at, &peer, sizeof(peer));
	return detail;
}

static const uint8_t *
info_hash_of(uint32_t torrent)
{
	static uint8_t hashes[BURST_MAX][20];
	static unsigned next;
	uint8_t *hash = hashes[next++ % BURST_MAX];

	memset(hash, 0x5a, 20);
	memcpy(hash, &torrent, sizeof(torrent));
	return hash;
}

struct shard_op
make_op(enum shard_op_kind kind, enum family family, uint32_t torrent, uint32_t peer)
{
	struct shard_op op = {
		.info_hash = info_hash_of(torrent),
		.peers = shard_replies[0],
		.detail = kind == SHARD_ANNOUNCE ? detail_of(peer) : NULL,
		.hash = torrent * UINT32_C(2654435761),
		.kind = (uint8_t)kind,
		.family = (uint8_t)family,
		.num_want = 50,
	};

	memset(op.peer, 0xa5, sizeof(op.peer));
	memcpy(op.peer, &peer, sizeof(peer));
	return op;
}

struct shard_op
announce_op(enum family family, uint32_t torrent, uint32_t peer, enum event event)
{
	struct shard_op op = make_op(SHARD_ANNOUNCE, family, torrent, peer);

	op.seeder = event == SEED;
	op.stopped = event == STOP;
	return op;
}

struct shard_op
announce(
	struct shard *shard,
	enum family family,
	uint32_t torrent,
	uint32_t peer,
	enum event event,
	uint32_t now_s
)
{
	struct shard_op op = announce_op(family, torrent, peer, event);

	shard_process(shard, &op, 1, now_s);
	return op;
}

struct shard_op
scrape(struct shard *shard, enum family family, uint32_t torrent)
{
	struct shard_op op = make_op(SHARD_SCRAPE, family, torrent, 0);

	shard_process(shard, &op, 1, 1);
	return op;
}

void
assert_op(const struct shard_op *op, uint32_t seeders, uint32_t leechers, uint32_t completed)
{
	assert_int_equal(op->seeders, seeders);
	assert_int_equal(op->leechers, leechers);
	if (op->kind == SHARD_SCRAPE)
		assert_int_equal(op->completed, completed);
	else // of its family
		assert_in_range(op->completed, 0, completed);
}

uint64_t
shard_peers(const struct shard *shard)
{
	const struct shard_counts *counts = shard_counts(shard);
	uint64_t peers = 0;

	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		peers += counts->seeders[f] + counts->leechers[f];
	return peers;
}

unsigned
shard_sweep_all(struct shard *shard, unsigned budget, uint32_t now_s)
{
	unsigned sum = 0;
	unsigned looked;

	while ((looked = shard_sweep(shard, budget, now_s)) > 0) {
		assert_true(looked <= budget + 3);
		sum += looked;
		assert_true(sum < EVERYTHING);
	}
	return sum;
}
