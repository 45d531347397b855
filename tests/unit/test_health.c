// SPDX-License-Identifier: BSD-3-Clause
// app/weir/control/health.h: what is a problem, for how long, and how busy an lcore is.

#include "../../app/weir/control/health_look.h"
#include "../../app/weir/weir.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"

#include <rte_cycles.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>

#include <string.h>

enum { BUFFERS = 63, MAX_PEERS = 1000 };

static struct weir weir;
static struct config config = {.max_peers = MAX_PEERS};
static struct worker worker;
static struct stats stats;
static uint64_t tsc;
static uint32_t now_s;

static int
set_up(void **state)
{
	(void)state;
	test_eal_init();
	worker.stats = &stats;
	weir.config = &config;
	weir.workers[0] = &worker;
	weir.plan.count = 1;
	weir.plan.worker_count = 1;
	weir.plan.lcores[0] = (struct lcore_role){.io = LCORE_NO_ROLE, .worker = 0};
	weir.pools[0] =
		rte_pktmbuf_pool_create("mbufs", BUFFERS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	assert_non_null(weir.pools[0]);
	tsc = rte_rdtsc();
	return 0;
}

// So many seconds pass in which the worker takes turns, a share of the time busy.
static void
pass(uint32_t seconds, unsigned busy_percent)
{
	uint64_t cycles = seconds * rte_get_tsc_hz();

	tsc += cycles;
	now_s += seconds;
	stats.values[STAT_worker_turns] += 1000;
	stats.values[STAT_busy_cycles] += cycles / 100 * busy_percent;
	health_look(&weir, tsc, now_s);
}

static void
test_well(void **state)
{
	(void)state;
	pass(1, 0);
	pass(1, 0);
	assert_int_equal(health_problems(&weir.health), 0);
}

static void
test_busy(void **state)
{
	(void)state;
	pass(1, 30);
	assert_int_equal(health_busy_percent(&weir.health, 0), 30);
	pass(2, 100);
	assert_int_equal(health_busy_percent(&weir.health, 0), 100);
	health_look(&weir, tsc + 1, now_s); // too early to say anything
	assert_int_equal(health_busy_percent(&weir.health, 0), 100);
	pass(1, 0);
	assert_int_equal(health_busy_percent(&weir.health, 0), 0);
}

static void
test_waiting(void **state)
{
	(void)state;
	pass(1, 0);
	assert_int_equal(health_wait_percent(&weir.health, 0), 0);
	stats.values[STAT_wait_cycles] += rte_get_tsc_hz() / 4;
	pass(1, 30);
	assert_int_equal(health_wait_percent(&weir.health, 0), 25);
	assert_int_equal(health_busy_percent(&weir.health, 0), 30);
	pass(1, 0);
	assert_int_equal(health_wait_percent(&weir.health, 0), 0);
}

// A tenth of a second passes in which the worker does nothing.
static bool
is_stuck_after_tick(void)
{
	tsc += rte_get_tsc_hz() / 10;
	health_look(&weir, tsc, now_s);
	return health_has(&weir.health, HEALTH_lcore_stuck);
}

static void
test_stuck(void **state)
{
	(void)state;
	for (unsigned tick = 1; tick <= 7; tick++)
		assert_false(is_stuck_after_tick());
	assert_true(
		is_stuck_after_tick() || is_stuck_after_tick()
	); // hertz may be no multiple of ten
	assert_int_equal(health_problems(&weir.health), 1);
	stats.values[STAT_worker_turns]++;
	assert_false(is_stuck_after_tick());
}

// When all of the process was stopped, lcores have had no time for a turn.
static void
test_stopped(void **state)
{
	(void)state;
	pass(1, 0);
	tsc += 100 * rte_get_tsc_hz();
	health_look(&weir, tsc, now_s);
	assert_false(health_has(&weir.health, HEALTH_lcore_stuck));
	for (unsigned tick = 1; tick <= 5; tick++)
		assert_false(is_stuck_after_tick());
	stats.values[STAT_worker_turns]++;
	assert_false(is_stuck_after_tick());
	pass(1, 0);
}

static void
test_mbufs(void **state)
{
	struct rte_mbuf *mbufs[BUFFERS];

	(void)state;
	assert_int_equal(rte_pktmbuf_alloc_bulk(weir.pools[0], mbufs, BUFFERS), 0);
	pass(1, 0);
	assert_true(health_has(&weir.health, HEALTH_mbufs_low));
	rte_pktmbuf_free_bulk(mbufs, BUFFERS - 6); // not yet a tenth
	pass(1, 0);
	assert_false(health_has(&weir.health, HEALTH_mbufs_low));
	rte_pktmbuf_free_bulk(mbufs + BUFFERS - 6, 6);
	pass(1, 0);
	assert_int_equal(health_problems(&weir.health), 0);
}

static void
test_link(void **state)
{
	(void)state;
	weir.port_count = 2;
	weir.ports[0].link_up = true;
	weir.ports[1].id = RTE_MAX_ETHPORTS - 1; // not there: has no counters
	weir.ports[0].id = RTE_MAX_ETHPORTS - 1;
	for (unsigned i = 0; i < weir.port_count; i++)
		weir.ports[i].host = &weir.ports[i].own_host;
	pass(1, 0);
	assert_true(health_has(&weir.health, HEALTH_link_down));
	weir.ports[1].link_up = true;
	pass(1, 0);
	assert_false(health_has(&weir.health, HEALTH_link_down));
	weir.port_count = 0;
}

// States of a port are told while they last, and no longer.
static void
test_port_states(void **state)
{
	struct port *port = &weir.ports[0];

	(void)state;
	memset(port, 0, sizeof(*port));
	port->id = RTE_MAX_ETHPORTS - 1;
	port->host = &port->own_host;
	port->link_up = true;
	port->own_host.ipv4_count = 1;
	port->own_host.ipv4_usable = 1;
	port->own_host.ipv6_count = 1;
	port->own_host.ipv6_usable = 1;
	port->own_host.gateway_ipv6[0] = 0xfe;
	port->own_host.gateway_ipv6_mac = 1;
	port->mtu = 1280;
	weir.port_count = 1;
	pass(1, 0);
	assert_int_equal(health_problems(&weir.health), 0);
	// A small MTU takes IPv6 with it: that is one problem, however long it lasts.
	port->mtu = 1279;
	port->own_host.ipv6_off = true;
	port->own_host.ipv6_usable = 0;
	port->own_host.gateway_ipv6_mac = 0;
	for (unsigned i = 0; i < 3 * HEALTH_PATIENCE_S; i++)
		pass(1, 0);
	assert_true(health_has(&weir.health, HEALTH_mtu_small));
	assert_int_equal(health_problems(&weir.health), 1);
	port->mtu = 1500;
	port->own_host.ipv6_off = false;
	pass(1, 0);
	assert_int_equal(health_problems(&weir.health), 0);
	for (unsigned i = 0; i < 2 * HEALTH_PATIENCE_S; i++)
		pass(1, 0);
	assert_true(health_has(&weir.health, HEALTH_no_address));
	assert_true(health_has(&weir.health, HEALTH_gateway_unknown));
	port->own_host.ipv6_usable = port->own_host.ipv6_anycast =
		2; // which is reached by the other one alone
	port->own_host.ipv6_count = 2;
	pass(1, 0);
	assert_true(health_has(&weir.health, HEALTH_no_address));
	port->own_host.ipv6_count = 1;
	port->own_host.ipv6_usable = port->own_host.ipv6_anycast = 0;
	weir.neighbours[0].ipv6[0].left = true; // is not missing
	pass(1, 0);
	assert_false(health_has(&weir.health, HEALTH_no_address));
	weir.neighbours[0].ipv6[0].left = false;
	port->own_host.ipv6_usable = 1;
	port->own_host.gateway_ipv6_mac = 1;
	pass(1, 0);
	assert_int_equal(health_problems(&weir.health), 0);
	port->kernel.gone = true;
	pass(1, 0);
	assert_true(health_has(&weir.health, HEALTH_interface_gone));
	port->kernel.gone = false;
	pass(1, 0);
	assert_int_equal(health_problems(&weir.health), 0);
	weir.port_count = 0;
}

// An export that failed is a problem until one succeeds.
static void
test_export(void **state)
{
	(void)state;
	health_report(&weir.health, HEALTH_export_failing, true);
	pass(1, 0);
	assert_true(health_has(&weir.health, HEALTH_export_failing));
	pass(2 * HEALTH_MEMORY_S, 0);
	assert_true(health_has(&weir.health, HEALTH_export_failing));
	health_report(&weir.health, HEALTH_export_failing, false);
	pass(1, 0);
	assert_int_equal(health_problems(&weir.health), 0);
}

// What has happened is told for a minute, and again when it happens again.
static void
test_events(void **state)
{
	static const struct {
		enum verdict verdict;
		enum health_check check;
	} rows[] = {
		{VERDICT_ring_full, HEALTH_ring_full},
		{VERDICT_tx_full, HEALTH_tx_full},
		{VERDICT_announce_torrents_full, HEALTH_torrents_full},
		{VERDICT_announce_peers_full, HEALTH_peers_full},
	};

	(void)state;
	stats.values[STAT_leechers_ipv6] = MAX_PEERS;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		stats.verdicts[i % FAMILY_COUNT][rows[i].verdict]++;
		pass(1, 0);
		assert_true(health_has(&weir.health, rows[i].check));
		assert_int_equal(health_problems(&weir.health), 1);
		pass(HEALTH_MEMORY_S - 1, 0);
		assert_true(health_has(&weir.health, rows[i].check));
		stats.verdicts[FAMILY_IPV6][rows[i].verdict] += 5;
		pass(HEALTH_MEMORY_S - 1, 0);
		assert_true(health_has(&weir.health, rows[i].check));
		pass(HEALTH_MEMORY_S, 0);
		assert_int_equal(health_problems(&weir.health), 0);
	}
}

// The setting that is named is the one that is full: where peers are refused before there are
// swarm.max_peers of them, too many came over IPv6.
static void
test_which_setting_is_full(void **state)
{
	static const enum stat_number numbers[] = {
		STAT_seeders_ipv4, STAT_leechers_ipv4, STAT_seeders_ipv6, STAT_leechers_ipv6};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(numbers); i++)
		stats.values[numbers[i]] = MAX_PEERS / 10;
	pass(HEALTH_MEMORY_S, 0);
	assert_int_equal(health_problems(&weir.health), 0);
	stats.verdicts[FAMILY_IPV6][VERDICT_announce_peers_full]++;
	pass(1, 0);
	assert_true(health_has(&weir.health, HEALTH_peers_ipv6_full));
	assert_false(health_has(&weir.health, HEALTH_peers_full));
	for (unsigned i = 0; i < RTE_DIM(numbers); i++)
		stats.values[numbers[i]] = MAX_PEERS / 4;
	pass(HEALTH_MEMORY_S, 0);
	assert_int_equal(health_problems(&weir.health), 0);
	stats.verdicts[FAMILY_IPV4][VERDICT_announce_peers_full]++;
	pass(1, 0);
	assert_true(health_has(&weir.health, HEALTH_peers_full));
	assert_false(health_has(&weir.health, HEALTH_peers_ipv6_full));
	pass(HEALTH_MEMORY_S, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_well),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_mbufs),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_port_states),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_which_setting_is_full),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
