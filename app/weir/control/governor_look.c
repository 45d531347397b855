// SPDX-License-Identifier: BSD-3-Clause

#include "governor_look.h"

#include "../log/log.h"
#include "../setup/publish.h"

enum { PAUSE_MAX_S = 60 }; // of the control thread; the load arrives in that time

static unsigned
percent_of(uint64_t used, uint64_t capacity)
{
	return (unsigned)(used * 100 / capacity);
}

static void
look_at_worker(const struct worker *worker, struct governor_input *input)
{
	static const enum stat_number numbers[] = {
		STAT_seeders_ipv4, STAT_leechers_ipv4, STAT_seeders_ipv6, STAT_leechers_ipv6};
	struct shard_capacity capacity = shard_capacity(worker->shard);
	const uint64_t *values = worker->stats->values;
	uint64_t peers = 0;

	for (unsigned i = 0; i < RTE_DIM(numbers); i++)
		peers += stats_read(&values[numbers[i]]);
	input->torrents_percent =
		RTE_MAX(input->torrents_percent,
			percent_of(stats_read(&values[STAT_torrents]), capacity.torrents));
	input->peers_percent = RTE_MAX(input->peers_percent, percent_of(peers, capacity.peers));
}

static struct governor_input
look(const struct weir *weir)
{
	struct governor_input input = {0};

	for (unsigned i = 0; i < weir->plan.count; i++)
		input.busy_percent =
			RTE_MAX(input.busy_percent, health_busy_percent(&weir->health, i));
	for (unsigned i = 0; i < weir->plan.worker_count; i++)
		look_at_worker(weir->workers[i], &input);
	return input;
}

void
governor_look(struct weir *weir, uint32_t now_s)
{
	struct governor *governor = &weir->governor;
	uint32_t interval_s = weir->config->interval_s, max_s = weir->config->interval_max_s;
	uint32_t before_s = governor_interval_s(governor, interval_s, max_s);
	uint32_t seconds = RTE_MIN(now_s - governor->looked_s, (uint32_t)PAUSE_MAX_S);

	if (seconds == 0)
		return;
	governor->looked_s = now_s;
	struct governor_input input = look(weir);
	uint32_t after_s = governor_step(governor, &input, seconds, interval_s, max_s);

	if (after_s == before_s)
		return;
	log_debug("announce interval: %u s, load %.0f %%", after_s, governor->load * 100);
	if (!publish_settings(weir, weir->config)) {
		log_error("no memory for settings with another announce interval");
		governor->interval_s = before_s; // the next look tries again
	}
}
