// SPDX-License-Identifier: BSD-3-Clause
// Taking operations from a batch.

#pragma once

#include "repository.h"

#include <rte_common.h>
#include <rte_cycles.h>

enum { BATCH_TAKE = 256 }; // operations taken at once: the counter they share costs little

// How many were taken, from *from on; 0: there are no more.
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

// The article's sleep: the thread spins.
static __rte_always_inline void
batch_sleep(const struct batch *batch)
{
	if (unlikely(batch->sleep_ns != 0)) {
		uint64_t end = rte_rdtsc() + rte_get_tsc_hz() * batch->sleep_ns / 1000000000;

		while (rte_rdtsc() < end)
			;
	}
}

// An answer has come. Each thread sums up its own.
static __rte_always_inline void
batch_answer(struct batch *batch, unsigned number, struct counts counts, struct counts *sum)
{
	sum->seeders += counts.seeders;
	sum->leechers += counts.leechers;
	sum->completed += counts.completed;
	if (batch->counts != NULL)
		batch->counts[number] = counts;
}

// A thread has all its answers.
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

// Carries out one operation after another. Inlined, so that upsert is a call the compiler sees.
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
			batch_answer(batch, i, upsert(repository, &batch->requests[i]), &sum);
			batch_sleep(batch);
		}
	}
	batch_finish(batch, &sum);
}
