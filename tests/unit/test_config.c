// SPDX-License-Identifier: BSD-3-Clause
// app/weir/config/config.h: the table of options, the rules between them, and what --print-config and
// --print-options show.

#include "../support/cmocka_wrap.h"
#include "../support/config_file.h"

#include <rte_common.h>

#include <string.h>

static void
test_every_default_is_accepted(void **state)
{
	char text[1024];

	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		config_file_set_option(
			text, sizeof(text), &config_options[i], config_options[i].default_value
		);
		assert_config_same(PORTS, text);
	}
	for (unsigned i = 0; i < config_port_option_count; i++) {
		const struct config_option *option = &config_port_options[i];

		if (option->type == OPTION_ADDRESSES) // has no default that would do
			continue;
		snprintf(
			text,
			sizeof(text),
			"ports = ( { addresses = [ \"198.51.100.10/24\" ]; %s = %s; } );\n",
			option->path,
			option->default_value
		);
		assert_config_same(PORTS, text);
	}
}

static bool
is_path(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.") == strlen(text);
}

static void
test_table_can_be_shown(void **state)
{
	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];

		assert_true(is_path(option->path));
		assert_non_null(strchr(option->path, '.'));
		assert_true(*option->help != '\0');
		assert_true(option->help[strlen(option->help) - 1] != '.');
		assert_true(option->min <= option->max);
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(option->path, config_options[j].path);
	}
	for (unsigned i = 0; i < config_port_option_count; i++)
		assert_null(strchr(config_port_options[i].path, '.'));
}

// Options of a group stand together, else config_print would open a group twice.
static void
test_groups_are_whole(void **state)
{
	(void)state;
	for (unsigned i = 2; i < config_option_count; i++) {
		const char *group = config_options[i].path;
		size_t len = strcspn(group, ".") + 1;

		if (strncmp(group, config_options[i - 1].path, len) == 0)
			continue;
		for (unsigned j = 0; j < i; j++)
			assert_true(strncmp(group, config_options[j].path, len) != 0);
	}
}

// Not named, room for peers over IPv6 grows with the room for all.
static void
test_maximum_of_ipv6_peers(void **state)
{
	struct config *config =
		config_file_load_valid(PORTS "swarm = { max_peers = 20000000; };\n");

	(void)state;
	assert_int_equal(config->max_peers_ipv6, 6666666);
	config_free(config);
	config = config_file_load_valid(PORTS "swarm = { max_peers = 7; max_peers_ipv6 = 7; };\n");
	assert_int_equal(config->max_peers_ipv6, 7);
	config_free(config);
	assert_config_refused(
		PORTS "swarm = { max_peers = 7;\nmax_peers_ipv6 = 8; };\n",
		3,
		"swarm.max_peers_ipv6",
		"must not exceed swarm.max_peers (7)"
	);
}

static void
test_ring_size_is_a_power_of_two(void **state)
{
	char text[256];

	(void)state;
	for (uint32_t size = 2; size <= 2048; size++) {
		snprintf(text, sizeof(text), PORTS "lcores = {\nring_size = %u; };\n", size);
		if ((size & (size - 1)) == 0)
			config_free(config_file_load_valid(text));
		else if (size % 97 == 0) // a few are enough
			assert_config_refused(text, 3, "lcores.ring_size", "a power of two");
	}
	assert_config_refused(
		PORTS "lcores = { ring_size = 1000; };\n", 2, "lcores.ring_size", "a power of two"
	);
}

// A client that keeps to the interval must never be forgotten.
static void
test_timeout_is_above_interval(void **state)
{
	static const struct {
		const char *text;
		unsigned line; // 0: the timeout is the default
		bool right;
	} rows[] = {
		{PORTS "tracker = { interval = 100; interval_spread = 20; };\n"
		       "swarm = { peer_timeout = 121; };\n",
		 3,
		 true},
		{PORTS "tracker = { interval = 100; interval_spread = 20; };\n"
		       "swarm = { peer_timeout = 120; };\n",
		 3,
		 false},
		{PORTS "tracker = { interval = 2579; };\n", 0, true},
		{PORTS "tracker = { interval = 2580; };\n", 0, false},
		{PORTS "swarm = { peer_timeout = 1; };\n", 2, false},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		if (rows[i].right)
			config_free(config_file_load_valid(rows[i].text));
		else
			assert_config_refused(
				rows[i].text, rows[i].line, "swarm.peer_timeout", "must be above"
			);
}

// Every kind of value, away from its default, with all characters a text may have.
static const char rich[] =
	"tracker = { port = 7070; interval = 900; interval_spread = 0; key_file = "
	"\"/a/\\\"b\\\\nc\"; };\n"
	"swarm = { max_peers = 2000000000; peer_timeout = 604800; };\n"
	"host = { allow_private = true; dad = false; echo_rate = 0; };\n"
	"lcores = { main = [ 0 ]; io = [ 1, 2 ]; workers = ( 2, 3, 4 ); idle = \"poll\"; };\n"
	"memory = { hugepages = \"yes\"; file_prefix = \"w\\tx y#z//\"; };\n"
	"driver = { name = \"a # b\"; eal = [ \"--vdev=net_x,\\\"q\\\"\", \"-d\" ]; rss = false; "
	"};\n"
	"log = { level = \"debug\"; };\n"
	"test = { seed = 4294967295L; time = 2147483648L; stop_after = 2147483647; };\n"
	"ports = ( { device = \"0000:01:00.0\"; vlan = 4094;\n"
	"    addresses = [ \"198.51.100.10/24\", \"2001:DB8::0010/64\" ];\n"
	"    gateway_ipv4 = \"198.51.100.1\"; gateway_ipv6 = \"2001:db8::1\"; },\n"
	"  { device = \"net_tap0\"; addresses = ( \"10.0.0.1/8\" ); } );\n";

static void
test_print_and_load_again(void **state)
{
	static const char *const texts[] = {PORTS, rich, "driver = { virtual = true; };\n"};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(texts); i++) {
		struct config *config = config_file_load_valid(texts[i]);
		char *once = config_file_print(config);

		config_free(config);
		config = config_file_load_valid(once);
		char *twice = config_file_print(config);

		assert_string_equal(once, twice);
		assert_config_same(texts[i], once);
		config_free(config);
		free(once);
		free(twice);
	}
}

static void
test_values_are_read(void **state)
{
	struct config *config = config_file_load_valid(rich);

	(void)state;
	assert_int_equal(config->tracker_port, 7070);
	assert_string_equal(config->key_file, "/a/\"b\\nc");
	assert_int_equal(config->max_peers, 2000000000);
	assert_true(config->allow_private);
	assert_false(config->dad);
	assert_int_equal(config->worker_cpus.count, 3);
	assert_int_equal(config->worker_cpus.items[2], 4);
	assert_int_equal(config->idle, CONFIG_IDLE_POLL);
	assert_int_equal(config->hugepages, CONFIG_HUGEPAGES_YES);
	assert_int_equal(config->log_level, 3);
	assert_int_equal(config->test_seed, UINT32_MAX);
	assert_int_equal(config->port_count, 2);
	assert_int_equal(config->ports[0].vlan, 4094);
	assert_string_equal(config->ports[1].device, "net_tap0");
	assert_int_equal(config->max_torrents, 500000); // not in the file
	config_free(config);
}

static void
test_defaults_that_depend_on_others(void **state)
{
	static const struct {
		bool is_virtual;
		enum config_hugepages hugepages;
		bool uses;
	} pages[] = {
		{false, CONFIG_HUGEPAGES_AUTO, true},
		{true, CONFIG_HUGEPAGES_AUTO, false},
		{true, CONFIG_HUGEPAGES_YES, true},
		{false, CONFIG_HUGEPAGES_NO, false},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(pages); i++) {
		struct config config = {
			.driver_virtual = pages[i].is_virtual, .hugepages = pages[i].hugepages};

		assert_int_equal(config_uses_hugepages(&config), pages[i].uses);
	}
}

// The reference names every option, one a line, in a table of six columns.
static void
test_print_options(void **state)
{
	char *text = NULL;
	size_t size;
	unsigned lines = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	config_print_options(out);
	fclose(out);
	for (unsigned i = 0; i < config_option_count; i++) {
		char cell[128];

		snprintf(cell, sizeof(cell), "\n| `%s` |", config_options[i].path);
		assert_non_null(strstr(text, cell));
	}
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		unsigned bars = 0;

		for (const char *at = line; *at != '\0'; at++)
			bars += *at == '|';
		assert_int_equal(bars, 7);
		lines++;
	}
	assert_int_equal(lines, 2 + config_option_count + config_port_option_count);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_default_is_accepted),
		cmocka_unit_test(test_table_can_be_shown),
		cmocka_unit_test(test_groups_are_whole),
		cmocka_unit_test(test_maximum_of_ipv6_peers),
		cmocka_unit_test(test_ring_size_is_a_power_of_two),
		cmocka_unit_test(test_timeout_is_above_interval),
		cmocka_unit_test(test_print_and_load_again),
		cmocka_unit_test(test_values_are_read),
		cmocka_unit_test(test_defaults_that_depend_on_others),
		cmocka_unit_test(test_print_options),
	};

	return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
