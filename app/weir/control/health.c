// SPDX-License-Identifier: BSD-3-Clause

#include "health.h"

#include "../log/log.h"
#include "../weir.h"
#include "health_ports.h"
#include "tally.h"

#include <rte_ethdev.h>
#include <rte_mempool.h>

#include <inttypes.h>

enum { NEARLY_ALL = 16 }; // all but a sixteenth

const struct health_info health_infos[HEALTH_COUNT] = {
#define HEALTH(name, help) [HEALTH_##name] = {#name, help},
#include "../../../lib/stats/health.def"
#undef HEALTH
};

// --- lcores -------------------------------------------------------------------------------------

// True where the lcore has finished a turn since the last look.
static bool
look_at_lcore(const struct weir *weir, struct health_lcore *lcore, unsigned index, uint64_t cycles)
{
	struct tally_lcore now;

	tally_lcore(weir, index, &now);
	uint64_t busy = now.busy_cycles - lcore->busy_cycles;
	bool moves = now.turns != lcore->turns;
	uint64_t percent = cycles == 0 ? 0 : (busy * 100 + cycles / 2) / cycles;

	__atomic_store_n(
		&lcore->busy_percent, (uint32_t)RTE_MIN(percent, UINT64_C(100)), __ATOMIC_RELAXED
	);
	lcore->turns = now.turns;
	lcore->busy_cycles = now.busy_cycles;
	return moves;
}

static bool
is_stuck(struct weir *weir, uint64_t tsc)
{
	struct health *health = &weir->health;
	bool stuck = false;

	for (unsigned i = 0; i < weir->plan.count; i++)
		if (!look_at_lcore(weir, &health->lcores[i], i, tsc - health->tsc))
			stuck = true;
	return stuck;
}

// --- ports and pools ----------------------------------------------------------------------------

static bool
is_short_of_mbufs(const struct weir *weir)
{
	return rte_mempool_avail_count(weir->mbufs) < weir->mbufs->size / 10;
}

static uint64_t
count_missed(const struct weir *weir)
{
	struct rte_eth_stats stats;
	uint64_t missed = 0;

	for (unsigned i = 0; i < weir->port_count; i++) {
		missed += weir->ports[i].kernel.lost;
		if (rte_eth_stats_get(weir->ports[i].id, &stats) == 0)
			missed += stats.imissed;
	}
	return missed;
}

// --- the look -----------------------------------------------------------------------------------

static void
tell(struct health *health, enum health_check check, bool problem)
{
	if (health->problems[check] == problem)
		return;
	__atomic_store_n(&health->problems[check], problem, __ATOMIC_RELAXED);
	if (problem)
		log_warning("health: %s: %s", health_infos[check].name, health_infos[check].help);
	else
		log_info("health: %s: over", health_infos[check].name);
}

// Of a state that is normal for a moment, as an address that is being probed.
static void
tell_lasting(struct health *health, enum health_check check, bool problem, uint32_t now_s)
{
	if (!problem)
		health->since_s[check] = now_s;
	tell(health, check, now_s - health->since_s[check] > HEALTH_PATIENCE_S);
}

// Of a thing that is counted: a problem for a while after each time.
static void
tell_count(struct health *health, enum health_check check, uint64_t count, uint32_t now_s)
{
	if (count != health->events[check]) {
		health->events[check] = count;
		health->last_s[check] = now_s;
	}
	tell(health,
	     check,
	     health->last_s[check] != 0 && now_s - health->last_s[check] < HEALTH_MEMORY_S);
}

static uint64_t
count_of(const struct stats *sum, enum verdict verdict)
{
	uint64_t count = 0;

	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		count += sum->verdicts[f][verdict];
	return count;
}

// Peers are refused where there are swarm.max_peers of them, or where their memory is used up before:
// it is laid out for so many of IPv6, whose lines hold fewer. Workers share swarm.max_peers with some
// to spare, so the first of them is full only about when all are.
static bool
is_full_by_number(const struct weir *weir, const struct stats *sum)
{
	static const enum stat_number numbers[] = {
		STAT_seeders_ipv4, STAT_leechers_ipv4, STAT_seeders_ipv6, STAT_leechers_ipv6};
	uint64_t peers = 0, most = weir->config->max_peers;

	for (unsigned i = 0; i < RTE_DIM(numbers); i++)
		peers += sum->values[numbers[i]];
	return peers >= most - most / NEARLY_ALL;
}

// Of peers that were not stored since the last look, one check is told, by what was full.
static void
tell_peers_full(struct weir *weir, const struct stats *sum, uint32_t now_s)
{
	struct health *health = &weir->health;
	uint64_t refused = count_of(sum, VERDICT_announce_peers_full), *told = health->events;
	uint64_t before = told[HEALTH_peers_full] + told[HEALTH_peers_ipv6_full];
	bool by_number = refused != before && is_full_by_number(weir, sum);
	uint64_t more = refused - before;

	tell_count(
		health, HEALTH_peers_full, told[HEALTH_peers_full] + (by_number ? more : 0), now_s
	);
	tell_count(
		health,
		HEALTH_peers_ipv6_full,
		told[HEALTH_peers_ipv6_full] + (by_number ? 0 : more),
		now_s
	);
}

void
health_look(struct weir *weir, uint64_t tsc, uint32_t now_s)
{
	struct health *health = &weir->health;
	struct stats sum;

	if (health->tsc != 0 && tsc - health->tsc < rte_get_tsc_hz())
		return;
	bool stuck = is_stuck(weir, tsc) && health->tsc != 0;

	health->tsc = tsc;
	tally_stats(weir, &sum);
	tell(health, HEALTH_link_down, health_port_problem(weir, HEALTH_link_down));
	tell(health, HEALTH_interface_gone, health_port_problem(weir, HEALTH_interface_gone));
	tell_lasting(
		health, HEALTH_no_address, health_port_problem(weir, HEALTH_no_address), now_s
	);
	tell(health, HEALTH_address_conflict, health_port_problem(weir, HEALTH_address_conflict));
	tell_lasting(
		health,
		HEALTH_gateway_unknown,
		health_port_problem(weir, HEALTH_gateway_unknown),
		now_s
	);
	tell(health, HEALTH_mtu_small, health_port_problem(weir, HEALTH_mtu_small));
	tell(health, HEALTH_lcore_stuck, stuck);
	tell(health, HEALTH_mbufs_low, is_short_of_mbufs(weir));
	tell(health, HEALTH_export_failing, export_report(&weir->export).failing);
	tell_count(health, HEALTH_ring_full, count_of(&sum, VERDICT_ring_full), now_s);
	tell_count(health, HEALTH_tx_full, count_of(&sum, VERDICT_tx_full), now_s);
	tell_count(
		health, HEALTH_torrents_full, count_of(&sum, VERDICT_announce_torrents_full), now_s
	);
	tell_peers_full(weir, &sum, now_s);
	tell_count(health, HEALTH_rx_missed, count_missed(weir), now_s);
}

bool
health_has(const struct health *health, enum health_check check)
{
	return __atomic_load_n(&health->problems[check], __ATOMIC_RELAXED);
}

unsigned
health_problems(const struct health *health)
{
	unsigned problems = 0;

	for (enum health_check check = 0; check < HEALTH_COUNT; check++)
		problems += health_has(health, check);
	return problems;
}

unsigned
health_busy_percent(const struct health *health, unsigned lcore_index)
{
	return __atomic_load_n(&health->lcores[lcore_index].busy_percent, __ATOMIC_RELAXED);
}
