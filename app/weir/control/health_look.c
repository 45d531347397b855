// SPDX-License-Identifier: BSD-3-Clause

#include "health_look.h"

#include "../setup/pools.h"
#include "health_ports.h"
#include "tally.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>

enum {
	NEARLY_ALL = 16, // all but a sixteenth
	STUCK_MS = 800, // and 100 until the next look: told within a second
	LOOKS_MIN = 4, // in a second, for the time between them to count
};

// --- lcores -------------------------------------------------------------------------------------

static void
set_percent(uint32_t *percent, uint64_t part, uint64_t cycles)
{
	uint64_t rounded = cycles == 0 ? 0 : (part * 100 + cycles / 2) / cycles;

	__atomic_store_n(percent, (uint32_t)RTE_MIN(rounded, UINT64_C(100)), __ATOMIC_RELAXED);
}

static void
look_at_lcore(const struct weir *weir, struct health_lcore *lcore, unsigned index, uint64_t cycles)
{
	struct tally_lcore now;

	tally_lcore(weir, index, &now);
	set_percent(&lcore->busy_percent, now.busy_cycles - lcore->busy_cycles, cycles);
	set_percent(&lcore->wait_percent, now.wait_cycles - lcore->wait_cycles, cycles);
	lcore->busy_cycles = now.busy_cycles;
	lcore->wait_cycles = now.wait_cycles;
}

// Whether an lcore has not finished a turn for STUCK_MS, in which this function was called all the time: after a stop
// of the whole process lcores have that time again.
static bool
is_stuck(struct weir *weir, uint64_t tsc)
{
	struct health *health = &weir->health;
	uint64_t cycles = RTE_MIN(tsc - health->looked_tsc, rte_get_tsc_hz() / LOOKS_MIN);
	bool stuck = false;

	if (health->looked_tsc == 0)
		cycles = 0;
	health->looked_tsc = tsc;
	for (unsigned i = 0; i < weir->plan.count; i++) {
		struct health_lcore *lcore = &health->lcores[i];
		struct tally_lcore now;

		tally_lcore(weir, i, &now);
		lcore->still_cycles = now.turns != lcore->turns ? 0 : lcore->still_cycles + cycles;
		lcore->turns = now.turns;
		if (lcore->still_cycles >= rte_get_tsc_hz() / 1000 * STUCK_MS)
			stuck = true;
	}
	return stuck;
}

// --- ports and pools ----------------------------------------------------------------------------

static uint64_t
count_missed(const struct weir *weir)
{
	struct rte_eth_stats stats;
	uint64_t missed = 0;

	for (unsigned i = 0; i < weir->port_count; i++) {
		missed += weir->ports[i].kernel.lost;
		port_stats(&weir->ports[i], &stats);
		missed += stats.imissed;
	}
	return missed;
}

// --- the update ---------------------------------------------------------------------------------

static uint64_t
count_of(const struct stats *sum, enum verdict verdict)
{
	uint64_t count = 0;

	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		count += sum->verdicts[f][verdict];
	return count;
}

// Peers are not stored when swarm.max_peers is reached, or earlier when their memory is full: it is sized for
// swarm.max_peers_ipv6 IPv6 peers, whose lines hold fewer. Each worker has more than an even share of
// swarm.max_peers, so the first one is full only when nearly all are.
static bool
is_full_by_number(const struct weir *weir, const struct stats *sum)
{
	static const enum stat_number numbers[] = {
		STAT_seeders_ipv4, STAT_leechers_ipv4, STAT_seeders_ipv6, STAT_leechers_ipv6};
	uint64_t peers = 0, max = weir->config->max_peers;

	for (unsigned i = 0; i < RTE_DIM(numbers); i++)
		peers += sum->values[numbers[i]];
	return peers >= max - max / NEARLY_ALL;
}

// Counts the peers that were not stored since the last update for one of two checks, by what was full.
static void
tell_peers_full(struct weir *weir, const struct stats *sum, uint32_t now_s)
{
	struct health *health = &weir->health;
	uint64_t refused = count_of(sum, VERDICT_announce_peers_full), *told = health->events;
	uint64_t before = told[HEALTH_peers_full] + told[HEALTH_peers_ipv6_full];
	bool by_number = refused != before && is_full_by_number(weir, sum);
	uint64_t more = refused - before;

	health_tell_count(
		health, HEALTH_peers_full, told[HEALTH_peers_full] + (by_number ? more : 0), now_s
	);
	health_tell_count(
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

	health_tell(health, HEALTH_lcore_stuck, is_stuck(weir, tsc));
	if (health->tsc != 0 && tsc - health->tsc < rte_get_tsc_hz())
		return;
	for (unsigned i = 0; i < weir->plan.count; i++)
		look_at_lcore(weir, &health->lcores[i], i, tsc - health->tsc);
	health->tsc = tsc;
	tally_stats(weir, &sum);
	health_tell(health, HEALTH_link_down, health_port_problem(weir, HEALTH_link_down));
	health_tell(
		health, HEALTH_interface_gone, health_port_problem(weir, HEALTH_interface_gone)
	);
	health_tell_lasting(
		health, HEALTH_no_address, health_port_problem(weir, HEALTH_no_address), now_s
	);
	health_tell(
		health, HEALTH_address_conflict, health_port_problem(weir, HEALTH_address_conflict)
	);
	health_tell_lasting(
		health,
		HEALTH_gateway_unknown,
		health_port_problem(weir, HEALTH_gateway_unknown),
		now_s
	);
	health_tell(health, HEALTH_mtu_small, health_port_problem(weir, HEALTH_mtu_small));
	health_tell_lasting(
		health,
		HEALTH_exception_down,
		health_port_problem(weir, HEALTH_exception_down),
		now_s
	);
	health_tell(health, HEALTH_mbufs_low, pools_use(weir).low);
	health_tell(health, HEALTH_export_failing, health_reported(health, HEALTH_export_failing));
	health_tell(health, HEALTH_list_failing, health_reported(health, HEALTH_list_failing));
	health_tell(
		health, HEALTH_snapshot_failing, health_reported(health, HEALTH_snapshot_failing)
	);
	health_tell(
		health, HEALTH_steering_refused, weir->steering.in_force != weir->config->steering
	);
	health_tell_count(health, HEALTH_ring_full, count_of(&sum, VERDICT_ring_full), now_s);
	health_tell_count(health, HEALTH_tx_full, count_of(&sum, VERDICT_tx_full), now_s);
	health_tell_count(
		health, HEALTH_torrents_full, count_of(&sum, VERDICT_announce_torrents_full), now_s
	);
	tell_peers_full(weir, &sum, now_s);
	health_tell_count(health, HEALTH_rx_missed, count_missed(weir), now_s);
}
