// SPDX-License-Identifier: BSD-3-Clause

#include "load.h"

#include "../../../lib/base/rng.h"
#include "../../../lib/tracker/steer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
allocate(size_t bytes)
{
	void *memory = malloc(bytes);

	if (memory == NULL) {
		fprintf(stderr, "bench_swarm: out of memory: the load needs %zu MiB\n", bytes >> 20
		);
		exit(EXIT_FAILURE);
	}
	return memory;
}

// Cumulative weights of torrents: a draw is a binary search in them.
static double *
sum_weights(uint32_t torrents, uint32_t peers)
{
	double *sums = allocate(torrents * sizeof(*sums));
	double sum = 0;

	for (uint32_t i = 0; i < torrents; i++) {
		sum += (double)torrents / peers + exp(6.5 - 500.0 * i / torrents);
		sums[i] = sum;
	}
	return sums;
}

static uint32_t
draw(struct rng *rng, const double *sums, uint32_t torrents)
{
	double at = (double)(rng_next(rng) >> 11) / (UINT64_C(1) << 53) * sums[torrents - 1];
	uint32_t low = 0, high = torrents - 1;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (sums[middle] > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

// Sets the torrent of a request. Its info_hash is computed from its number, so none are stored.
static void
name_torrent(struct load_request *request, const struct steer *steer, uint32_t number)
{
	struct rng rng = {number};

	for (unsigned at = 0; at < sizeof(request->info_hash); at += 4) {
		uint32_t word = (uint32_t)rng_next(&rng);

		memcpy(request->info_hash + at, &word, sizeof(word));
	}
	request->hash = (uint32_t)steer_hash(steer, request->info_hash);
}

void
load_make(
	struct load *load,
	uint32_t torrents,
	uint32_t peers,
	enum load_popularity popularity,
	uint32_t stream_len
)
{
	struct siphash_key key = {1, 2};
	struct steer steer;
	struct rng rng = {3};
	double *sums = popularity == LOAD_POPULAR ? sum_weights(torrents, peers) : NULL;

	steer_init(&steer, &key, 1);
	*load = (struct load){.torrents = torrents, .peers = peers, .stream_len = stream_len};
	load->each = allocate(peers * sizeof(*load->each));
	load->stream = allocate(stream_len * sizeof(*load->stream));
	for (uint32_t i = 0; i < peers; i++) {
		struct load_request *request = &load->each[i];
		uint32_t torrent = sums == NULL ? i % torrents : draw(&rng, sums, torrents);

		name_torrent(request, &steer, torrent);
		memcpy(request->peer, &i, sizeof(i)); // distinct addresses
		request->peer[4] = 0x1a;
		request->peer[5] = 0xe1;
		request->seeder = rng_below(&rng, 4) != 0;
	}
	for (uint32_t i = 0; i < stream_len; i++)
		load->stream[i] = load->each[rng_below(&rng, peers)];
	free(sums);
}

void
load_free(struct load *load)
{
	free(load->each);
	free(load->stream);
}

// The address and UDP port of a peer, as in replies.
static void
set_peer(struct shard_op *op, enum family family, const struct load_request *request)
{
	static const uint8_t ipv6[SHARD_PEER_BYTES_MAX] = {[0] = 0x20, [1] = 0x01, [15] = 1};

	if (family == FAMILY_IPV4) {
		memcpy(op->peer, request->peer, sizeof(request->peer));
		return;
	}
	memcpy(op->peer, ipv6, sizeof(ipv6));
	memcpy(op->peer + 4, request->peer, 4); // the network
	memcpy(op->peer + 16, request->peer + 4, 2);
}

void
load_ops(
	const struct load_request *requests,
	enum family family,
	struct shard_op *ops,
	unsigned count
)
{
	static uint8_t replies[LOAD_TURN][LOAD_NUM_WANT * SHARD_PEER_BYTES_MAX + SHARD_OUT_SPARE];
	static const uint8_t detail[SHARD_DETAIL_BYTES];

	for (unsigned i = 0; i < count; i++) {
		struct shard_op *op = &ops[i];

		op->info_hash = requests[i].info_hash;
		op->peers = replies[i];
		op->detail = detail;
		op->hash = requests[i].hash;
		op->kind = SHARD_ANNOUNCE;
		op->family = family;
		op->event = 0;
		op->stopped = false;
		op->seeder = requests[i].seeder;
		op->num_want = LOAD_NUM_WANT;
		set_peer(op, family, &requests[i]);
	}
}
