// SPDX-License-Identifier: BSD-3-Clause

#include "workloads.h"

#include "../../../lib/base/rng.h"
#include "memory.h"

#include <rte_byteorder.h>
#include <rte_cycles.h>

#include <string.h>

const struct workload_info workload_infos[WORKLOADS] = {
	[ADD_ONE] = {"add_one", "add_one_torrent", 1},
	[UPDATE_ONE] = {"update_one", "update_one_torrent_in_parallel", WORKLOAD_OPERATIONS},
	[ADD_MULTIPLE] = {"add_multiple", "add_multiple_torrents_in_parallel", WORKLOAD_OPERATIONS},
	[UPDATE_MULTIPLE] =
		{"update_multiple", "update_multiple_torrents_in_parallel", WORKLOAD_OPERATIONS},
};

struct run {
	const struct repository_ops *ops;
	void *repository;
	struct batch batch;
};

// As in the article: info_hashes are a counter in four bytes, then zeros, shuffled; the peer is
// 127.0.0.1:8080.
static struct request *
create_requests(unsigned count, bool distinct)
{
	static const uint8_t peer[PEER_BYTES] = {127, 0, 0, 1, 8080 >> 8, 8080 & 0xff};
	struct request *requests = memory_get(count, sizeof(*requests));
	struct rng rng = {1};

	for (uint32_t i = 0; i < count; i++) {
		uint32_t other = rng_below(&rng, i + 1);
		rte_le32_t number = rte_cpu_to_le_32(distinct ? i : 0);

		requests[i] = requests[other];
		memset(&requests[other], 0, sizeof(requests[other]));
		memcpy(requests[other].info_hash, &number, sizeof(number));
		memcpy(requests[other].peer, peer, PEER_BYTES);
		requests[other].seeder = true;
	}
	return requests;
}

static void
run_batch(void *argument, unsigned thread)
{
	struct run *run = argument;

	run->ops->run(run->repository, thread, &run->batch);
}

static void
clear(void *argument, unsigned thread)
{
	struct run *run = argument;

	run->ops->clear(run->repository, thread);
}

// In every workload each torrent has one seeder, so the sum of seeders is the number of operations.
static void
check(const struct run *run)
{
	if (run->batch.sum.seeders == run->batch.count)
		return;
	fprintf(stderr, "bench_repository: %s returns wrong counts\n", run->ops->name);
	exit(EXIT_FAILURE);
}

static uint64_t
sample_parallel(struct run *run, struct crew *crew)
{
	uint64_t ns;

	run->batch.next = 0;
	run->batch.sum = (struct counts){0};
	ns = crew_run(crew, run_batch, run);
	check(run);
	return ns;
}

// The first run fills the repository and warms caches, on the threads that use it afterwards.
static void
run_parallel(
	enum workload workload,
	struct run *run,
	struct crew *crew,
	unsigned count,
	struct samples *samples
)
{
	sample_parallel(run, crew);
	for (unsigned i = 0; i < count; i++) {
		if (workload == ADD_MULTIPLE)
			crew_run(crew, clear, run);
		samples_add(samples, (double)sample_parallel(run, crew));
	}
}

// Cost of reading the cycle counter, in cycles.
static uint64_t
clock_cycles(void)
{
	uint64_t min = UINT64_MAX;

	for (unsigned i = 0; i < 1000; i++) {
		uint64_t start = rte_rdtsc_precise();

		min = RTE_MIN(min, rte_rdtsc_precise() - start);
	}
	return min;
}

static void
run_add_one(struct run *run, unsigned count, struct samples *samples)
{
	double ns_per_cycle = 1e9 / (double)rte_get_tsc_hz();
	uint64_t clock = clock_cycles();

	run->batch.count = 1;
	for (unsigned i = 0; i < count; i++) {
		run->batch.next = 0;
		uint64_t start = rte_rdtsc_precise();

		run->ops->run(run->repository, 0, &run->batch);
		uint64_t cycles = rte_rdtsc_precise() - start;

		samples_add(samples, (double)(cycles - RTE_MIN(cycles, clock)) * ns_per_cycle);
		check(run);
		run->ops->clear(run->repository, 0);
	}
}

void
workload_run(
	enum workload workload,
	const struct repository_ops *ops,
	struct crew *crew,
	unsigned threads,
	unsigned sleep_ns,
	unsigned count,
	struct samples *samples
)
{
	bool distinct = workload == ADD_MULTIPLE || workload == UPDATE_MULTIPLE;
	unsigned torrents = distinct ? WORKLOAD_OPERATIONS : 1;
	struct request *requests = create_requests(WORKLOAD_OPERATIONS, distinct);
	struct run *run = memory_checked(aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*run)));

	if (workload == ADD_ONE)
		threads = 1;
	*run = (struct run){
		.ops = ops,
		.repository = memory_checked(ops->create(threads, torrents, torrents)),
		.batch =
			{
				.requests = requests,
				.count = WORKLOAD_OPERATIONS,
				.sleep_ns = sleep_ns,
				.shared = threads > 1,
			},
	};
	if (workload == ADD_ONE)
		run_add_one(run, count, samples);
	else
		run_parallel(workload, run, crew, count, samples);
	ops->destroy(run->repository);
	free(run);
	free(requests);
}
