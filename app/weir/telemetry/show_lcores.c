// SPDX-License-Identifier: BSD-3-Clause
// Replies about lcores, and about the shards of those that are workers.

#include "../control/tally.h"
#include "../setup/idle_choice.h"
#include "show_rows.h"
#include "telemetry.h"

#include <rte_cycles.h>

// --- lcores -------------------------------------------------------------------------------------

static unsigned
lcore_number(const struct weir *weir __rte_unused, unsigned row)
{
	return row + 1;
}

static const char *
role_text(const struct lcore_role *role)
{
	if (role->io == LCORE_NO_ROLE)
		return "worker";
	return role->worker == LCORE_NO_ROLE ? "io" : "io worker";
}

static void
show_lcore(const struct weir *weir, unsigned row, struct rte_tel_data *object)
{
	const struct lcore_role *role = &weir->plan.lcores[row];
	struct tally_lcore lcore;

	tally_lcore(weir, row, &lcore);
	REPLY_FILL(
		object,
		lcore,
		REPLY_NUMBER(lcore_cpu, role->cpu),
		REPLY_TEXT(lcore_role, role_text(role)),
		REPLY_NUMBER(lcore_turns, lcore.turns),
		REPLY_NUMBER(lcore_turns_empty, lcore.turns_empty),
		REPLY_NUMBER(lcore_cycles, rte_rdtsc() - weir->start_tsc),
		REPLY_NUMBER(lcore_busy_cycles, lcore.busy_cycles),
		REPLY_NUMBER(lcore_busy_percent, health_busy_percent(&weir->health, row)),
		REPLY_NUMBER(lcore_packets, lcore.packets),
		REPLY_NUMBER(
			lcore_cycles_per_packet,
			lcore.packets == 0 ? 0 : lcore.busy_cycles / lcore.packets
		),
		REPLY_NUMBER(lcore_ring_waiting, lcore.waiting),
		REPLY_NUMBER(lcore_ring_room, lcore.capacity),
		REPLY_NUMBER(lcore_ring_fill_percent, lcore.fill_percent),
		REPLY_TEXT(lcore_idle, idle_way_text(weir->idles[row].way)),
		REPLY_NUMBER(lcore_interrupts, weir->idles[row].rests),
		REPLY_NUMBER(lcore_waits, lcore.waits),
		REPLY_NUMBER(lcore_interrupt_waits, lcore.interrupt_waits),
		REPLY_NUMBER(lcore_interrupt_wakes, lcore.interrupt_wakes),
		REPLY_NUMBER(lcore_wait_cycles, lcore.wait_cycles),
		REPLY_NUMBER(lcore_wait_percent, health_wait_percent(&weir->health, row))
	);
}

void
telemetry_show_lcores(const struct weir *weir, const char *parameters, struct rte_tel_data *reply)
{
	const struct show_rows rows = {weir->plan.count, "lcore", lcore_number, show_lcore};

	show_rows(weir, &rows, parameters, reply);
}

// --- shards -------------------------------------------------------------------------------------

static unsigned
shard_number(const struct weir *weir __rte_unused, unsigned row)
{
	return row;
}

static unsigned
lcore_of_worker(const struct weir *weir, unsigned worker)
{
	unsigned index = 0;

	while (weir->plan.lcores[index].worker != (int)worker)
		index++;
	return lcore_number(weir, index);
}

static void
show_shard(const struct weir *weir, unsigned row, struct rte_tel_data *object)
{
	struct shard_capacity capacity = shard_capacity(weir->workers[row]->shard);
	struct stats stats = {0};
	const uint64_t *values = stats.values;

	stats_sum(&stats, weir->workers[row]->stats);
	REPLY_FILL(
		object,
		shard,
		REPLY_NUMBER(shard_lcore, lcore_of_worker(weir, row)),
		REPLY_NUMBER(shard_torrents, values[STAT_torrents]),
		REPLY_NUMBER(shard_torrents_max, capacity.torrents),
		REPLY_NUMBER(
			shard_peers,
			values[STAT_seeders_ipv4] + values[STAT_leechers_ipv4]
				+ values[STAT_seeders_ipv6] + values[STAT_leechers_ipv6]
		),
		REPLY_NUMBER(shard_peers_max, capacity.peers),
		REPLY_NUMBER(shard_seeders_ipv4, values[STAT_seeders_ipv4]),
		REPLY_NUMBER(shard_leechers_ipv4, values[STAT_leechers_ipv4]),
		REPLY_NUMBER(shard_seeders_ipv6, values[STAT_seeders_ipv6]),
		REPLY_NUMBER(shard_leechers_ipv6, values[STAT_leechers_ipv6]),
		REPLY_NUMBER(shard_completed, values[STAT_completed]),
		REPLY_NUMBER(shard_peers_expired, values[STAT_peers_expired]),
		REPLY_NUMBER(shard_torrents_expired, values[STAT_torrents_expired]),
		REPLY_NUMBER(shard_lines, values[STAT_lines_used]),
		REPLY_NUMBER(shard_lines_max, capacity.lines),
		REPLY_NUMBER(shard_records, values[STAT_records_used]),
		REPLY_NUMBER(shard_records_max, capacity.records)
	);
}

void
telemetry_show_shards(const struct weir *weir, const char *parameters, struct rte_tel_data *reply)
{
	const struct show_rows rows = {weir->plan.worker_count, "worker", shard_number, show_shard};

	show_rows(weir, &rows, parameters, reply);
}
