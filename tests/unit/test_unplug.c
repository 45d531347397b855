// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/unplug.c on two virtual devices: one is unplugged while an lcore uses it, then the other.

#define ALLOW_EXPERIMENTAL_API // what the kernel's request for a device ends in

#include "../../app/weir/setup/port_removal.h"
#include "../../app/weir/setup/port_setup.h"
#include "../../app/weir/setup/publish.h"
#include "../../app/weir/setup/unplug.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"

#include <rte_dev.h>
#include <rte_mbuf.h>

#include <string.h>

enum { PORTS = 2, LCORE = 0 };

static struct weir weir;
static struct config config = {.peers_max_ipv4 = 200, .peers_max_ipv6 = 66};
static struct rte_mempool *mbufs;

static void
start_port(struct port *port, const char *name)
{
	struct rte_eth_conf conf = {0};

	assert_int_equal(rte_dev_probe(name), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name(name, &port->id), 0);
	snprintf(port->name, sizeof(port->name), "%s", name);
	assert_int_equal(rte_eth_dev_configure(port->id, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_rx_queue_setup(port->id, 0, 8, 0, NULL, mbufs), 0);
	assert_int_equal(rte_eth_tx_queue_setup(port->id, 0, 8, 0, NULL), 0);
	assert_int_equal(rte_eth_dev_start(port->id), 0);
	port->configured = true;
	port->started = true;
	port_removal_watch(port);
}

static int
set_up(void **state)
{
	struct error error;

	(void)state;
	test_eal_init();
	mbufs = rte_pktmbuf_pool_create("mbufs", 255, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	assert_non_null(mbufs);
	weir.config = &config;
	weir.plan.count = 1;
	weir.port_count = PORTS;
	start_port(&weir.ports[0], "net_ring0");
	start_port(&weir.ports[1], "net_ring1");
	assert_true(publish_up(&weir, &error));
	publisher_join(&weir.publisher, LCORE);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	publisher_leave(&weir.publisher, LCORE);
	publish_down(&weir);
	return 0;
}

static void
unplug(unsigned index)
{
	rte_dev_event_callback_process(weir.ports[index].name, RTE_DEV_EVENT_REMOVE);
}

static uint64_t
sent(unsigned index)
{
	struct rte_eth_stats stats;

	port_stats(&weir.ports[index], &stats);
	return stats.opackets;
}

static void
assert_nothing_changes(void)
{
	uint32_t version = weir.settings->version;
	struct error error;

	assert_true(unplug_look(&weir, &error));
	unplug_release(&weir);
	assert_int_equal(weir.settings->version, version);
}

static void
test_nothing_happened(void **state)
{
	(void)state;
	assert_nothing_changes();
	assert_true(port_is_there(&weir.ports[0]));
	assert_true(rte_eth_dev_is_valid_port(weir.ports[0].id));
}

// The device goes only when the lcore has seen that it does; what it has counted stays.
static void
test_one_of_two(void **state)
{
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(mbufs);
	struct error error;

	(void)state;
	rte_pktmbuf_append(mbuf, 60);
	assert_int_equal(rte_eth_tx_burst(weir.ports[0].id, 0, &mbuf, 1), 1);
	unplug(0);
	assert_true(unplug_look(&weir, &error));
	assert_false(port_is_there(&weir.ports[0]));
	assert_true(port_is_there(&weir.ports[1]));
	assert_int_equal(weir.settings->unplugged, 1u << weir.ports[0].id);
	assert_int_equal(publisher_reclaim(&weir.publisher), 1);
	assert_true(rte_eth_dev_is_valid_port(weir.ports[0].id));
	publisher_quiescent(&weir.publisher, LCORE);
	assert_int_equal(publisher_reclaim(&weir.publisher), 0);
	unplug_release(&weir);
	assert_false(rte_eth_dev_is_valid_port(weir.ports[0].id));
	assert_true(rte_eth_dev_is_valid_port(weir.ports[1].id));
	assert_int_equal(sent(0), 1);
	assert_int_equal(sent(1), 0);
}

static void
test_once(void **state)
{
	(void)state;
	assert_nothing_changes();
}

static void
test_last(void **state)
{
	struct error error;

	(void)state;
	unplug(1);
	assert_false(unplug_look(&weir, &error));
	assert_string_equal(error.text, "port net_ring1 was unplugged");
	port_stop(&weir.ports[1]);
	port_close(&weir.ports[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_happened),
		cmocka_unit_test(test_one_of_two),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_last),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
