// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/eal.h: the arguments DPDK is started with, made from configurations. Starts nothing.

#include "../../app/common/dpdk/eal_start.h"
#include "../../app/weir/setup/eal.h"
#include "../support/cmocka_wrap.h"
#include "../support/config_file.h"
#include "../support/made_topology.h"

#include <rte_common.h>

#include <string.h>

// An appliance that has read its configuration and chosen its lcores.
struct fixture {
	struct config *config;
	struct weir weir;
	struct eal_arguments arguments;
};

static void
open_fixture(struct fixture *fixture, const char *text, char **extra, int extra_count)
{
	const struct topology topology = made_topology(1, 4);
	struct error error;

	memset(fixture, 0, sizeof(*fixture));
	fixture->config = config_file_load_valid(text);
	fixture->weir.config = fixture->config;
	fixture->weir.eal_arguments = extra;
	fixture->weir.eal_argument_count = extra_count;
	assert_true(lcore_plan_make(&fixture->weir.plan, fixture->config, &topology, &error));
	eal_arguments_make(&fixture->arguments, &fixture->weir);
}

static void
close_fixture(struct fixture *fixture)
{
	eal_arguments_free(&fixture->arguments);
	config_free(fixture->config);
}

// All arguments in one line, as a shell would show them.
static void
assert_arguments(const char *config, const char *expected)
{
	static struct fixture fixture;
	char text[2048] = "";

	open_fixture(&fixture, config, NULL, 0);
	for (int i = 0; i < fixture.arguments.count; i++) {
		strcat(text, i == 0 ? "" : " ");
		strcat(text, fixture.arguments.items[i]);
	}
	assert_string_equal(text, expected);
	assert_null(fixture.arguments.items[fixture.arguments.count]);
	close_fixture(&fixture);
}

// What always comes first, up to the level of EAL's messages, and what follows it.
#define FIRST "weir --lcores=0@0,1@1,2@2,3@3 --file-prefix="
#define TELEMETRY " --log-level=lib.telemetry:error --log-level=weir:"
#define USUAL FIRST "weir --log-level=*:warning" TELEMETRY "info"

static void
test_huge_pages(void **state)
{
	static const char defaults[] = USUAL;

	(void)state;
	assert_arguments(PORTS, defaults);
	assert_arguments(
		PORTS "driver = { virtual = true; };\nmemory = { hugepages = \"yes\"; };\n",
		defaults
	);
}

static void
test_no_huge_pages(void **state)
{
	static const char expected[] = USUAL " --no-huge --no-shconf -m 77";

	(void)state;
	assert_arguments(
		PORTS "driver = { virtual = true; };\nmemory = { size = 77; };\n", expected
	);
	assert_arguments(PORTS "memory = { hugepages = \"no\"; size = 77; };\n", expected);
}

static void
test_names_and_levels(void **state)
{
	static const struct {
		const char *level;
		const char *eal_level;
	} rows[] = {
		{"error", "warning"},
		{"warning", "warning"},
		{"info", "warning"},
		{"debug", "info"}};
	char config[256];
	char expected[256];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		snprintf(
			config,
			sizeof(config),
			PORTS "log = { level = \"%s\"; };\nmemory = { file_prefix = \"b%u\"; };\n",
			rows[i].level,
			i
		);
		snprintf(
			expected,
			sizeof(expected),
			FIRST "b%u --log-level=*:%s" TELEMETRY "%s",
			i,
			rows[i].eal_level,
			rows[i].level
		);
		assert_arguments(config, expected);
	}
}

// PCI devices go on the list of those DPDK may touch; virtual ones are none of its business.
static void
test_allowed_devices(void **state)
{
	static const char ports[] =
		"ports = ( { device = \"0000:01:00.0\"; addresses = [ \"10.0.0.1/24\" ]; },\n"
		"{ device = \"net_tap0\"; addresses = [ \"10.0.1.1/24\" ]; },\n"
		"{ device = \"net_pcap0\"; addresses = [ \"10.0.2.1/24\" ]; },\n"
		"{ device = \"0000:c1:00.1\"; addresses = [ \"10.0.3.1/24\" ]; } );\n";
	char config[1024];

	(void)state;
	assert_arguments(ports, USUAL " --allow=0000:01:00.0 --allow=0000:c1:00.1");
	snprintf(config, sizeof(config), "%sdriver = { devargs = \"a=1,b=2\"; };\n", ports);
	assert_arguments(
		config, USUAL " --allow=0000:01:00.0,a=1,b=2 --allow=0000:c1:00.1,a=1,b=2"
	);
}

// Ours, then the driver's, then the command line's: the last word is the operator's.
static void
test_order(void **state)
{
	char *extra[] = {(char[]){"--log-level=debug"}, (char[]){"--vdev=%s"}};
	static const char *const last[] = {
		"--allow=0000:01:00.0",
		"--no-pci",
		"--vdev=net_x,a=%d",
		"--log-level=debug",
		"--vdev=%s"};
	static struct fixture fixture;

	(void)state;
	open_fixture(
		&fixture,
		"ports = ( { device = \"0000:01:00.0\"; addresses = [ \"10.0.0.1/24\" ]; } );\n"
		"driver = { eal = [ \"--no-pci\", \"--vdev=net_x,a=%d\" ]; };\n",
		extra,
		RTE_DIM(extra)
	);
	int first = fixture.arguments.count - (int)RTE_DIM(last);

	assert_true(first > 0);
	for (unsigned i = 0; i < RTE_DIM(last); i++)
		assert_string_equal(fixture.arguments.items[first + (int)i], last[i]);
	close_fixture(&fixture);
}

// DPDK from 25.11 on takes no option twice; before, the last one stands.
static void
test_no_option_twice(void **state)
{
	char *extra[] = {(char[]){"-m"}, (char[]){"64"}, (char[]){"--no-huge"}};
	static const char *const once[] = {"-m", "--no-huge", "--no-shconf"};
	static struct fixture fixture;

	(void)state;
	open_fixture(&fixture, "memory = { hugepages = \"no\"; };\n" PORTS, extra, RTE_DIM(extra));
	for (unsigned i = 0; i < RTE_DIM(once); i++) {
		unsigned count = 0;

		for (int j = 0; j < fixture.arguments.count; j++)
			count += strcmp(fixture.arguments.items[j], once[i]) == 0;
		assert_int_equal(count, 1);
	}
	close_fixture(&fixture);
}

// More than the maximum: cut, never overrun, and refused at the start.
static void
test_too_many_arguments(void **state)
{
	char *extra[2 * EAL_ARGUMENTS_MAX];
	char same[] = "--same";
	static struct fixture fixture;
	char why[256];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(extra); i++)
		extra[i] = same;
	open_fixture(&fixture, PORTS, extra, RTE_DIM(extra));
	assert_int_equal(fixture.arguments.count, EAL_ARGUMENTS_MAX);
	assert_null(fixture.arguments.items[EAL_ARGUMENTS_MAX]);
	assert_false(eal_start(&fixture.arguments, NULL, why, sizeof(why)));
	assert_string_equal(why, "more than 96 EAL arguments");
	close_fixture(&fixture);
}

static uint32_t
memory_mb(const char *text)
{
	static struct fixture fixture;
	uint32_t mb;

	open_fixture(&fixture, text, NULL, 0);
	mb = eal_memory_mb(&fixture.weir);
	close_fixture(&fixture);
	return mb;
}

static void
test_configured_memory(void **state)
{
	(void)state;
	assert_int_equal(memory_mb(PORTS "memory = { size = 5; };\n"), 5);
}

// Everything that takes memory must show in the estimate.
static void
test_memory_grows(void **state)
{
	static const char *const larger[] = {
		"swarm = { max_torrents = 2000000; };\n",
		"swarm = { max_peers = 4000000; };\n",
		"memory = { mbufs = 500000; };\n",
		"driver = { rx_descriptors = 32768; };\n",
		"driver = { tx_descriptors = 32768; };\n",
		"lcores = { ring_size = 65536; };\n",
	};
	const uint32_t standard = memory_mb(PORTS);
	char text[256];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(larger); i++) {
		snprintf(text, sizeof(text), PORTS "%s", larger[i]);
		assert_true(memory_mb(text) > standard + 20);
	}
	assert_true(
		memory_mb(PORTS "swarm = { max_torrents = 1000; max_peers = 1000; };\n") < standard
	);
}

// No overflow on the way to the largest there is: two thousand million peers.
static void
test_memory_of_the_largest(void **state)
{
	const uint32_t mb =
		memory_mb(PORTS "swarm = { max_torrents = 134000000; max_peers = 2000000000; };\n");

	(void)state;
	assert_true(mb > 2000u * 22 + 134u * (64 + 20));
	assert_true(mb < 400000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_huge_pages),
		cmocka_unit_test(test_no_huge_pages),
		cmocka_unit_test(test_names_and_levels),
		cmocka_unit_test(test_allowed_devices),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_no_option_twice),
		cmocka_unit_test(test_too_many_arguments),
		cmocka_unit_test(test_configured_memory),
		cmocka_unit_test(test_memory_grows),
		cmocka_unit_test(test_memory_of_the_largest),
	};

	return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
