// SPDX-License-Identifier: BSD-3-Clause
// tests/bench/repository: what is compared in the benchmark does the same work. The same random
// operations give the same counts in every repository, by one thread and by two.

#include "../../lib/base/rng.h"
#include "../bench/repository/repository.h"
#include "../bench/support/crew.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { TORRENTS = 5000, PEERS = 8, OPERATIONS = 40000, THREADS = 2, ROUNDS = 3 };

// The truth, kept as simply as can be.
static struct {
	struct counts counts;
	enum { ABSENT, LEECHER, SEEDER } peers[PEERS];
	bool finished[PEERS];
} model[TORRENTS];

static struct request requests[OPERATIONS];
static struct counts found[OPERATIONS];
static struct counts expected[OPERATIONS];

static void
write_request(struct request *request, uint32_t torrent, uint8_t peer, bool seeder)
{
	*request = (struct request){.peer = {10, 0, 0, peer, 0x1a, 0xe1}, .seeder = seeder};
	// Some differ in their first bytes, some in their last, some in the middle.
	request->info_hash[torrent % 3 * 8] = (uint8_t)(torrent / 3 >> 8);
	request->info_hash[torrent % 3 * 8 + 1] = (uint8_t)(torrent / 3);
	request->info_hash[19] = (uint8_t)(torrent % 3);
}

static struct counts
model_upsert(uint32_t torrent, uint8_t peer, bool seeder)
{
	struct counts *counts = &model[torrent].counts;

	counts->seeders -= model[torrent].peers[peer] == SEEDER;
	counts->leechers -= model[torrent].peers[peer] == LEECHER;
	if (seeder && !model[torrent].finished[peer]) {
		counts->completed += model[torrent].peers[peer] == LEECHER;
		model[torrent].finished[peer] = true;
	}
	model[torrent].peers[peer] = seeder ? SEEDER : LEECHER;
	counts->seeders += seeder;
	counts->leechers += !seeder;
	return *counts;
}

static void
assert_counts(const struct repository_ops *ops, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		if (memcmp(&found[i], &expected[i], sizeof(found[i])) != 0)
			fail_msg(
				"%s, operation %u: %u %u %u, expected %u %u %u",
				ops->name,
				i,
				found[i].seeders,
				found[i].leechers,
				found[i].completed,
				expected[i].seeders,
				expected[i].leechers,
				expected[i].completed
			);
}

static void
run_alone(const struct repository_ops *ops, void *repository, unsigned from, unsigned count)
{
	// On no stack: it is aligned to a cache line.
	static struct batch batch;

	batch = (struct batch){.requests = requests + from, .counts = found + from, .count = count};
	ops->run(repository, 0, &batch);
}

// Popular torrents and rare ones, peers that come, change and come again.
static void
make_random_requests(uint64_t seed)
{
	struct rng rng = {seed};

	memset(model, 0, sizeof(model));
	for (unsigned i = 0; i < OPERATIONS; i++) {
		uint32_t torrent = rng_below(&rng, i % 2 ? TORRENTS : 20);
		uint8_t peer = (uint8_t)rng_below(&rng, PEERS);
		bool seeder = rng_below(&rng, 2);

		write_request(&requests[i], torrent, peer, seeder);
		expected[i] = model_upsert(torrent, peer, seeder);
	}
}

// In pieces of every size, down to a single operation.
static void
run_one_thread(const struct repository_ops *ops)
{
	void *repository = ops->create(1, TORRENTS, TORRENTS * PEERS);
	struct rng rng = {5};

	assert_non_null(repository);
	for (unsigned round = 0; round < ROUNDS; round++) {
		make_random_requests(round);
		for (unsigned at = 0; at < OPERATIONS;) {
			unsigned count = 1 + rng_below(&rng, 300);

			count = RTE_MIN(count, OPERATIONS - at);
			run_alone(ops, repository, at, count);
			at += count;
		}
		assert_counts(ops, 0, OPERATIONS);
		ops->clear(repository, 0);
	}
	ops->destroy(repository);
}

struct together {
	const struct repository_ops *ops;
	void *repository;
	struct batch batch;
};

static void
run_together(void *argument, unsigned thread)
{
	struct together *together = argument;

	together->ops->run(together->repository, thread, &together->batch);
}

static void
clear_together(void *argument, unsigned thread)
{
	struct together *together = argument;

	together->ops->clear(together->repository, thread);
}

// Every peer of every torrent, shuffled; the order does not change where it ends.
static void
make_wave(uint64_t seed, bool seeders)
{
	struct rng rng = {seed};

	for (uint32_t i = 0; i < OPERATIONS; i++) {
		uint32_t other = rng_below(&rng, i + 1);
		uint32_t torrent = i / PEERS;
		uint8_t peer = (uint8_t)(i % PEERS);
		bool seeder = seeders && (torrent + peer) % 3 == 0;

		requests[i] = requests[other];
		write_request(&requests[other], torrent, peer, seeder);
		model_upsert(torrent, peer, seeder);
	}
}

static_assert(OPERATIONS == TORRENTS * PEERS, "a wave is every peer once");

static void
run_wave(struct together *together, struct crew *crew, bool seeders)
{
	make_wave(seeders, seeders);
	together->batch = (struct batch){
		.requests = requests, .counts = found, .count = OPERATIONS, .shared = true};
	crew_run(crew, run_together, together);
}

// What all torrents count after the waves, asked for by a leecher of each that comes once more.
static void
ask_everything(struct together *together, struct crew *crew)
{
	for (uint32_t torrent = 0; torrent < TORRENTS; torrent++) {
		uint8_t peer = torrent % 3 == 0;

		write_request(&requests[torrent], torrent, peer, false);
		expected[torrent] = model_upsert(torrent, peer, false);
	}
	memset(found, 0, sizeof(found));
	together->batch = (struct batch){
		.requests = requests, .counts = found, .count = TORRENTS, .shared = true};
	crew_run(crew, run_together, together);
	assert_counts(together->ops, 0, TORRENTS);
}

static void
run_threads(const struct repository_ops *ops, unsigned threads)
{
	struct crew *crew = crew_create(threads);
	struct together *together = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*together));

	assert_non_null(together);
	*together = (struct together){
		.ops = ops, .repository = ops->create(threads, TORRENTS, TORRENTS * PEERS)};
	assert_non_null(together->repository);
	for (unsigned round = 0; round < ROUNDS; round++) {
		memset(model, 0, sizeof(model));
		run_wave(together, crew, false);
		run_wave(together, crew, true);
		ask_everything(together, crew);
		crew_run(crew, clear_together, together);
	}
	ops->destroy(together->repository);
	free(together);
	crew_free(crew);
}

static void
test_one_thread(void **state)
{
	(void)state;
	for (unsigned i = 0; i < REPOSITORIES; i++)
		run_one_thread(repositories[i]);
}

static void
test_two_threads(void **state)
{
	(void)state;
	for (unsigned i = 0; i < REPOSITORIES; i++)
		run_threads(repositories[i], THREADS);
}

// More threads than most machines that build this have CPUs for.
static void
test_many_threads(void **state)
{
	(void)state;
	run_threads(repositories[0], 5);
}

static int
set_up(void **state)
{
	(void)state;
	test_eal_init();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_thread),
		cmocka_unit_test(test_two_threads),
		cmocka_unit_test(test_many_threads),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
