// SPDX-License-Identifier: BSD-3-Clause
// Fast path of a worker lcore: jobs of several io lcores that are served together. The more io lcores there are, the
// fewer jobs each of them has for a worker at a time; a shard is fast if it gets many at once.

#pragma once

#include "loops.h"

struct batch {
	struct job jobs[LOOP_JOBS];
	unsigned count;
	struct {
		struct ring_responder *link; // where the jobs came from
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

// The slots of all links may be in the caches of io lcores.
static inline void
batch_prefetch(const struct ring_responder *links, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		ring_prefetch_request(&links[i]);
}

// Adds up to `max` jobs of a link.
static inline unsigned
batch_gather(struct batch *batch, struct ring_responder *link, unsigned max)
{
	unsigned room = RTE_MIN(max, LOOP_JOBS - batch->count);
	unsigned count = ring_take_requests(link, &batch->jobs[batch->count], room);

	if (count > 0) {
		batch->parts[batch->part_count].link = link;
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

		ring_give(batch->parts[i].link, jobs, count);
		jobs += count;
	}
	batch_start(batch);
}
