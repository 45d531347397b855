// SPDX-License-Identifier: BSD-3-Clause
// Fast path of a worker lcore: jobs of several io lcores that are served together. The more io lcores there are, the
// fewer jobs each of them has for a worker at a time; a shard is fast if it gets many at once.

#pragma once

#include "loops.h"

struct batch {
	struct job jobs[LOOP_JOBS];
	unsigned count;
	struct {
		struct rte_ring *replies; // where the jobs go back to
		unsigned count; // of the jobs, in their order
	} parts[LOOP_JOBS];
	unsigned part_count;
};

static inline void
batch_start(struct batch *batch)
{
	batch->count = 0;
	batch->part_count = 0;
}

static inline bool
batch_is_full(const struct batch *batch)
{
	return batch->count == LOOP_JOBS;
}

// Adds up to `max` jobs of a link, but no more than fit in its return ring. Others wait in the request ring, the only
// place where a request can be dropped.
static inline unsigned
batch_gather(struct batch *batch, const struct worker_link *link, unsigned max)
{
	unsigned room = RTE_MIN(max, (unsigned)LOOP_JOBS - batch->count);
	unsigned count = rte_ring_sc_dequeue_burst_elem(
		link->requests,
		&batch->jobs[batch->count],
		sizeof(struct job),
		RTE_MIN(rte_ring_free_count(link->replies), room),
		NULL
	);

	if (count > 0) {
		batch->parts[batch->part_count].replies = link->replies;
		batch->parts[batch->part_count++].count = count;
		batch->count += count;
	}
	return count;
}

// Returns all jobs to the links that they came from.
static inline void
batch_give_back(struct batch *batch)
{
	const struct job *jobs = batch->jobs;

	for (unsigned i = 0; i < batch->part_count; i++) {
		unsigned count = batch->parts[i].count;

		rte_ring_sp_enqueue_burst_elem(
			batch->parts[i].replies, jobs, sizeof(struct job), count, NULL
		);
		jobs += count;
	}
	batch_start(batch);
}
