// SPDX-License-Identifier: BSD-3-Clause

#include "scrape.h"

#include "../bep15/reply.h"
#include "../bep15/request.h"

static struct scrape_plan *
plan_of(const void *payload)
{
	return (struct scrape_plan *)((uintptr_t)payload + SCRAPE_PLAN_AT);
}

static void
plan_rows(
	const struct steer *steer,
	const struct bep15_scrape *scrape,
	struct scrape_plan *plan,
	unsigned from
)
{
	struct steer_burst burst;
	unsigned to = RTE_MIN(from + STEER_BURST, (unsigned)plan->count);

	burst.count = 0;
	for (unsigned i = from; i < to; i++)
		steer_burst_add(&burst, scrape->info_hash[i]);
	steer_burst_compute(steer, &burst);
	for (unsigned i = from; i < to; i++) {
		uint64_t hash = steer_burst_hash(&burst, i - from);

		plan->hashes[i] = (uint32_t)hash;
		plan->workers[i] = (uint8_t)steer_worker(steer, hash);
	}
}

void
scrape_plan(const struct steer *steer, void *payload, uint16_t len, uint16_t max)
{
	const struct bep15_scrape *scrape = payload;
	struct scrape_plan *plan = plan_of(payload);

	plan->count = (uint8_t)request_scrape_count(len, max);
	for (unsigned from = 0; from < plan->count; from += STEER_BURST)
		plan_rows(steer, scrape, plan, from);
}

uint8_t
scrape_next(const void *payload)
{
	const struct scrape_plan *plan = plan_of(payload);

	for (unsigned i = 0; i < plan->count; i++)
		if (plan->workers[i] != SCRAPE_ROW_DONE)
			return plan->workers[i];
	return SCRAPE_ROW_DONE;
}

unsigned
scrape_read(const void *payload, enum family family, uint8_t worker, struct shard_op *ops)
{
	const struct bep15_scrape *scrape = payload;
	const struct scrape_plan *plan = plan_of(payload);
	unsigned count = 0;

	for (unsigned i = 0; i < plan->count; i++) {
		if (plan->workers[i] != worker)
			continue;
		ops[count].info_hash = scrape->info_hash[i];
		ops[count].hash = plan->hashes[i];
		ops[count].kind = SHARD_SCRAPE;
		ops[count].family = family;
		count++;
	}
	return count;
}

uint16_t
scrape_reply(void *payload, uint8_t worker, const struct shard_op *ops)
{
	struct bep15_scrape *scrape = payload;
	struct scrape_plan *plan = plan_of(payload);

	for (unsigned i = 0; i < plan->count; i++) {
		if (plan->workers[i] != worker)
			continue;
		struct bep15_scrape_row *row = (void *)scrape->info_hash[i];

		row->seeders = rte_cpu_to_be_32(ops->seeders);
		row->completed = rte_cpu_to_be_32(ops->completed);
		row->leechers = rte_cpu_to_be_32(ops->leechers);
		plan->workers[i] = SCRAPE_ROW_DONE;
		ops++;
	}
	if (scrape_next(payload) != SCRAPE_ROW_DONE)
		return 0;
	return reply_scrape(payload, plan->count);
}
