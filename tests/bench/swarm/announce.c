// SPDX-License-Identifier: BSD-3-Clause

#include "announce.h"

#include "store.h"

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_hash.h>

#include <stdlib.h>

enum {
	PEERS_PER_TORRENT = 2,
	STREAM = 1 << 19,
	ROUNDS_MAX = 64,
};

struct round {
	double lookups; // per second
	double announces;
};

static double
per_second(uint64_t cycles)
{
	return (double)STREAM * (double)rte_get_tsc_hz() / (double)cycles;
}

static double
time_lookups(const struct shard *shard, const struct load *load)
{
	const struct rte_hash *index = shard_index(shard);
	const void *keys[SHARD_BURST];
	hash_sig_t hashes[SHARD_BURST];
	int32_t positions[SHARD_BURST];
	uint64_t from = rte_rdtsc();

	for (uint32_t at = 0; at < STREAM; at += SHARD_BURST) {
		for (unsigned i = 0; i < SHARD_BURST; i++) {
			keys[i] = load->stream[at + i].info_hash;
			hashes[i] = load->stream[at + i].hash;
		}
		rte_hash_lookup_with_hash_bulk(index, keys, hashes, SHARD_BURST, positions);
	}
	return per_second(rte_rdtsc() - from);
}

static double
time_announces(struct shard *shard, const struct load *load, enum family family, uint32_t now_s)
{
	struct shard_op ops[LOAD_TURN];
	uint64_t from = rte_rdtsc();

	for (uint32_t at = 0; at < STREAM; at += LOAD_TURN) {
		load_ops(load->stream + at, family, ops, LOAD_TURN);
		shard_process(shard, ops, LOAD_TURN, now_s);
	}
	return per_second(rte_rdtsc() - from);
}

static int
by_ratio(const void *one, const void *other)
{
	const struct round *a = one, *b = other;
	double left = a->announces / a->lookups, right = b->announces / b->lookups;

	return (left > right) - (left < right);
}

void
announce_measure(const struct announce_case *what, unsigned rounds, struct bench_report *report)
{
	struct round round[ROUNDS_MAX];
	struct load load;

	rounds = RTE_MIN(rounds, (unsigned)ROUNDS_MAX);
	load_make(
		&load, what->torrents, what->torrents * PEERS_PER_TORRENT, what->popularity, STREAM
	);
	struct shard *shard = store_create(what->torrents, load.peers, what->family, what->detail);

	store_fill(shard, &load, what->family, 1);
	for (unsigned i = 0; i < rounds; i++) {
		round[i].lookups = time_lookups(shard, &load);
		round[i].announces = time_announces(shard, &load, what->family, 2 + i);
	}
	qsort(round, rounds, sizeof(round[0]), by_ratio);
	const struct round *median = &round[rounds / 2];

	bench_report_add(
		report,
		&(struct bench_row){
			.name = what->name,
			.metric = "rate",
			.unit = "announces/s",
			.value = median->announces,
			.baseline = median->lookups,
			.ratio = median->announces / median->lookups,
		}
	);
	shard_free(shard);
	load_free(&load);
}
