// SPDX-License-Identifier: BSD-3-Clause
// app/weir/config/config.h: what of a file that is read again is taken, and what is kept.

#include "../support/cmocka_wrap.h"
#include "../support/config_file.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1024 };

// What config_follow wrote.
struct told {
	char *changes;
	char *errors;
};

static bool
follow(struct config *next, const struct config *running, struct told *told)
{
	size_t size;
	FILE *changes = open_memstream(&told->changes, &size);
	FILE *errors = open_memstream(&told->errors, &size);
	bool right = config_follow(next, running, changes, errors);

	fclose(changes);
	fclose(errors);
	return right;
}

static void
forget(struct told *told)
{
	free(told->changes);
	free(told->errors);
}

// A value that is not the default.
static void
other_value(const struct config_option *option, char value[TEXT_MAX])
{
	static const char *const chosen[][2] = {
		{"tracker.interval_max", "2000"}, // above tracker.interval
		{"lcores.ring_size", "2048"}, // a power of two
		{"driver.mtu", "1500"}, // not below 576
		{"device", "\"other\""},
		{"gateway_ipv4", "\"198.51.100.1\""},
		{"addresses", "[ \"198.51.100.11/24\" ]"},
	};
	unsigned long number = strtoul(option->default_value, NULL, 10);

	for (unsigned i = 0; i < RTE_DIM(chosen); i++)
		if (strcmp(chosen[i][0], option->path) == 0) {
			snprintf(value, TEXT_MAX, "%s", chosen[i][1]);
			return;
		}
	switch (option->type) {
	case OPTION_BOOL:
		strcpy(value, *option->default_value == 't' ? "false" : "true");
		break;
	case OPTION_UINT:
		snprintf(value, TEXT_MAX, "%lu", number < option->max ? number + 1 : number - 1);
		break;
	case OPTION_CHOICE: // the second of the words; every default is another
		snprintf(value, TEXT_MAX, "\"%s\"", strchr(option->unit, ' ') + 1);
		*strchrnul(value, ' ') = '\0';
		strcat(value, value[strlen(value) - 1] == '"' ? "" : "\"");
		break;
	case OPTION_STRING:
		strcpy(value, "\"other\"");
		break;
	case OPTION_STRINGS:
		strcpy(value, "[ \"--one\", \"--other\" ]");
		break;
	case OPTION_CPUS:
		strcpy(value, "[ 1 ]");
		break;
	case OPTION_ADDRESSES:
		break;
	}
}

// The file that sets `option` alone.
static struct config *
load_other(const struct config_option *option)
{
	char text[2 * TEXT_MAX], value[TEXT_MAX];

	other_value(option, value);
	config_file_set_option(text, sizeof(text), option, value);
	return config_file_load_valid(text);
}

static void
assert_told(
	const struct told *told,
	const struct config_option *option,
	unsigned line,
	const char *before,
	const char *after
)
{
	bool taken = option->change == CONFIG_RELOAD;
	const char *quote = option->type == OPTION_STRING ? "\"" : "";
	char wanted[4 * TEXT_MAX], place[TEMP_PATH_MAX + 32];

	if (line == 0)
		snprintf(place, sizeof(place), "%s", config_path);
	else
		snprintf(place, sizeof(place), "%s:%u", config_path, line);
	snprintf(
		wanted,
		sizeof(wanted),
		"%s: %s: %s %s%s%s%s %s%s%s%s\n",
		place,
		option->path,
		taken ? "was" : "stays",
		quote,
		before,
		quote,
		taken ? ", is" : ";",
		quote,
		after,
		quote,
		taken ? "" : " needs a restart"
	);
	assert_string_equal(told->changes, wanted);
	assert_string_equal(told->errors, "");
}

// Every setting but `option` is as it was; that one is `wanted`.
static void
assert_only(
	const struct config *config,
	const struct config *defaults,
	const struct config_option *option,
	const char *wanted
)
{
	char is[TEXT_MAX], was[TEXT_MAX];

	for (unsigned i = 0; i < config_option_count; i++) {
		config_show(&config_options[i], config, is, sizeof(is));
		config_show(&config_options[i], defaults, was, sizeof(was));
		assert_string_equal(is, &config_options[i] == option ? wanted : was);
	}
}

// `next` follows `running`, which is freed before what is left of it can be read.
static void
check_follow(
	const struct config_option *option,
	struct config *next,
	struct config *running,
	unsigned line
)
{
	char before[TEXT_MAX], after[TEXT_MAX];
	struct config *defaults = config_file_load_valid(PORTS);
	struct told told;

	config_show(option, running, before, sizeof(before));
	config_show(option, next, after, sizeof(after));
	assert_string_not_equal(before, after);
	assert_true(follow(next, running, &told));
	config_free(running);
	assert_told(&told, option, line, before, after);
	assert_only(next, defaults, option, option->change == CONFIG_RELOAD ? after : before);
	forget(&told);
	config_free(defaults);
	config_free(next);
}

// Whether a setting can have another value while others stay: host.stack needs a device and addresses to go with it.
static bool
goes_alone(const struct config_option *option)
{
	return strcmp(option->path, "host.stack") != 0;
}

static void
test_every_setting(void **state)
{
	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];

		if (!goes_alone(option))
			continue;
		struct config *running = config_file_load_valid(PORTS);

		check_follow(option, load_other(option), running, 2);
	}
}

// A setting that the file no longer has goes back to its default, or stays as it is.
static void
test_settings_that_went(void **state)
{
	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];

		if (!goes_alone(option))
			continue;
		struct config *running = load_other(option), *next = config_file_load_valid(PORTS);
		struct told told;
		char before[TEXT_MAX], after[TEXT_MAX], is[TEXT_MAX];

		config_show(option, running, before, sizeof(before));
		config_show(option, next, after, sizeof(after));
		assert_true(follow(next, running, &told));
		config_free(running);
		assert_told(&told, option, 0, before, after);
		config_show(option, next, is, sizeof(is));
		assert_string_equal(is, option->change == CONFIG_RELOAD ? after : before);
		forget(&told);
		config_free(next);
	}
}

// What stays is kept from one configuration to the next.
static void
test_many_times(void **state)
{
	struct config *running = config_file_load_valid(
		PORTS "driver = { eal = [ \"--no-pci\", \"--vdev=net_ring0\" ]; };\n"
	);
	struct told told;

	(void)state;
	for (unsigned i = 1; i <= 50; i++) {
		char text[TEXT_MAX];

		snprintf(
			text,
			sizeof(text),
			PORTS "tracker = { interval = %u; };\nswarm = { max_peers = %u; };\n",
			i,
			7 + i
		);
		struct config *next = config_file_load_valid(text);

		assert_true(follow(next, running, &told));
		config_free(running);
		running = next;
		assert_non_null(strstr(told.changes, ":2: tracker.interval: was "));
		assert_non_null(strstr(told.changes, ":3: swarm.max_peers: stays 1000000; "));
		forget(&told);
	}
	assert_int_equal(running->interval_s, 50);
	assert_int_equal(running->max_peers, 1000000);
	assert_int_equal(running->driver_eal.count, 2);
	assert_string_equal(running->driver_eal.items[1], "--vdev=net_ring0");
	config_free(running);
}

// Nothing is told of a file that says the same.
static void
test_no_change(void **state)
{
	static const char *const texts[] = {
		PORTS,
		PORTS "tracker = { interval = 1800; };\nlog = { level = \"info\"; };\n",
		PORTS "driver = { eal = [ ]; };\n",
		("# other words\n" PORTS),
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(texts); i++) {
		struct config *running = config_file_load_valid(PORTS);
		struct config *next = config_file_load_valid(texts[i]);
		struct told told;

		assert_true(follow(next, running, &told));
		assert_string_equal(told.changes, "");
		assert_string_equal(told.errors, "");
		forget(&told);
		config_free(running);
		config_free(next);
	}
}

// Ports that differ are refused, and every difference is told, with nothing of the rest.
static void
test_ports(void **state)
{
	static const struct {
		const char *text;
		const char *errors[3]; // behind the path
	} rows[] = {
		{"ports = ( { addresses = [\n\"198.51.100.11/24\" ]; } );\n",
		 {":1: ports[0].addresses: changed from [\"198.51.100.10/24\"] to "
		  "[\"198.51.100.11/24\"]: ports need a restart\n"}},
		{"ports = ( { addresses = [ \"198.51.100.10/24\" ];\n vlan = 7;\n device = \"x\";\n"
		 "gateway_ipv4 = \"198.51.100.1\"; } );\ntracker = { interval = 7; };\n",
		 {":2: ports[0].vlan: changed from 0 to 7: ports need a restart\n",
		  ":3: ports[0].device: changed from ",
		  ":4: ports[0].gateway_ipv4: changed from "}},
		{"\nports = ( { device = \"a\"; addresses = [ \"198.51.100.10/24\" ]; },\n"
		 "{ device = \"b\"; addresses = [ \"192.0.2.1/24\" ]; } );\n",
		 {":2: ports: changed from 1 to 2 ports: ports need a restart\n"}},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct config *running = config_file_load_valid(PORTS);
		struct config *next = config_file_load_valid(rows[i].text);
		struct told told;
		unsigned lines = 0, wanted = 0;

		assert_false(follow(next, running, &told));
		assert_string_equal(told.changes, "");
		for (; wanted < 3 && rows[i].errors[wanted] != NULL; wanted++)
			if (strstr(told.errors, rows[i].errors[wanted]) == NULL)
				fail_msg("no %s in\n%s", rows[i].errors[wanted], told.errors);
		for (const char *at = told.errors; *at != '\0'; at++)
			lines += *at == '\n';
		assert_int_equal(lines, wanted);
		forget(&told);
		config_free(running);
		config_free(next);
	}
}

// A rule between a setting that is taken and one that stays: the file alone satisfies it.
static void
test_rule_with_a_kept_setting(void **state)
{
	static const struct {
		const char *text;
		bool right;
	} rows[] = {
		{PORTS "swarm = { peer_timeout = 9000; };\ntracker = {\ninterval = 2579; };\n",
		 true},
		{PORTS "swarm = { peer_timeout = 9000; };\ntracker = {\ninterval = 2580; };\n",
		 false},
		{PORTS "swarm = { peer_timeout = 9000; };\ntracker = {\ninterval = 8000; };\n",
		 false},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct config *running = config_file_load_valid(PORTS);
		struct config *next = config_file_load_valid(rows[i].text);
		struct told told;

		assert_int_equal(follow(next, running, &told), rows[i].right);
		assert_int_equal(*told.errors == '\0', rows[i].right);
		if (!rows[i].right)
			assert_non_null(strstr(told.errors, ":4: tracker.interval: "));
		forget(&told);
		config_free(running);
		config_free(next);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_setting),
		cmocka_unit_test(test_settings_that_went),
		cmocka_unit_test(test_many_times),
		cmocka_unit_test(test_no_change),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_rule_with_a_kept_setting),
	};

	return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
