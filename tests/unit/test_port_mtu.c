// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/mtu.h: which MTU is in force on a port, and what follows from it.

#include "../../app/weir/setup/mtu.h"
#include "../../app/weir/setup/publish.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"

#include <string.h>

enum {
	PORT = 3, // no such port has been made, so that DPDK knows no MTU of it
	OTHER_PORT = 4,
};

static struct weir weir;
static struct config config;

static int
set_up(void **state)
{
	(void)state;
	test_eal_init();
	return 0;
}

static int
each_test(void **state)
{
	(void)state;
	struct error error;

	memset(&weir, 0, sizeof(weir));
	config = (struct config){.peers_max_ipv4 = 200, .peers_max_ipv6 = 66};
	weir.config = &config;
	weir.port_count = 1;
	weir.ports[0].id = PORT;
	weir.ports[0].host = &weir.ports[0].own_host;
	assert_true(publish_up(&weir, &error));
	return 0;
}

static int
after_test(void **state)
{
	(void)state;
	publish_down(&weir);
	return 0;
}

// The least of those that are known; 0 is none.
static void
test_in_force(void **state)
{
	static const struct {
		uint32_t configured;
		uint32_t kernel_index, kernel;
		uint32_t in_force;
	} rows[] = {
		{0, 0, 0, UINT32_MAX}, // nobody knows one
		{600, 0, 0, 600},
		{600, 7, 1500, 600},
		{9000, 7, 1500, 1500},
		{0, 7, 1000, 1000},
		{0, 7, 0, UINT32_MAX},
		{600, 7, 0, 600},
		{1500, 0, 1000, 1500}, // no interface: what stands there means nothing
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		config.mtu = rows[i].configured;
		weir.ports[0].kernel.index = rows[i].kernel_index;
		weir.ports[0].kernel.mtu = rows[i].kernel;
		assert_int_equal(port_mtu(&weir.ports[0], &config), rows[i].in_force);
	}
}

static void
assert_bounds(unsigned peers_ipv4, unsigned peers_ipv6, unsigned rows_ipv4, unsigned rows_ipv6)
{
	const struct settings_port *port = &weir.settings->ports[PORT];
	const struct settings_port *other = &weir.settings->ports[OTHER_PORT];

	assert_int_equal(port->policy.peers_max[FAMILY_IPV4], peers_ipv4);
	assert_int_equal(port->policy.peers_max[FAMILY_IPV6], peers_ipv6);
	assert_int_equal(port->scrape_rows[FAMILY_IPV4], rows_ipv4);
	assert_int_equal(port->scrape_rows[FAMILY_IPV6], rows_ipv6);
	assert_int_equal(other->policy.peers_max[FAMILY_IPV4], 0);
	assert_int_equal(other->scrape_rows[FAMILY_IPV4], 0);
}

// What may be sent follows the MTU down and up again.
static void
test_follow(void **state)
{
	struct kernel_interface *kernel = &weir.ports[0].kernel;

	(void)state;
	kernel->index = 7;
	kernel->mtu = 1500;
	mtu_follow(&weir, 0);
	assert_int_equal(weir.ports[0].mtu, 1500);
	assert_bounds(200, 66, 72, 71);
	assert_true(host_has_ipv6(&weir.ports[0].own_host));
	kernel->mtu = 1279;
	mtu_follow(&weir, 0);
	assert_false(host_has_ipv6(&weir.ports[0].own_host));
	kernel->mtu = 600;
	mtu_follow(&weir, 0);
	assert_int_equal(weir.ports[0].mtu, 600);
	assert_bounds((600 - 48) / 6, (600 - 68) / 18, (600 - 36) / 12, (600 - 56) / 12);
	assert_false(host_has_ipv6(&weir.ports[0].own_host));
	kernel->mtu = 1280;
	mtu_follow(&weir, 0);
	assert_true(host_has_ipv6(&weir.ports[0].own_host));
	assert_bounds(200, 66, 72, 71);
}

static void
test_driver_mtu(void **state)
{
	(void)state;
	config.mtu = 576;
	config.peers_max_ipv4 = 30; // less than what fits
	mtu_follow(&weir, 0);
	assert_int_equal(weir.ports[0].mtu, 576);
	assert_bounds(30, (576 - 68) / 18, 45, (576 - 56) / 12);
}

// No MTU is known: what requests may have is in force.
static void
test_unknown(void **state)
{
	(void)state;
	mtu_follow(&weir, 0);
	assert_bounds(200, 66, 72, 71);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_in_force, each_test, after_test),
		cmocka_unit_test_setup_teardown(test_follow, each_test, after_test),
		cmocka_unit_test_setup_teardown(test_driver_mtu, each_test, after_test),
		cmocka_unit_test_setup_teardown(test_unknown, each_test, after_test),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
