// SPDX-License-Identifier: BSD-3-Clause

#include "tally.h"

#include <rte_common.h>

#include <string.h>

void
tally_stats(const struct weir *weir, struct stats *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (unsigned i = 0; i < weir->plan.io_count; i++)
		stats_sum(sum, weir->ios[i]->stats);
	for (unsigned i = 0; i < weir->plan.worker_count; i++)
		stats_sum(sum, weir->workers[i]->stats);
}

void
tally_stages(const struct weir *weir, struct stage_sum sums[STAGE_COUNT])
{
	memset(sums, 0, STAGE_COUNT * sizeof(*sums));
	for (unsigned i = 0; i < weir->plan.io_count; i++)
		stages_sum(sums, &weir->ios[i]->stages);
	for (unsigned i = 0; i < weir->plan.worker_count; i++)
		stages_sum(sums, &weir->workers[i]->stages);
}

void
tally_latency(const struct weir *weir, enum latency_kind kind, struct histogram *sum)
{
	histogram_init(sum);
	for (unsigned i = 0; i < weir->plan.io_count; i++)
		histogram_add(sum, &weir->ios[i]->latency.kinds[kind]);
}

static void
add_ring(struct tally_lcore *lcore, unsigned count, unsigned capacity)
{
	lcore->waiting += count;
	lcore->capacity += capacity;
	lcore->fill_percent = RTE_MAX(lcore->fill_percent, count * 100 / capacity);
}

// An lcore with both roles counts turns, load and waits in the io role.
static void
read_load(const struct stats *stats, struct tally_lcore *lcore)
{
	const uint64_t *values = stats->values;

	lcore->turns_empty = stats_read(&values[STAT_idle_turns]);
	lcore->busy_cycles = stats_read(&values[STAT_busy_cycles]);
	lcore->waits = stats_read(&values[STAT_sleeps]) + stats_read(&values[STAT_pauses])
		+ stats_read(&values[STAT_monitors]);
	lcore->interrupt_waits = stats_read(&values[STAT_interrupt_waits]);
	lcore->interrupt_wakes = stats_read(&values[STAT_interrupt_wakes]);
	lcore->wait_cycles = stats_read(&values[STAT_wait_cycles]);
}

static void
read_io(const struct weir *weir, unsigned number, struct tally_lcore *lcore)
{
	const struct io *io = weir->ios[number];

	read_load(io->stats, lcore);
	lcore->turns = stats_read(&io->stats->values[STAT_io_turns]);
	lcore->packets = stats_read(&io->stats->values[STAT_rx_packets]);
	for (unsigned w = 0; w < io->link_count; w++)
		add_ring(
			lcore,
			ring_replies(&io->links[w], &weir->workers[w]->links[number]),
			ring_capacity(&io->links[w])
		);
}

static void
read_worker(const struct weir *weir, unsigned number, struct tally_lcore *lcore)
{
	const struct worker *worker = weir->workers[number];

	for (unsigned i = 0; i < worker->link_count; i++)
		add_ring(
			lcore,
			ring_requests(&weir->ios[i]->links[number], &worker->links[i]),
			ring_capacity(&weir->ios[i]->links[number])
		);
	if (lcore->turns > 0)
		return;
	read_load(worker->stats, lcore);
	lcore->turns = stats_read(&worker->stats->values[STAT_worker_turns]);
	lcore->packets = stats_read(&worker->stats->values[STAT_jobs]);
}

void
tally_lcore(const struct weir *weir, unsigned index, struct tally_lcore *lcore)
{
	const struct lcore_role *role = &weir->plan.lcores[index];

	*lcore = (struct tally_lcore){0};
	if (role->io != LCORE_NO_ROLE)
		read_io(weir, (unsigned)role->io, lcore);
	if (role->worker != LCORE_NO_ROLE)
		read_worker(weir, (unsigned)role->worker, lcore);
}
