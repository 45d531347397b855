// SPDX-License-Identifier: BSD-3-Clause
// Execution of the operations of a batch by several threads.

#pragma once

#include "repository.h"

#include <rte_common.h>
#include <rte_cycles.h>

enum { BATCH_TAKE = 256 }; // operations taken at once, to keep the cost of the shared counter low

// Takes operations; returns their number, and the first one in *from. 0: none are left.
static __rte_always_inline unsigned
batch_take(struct batch *batch, unsigned *from)
{
	if (batch->shared) {
		if (__atomic_load_n(&batch->next, __ATOMIC_RELAXED) >= batch->count)
			return 0;
		*from = __atomic_fetch_add(&batch->next, BATCH_TAKE, __ATOMIC_RELAXED);
	} else {
		*from = batch->next;
		batch->next += BATCH_TAKE;
	}
	return *from < batch->count ? RTE_MIN(batch->count - *from, (unsigned)BATCH_TAKE) : 0;
}

// The sleep of the article: a busy wait.
static __rte_always_inline void
batch_sleep(const struct batch *batch)
{
	if (unlikely(batch->sleep_ns != 0)) {
		uint64_t end = rte_rdtsc() + rte_get_tsc_hz() * batch->sleep_ns / 1000000000;

		while (rte_rdtsc() < end)
			;
	}
}

// Records the counts of one operation. Each thread has its own sum.
static __rte_always_inline void
batch_record(struct batch *batch, unsigned number, struct counts counts, struct counts *sum)
{
	sum->seeders += counts.seeders;
	sum->leechers += counts.leechers;
	sum->completed += counts.completed;
	if (batch->counts != NULL)
		batch->counts[number] = counts;
}

// Adds the sum of a thread to that of the batch.
static __rte_always_inline void
batch_finish(struct batch *batch, const struct counts *sum)
{
	if (!batch->shared) {
		batch->sum = *sum;
		return;
	}
	__atomic_fetch_add(&batch->sum.seeders, sum->seeders, __ATOMIC_RELAXED);
	__atomic_fetch_add(&batch->sum.leechers, sum->leechers, __ATOMIC_RELAXED);
	__atomic_fetch_add(&batch->sum.completed, sum->completed, __ATOMIC_RELAXED);
}

// Executes one operation after another. Inlined, so that the call of upsert is a direct one.
static __rte_always_inline void
batch_run_each(
	struct batch *batch,
	void *repository,
	struct counts (*upsert)(void *repository, const struct request *request)
)
{
	struct counts sum = {0};
	unsigned from, count;

	while ((count = batch_take(batch, &from)) > 0) {
		for (unsigned i = from; i < from + count; i++) {
			batch_record(batch, i, upsert(repository, &batch->requests[i]), &sum);
			batch_sleep(batch);
		}
	}
	batch_finish(batch, &sum);
}
