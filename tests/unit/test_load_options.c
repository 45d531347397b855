// SPDX-License-Identifier: BSD-3-Clause
// app/weir-load/options.c: defaults, every type of argument, all errors at once.

#include "../../app/weir-load/options.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static struct options options;
static char said[4096];

// Parses a command line, words separated by blanks; what it says of errors is in `said`.
static bool
parse(const char *line)
{
	static char words[1024];
	static char name[] = "weir-load";
	static char *argv[40];
	int argc = 1;
	FILE *errors = fmemopen(said, sizeof(said), "w");

	said[0] = '\0';
	argv[0] = name;
	snprintf(words, sizeof(words), "%s", line);
	for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	bool ok = options_parse(&options, argc, argv, errors);

	fclose(errors);
	assert_true(ok == (said[0] == '\0'));
	return ok;
}

static unsigned
lines_said(void)
{
	unsigned lines = 0;

	for (const char *at = said; *at != '\0'; at++)
		lines += *at == '\n';
	return lines;
}

static void
test_defaults(void **state)
{
	(void)state;
	assert_true(parse(""));
	assert_int_equal(options.tracker_ipv4.address, inet_addr("192.0.2.1"));
	assert_false(options.tracker_ipv6.given);
	assert_int_equal(options.clients, 65536);
	assert_int_equal(options.client_net.first, 0xc6120000);
	assert_int_equal(options.client_net.bits, 15);
	assert_int_equal(options.client_net6.first, UINT64_C(0x2001000200000000));
	assert_int_equal(options.popularity, POPULARITY_AQUATIC);
	assert_true(options.duration_s == 10);
	assert_null(options.json);
	assert_int_equal(options.eal_argument_count, 0);
}

static void
test_every_type(void **state)
{
	(void)state;
	assert_true(parse(
		"--tracker 198.51.100.7 --tracker6 2001:db8::7 --ipv6-share 12.5 --port 80 "
		"--mac 02:00:00:00:00:aa --client-net 100.64.0.0/10 --client-net6 "
		"2001:db8:1::/48 --popularity uniform --json - --quiet --fill -- --no-pci -m 64"
	));
	assert_int_equal(options.tracker_ipv4.address, inet_addr("198.51.100.7"));
	assert_int_equal(options.tracker_ipv6.address[15], 7);
	assert_true(options.ipv6_share == 12.5);
	assert_int_equal(options.mac.address.addr_bytes[5], 0xaa);
	assert_int_equal(options.client_net.bits, 10);
	assert_int_equal(options.client_net6.first, UINT64_C(0x20010db800010000));
	assert_int_equal(options.popularity, POPULARITY_UNIFORM);
	assert_string_equal(options.json, "-");
	assert_true(options.quiet && options.fill && !options.allow_self);
	assert_int_equal(options.eal_argument_count, 3);
	assert_string_equal(options.eal_arguments[2], "64");
}

static void
test_wrong_values(void **state)
{
	static const char *const lines[] = {
		"--tracker 2001:db8::1",
		"--tracker6 192.0.2.1",
		"--port 0",
		"--port 65536",
		"--port -1",
		"--port 1x",
		"--clients 0",
		"--mac 01:00:00:00:00:01",
		"--mac 2",
		"--client-net 198.18.0.0",
		"--client-net 198.18.0.1/15",
		"--client-net 198.18.0.0/31",
		"--client-net 2001:2::/48",
		"--client-net6 2001:2::/65",
		"--client-net6 2001:2::1/48",
		"--client-net6 2001:2:0:1::/48",
		"--ipv6-share -1",
		"--ipv6-share 101",
		"--ipv6-share nan",
		"--popularity zipf",
		"--popularity aqua",
		"--duration 0",
		"--timeout 0",
		"--scrape-hashes 71",
		"--nonsense",
		"--json",
		"words",
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(lines); i++) {
		if (parse(lines[i]))
			fail_msg("%s was taken", lines[i]);
		assert_int_equal(lines_said(), 1);
	}
}

static void
test_wrong_together(void **state)
{
	static const char *const lines[] = {
		"--ipv6-share 1",
		"--clients 255 --client-net 198.18.0.0/24 --peers 100",
		"--clients 17 --client-net6 2001:2::/60 --tracker6 ::2 --ipv6-share 1 --peers 9",
		"--tracker 198.18.0.1",
		"--connect 0 --announce 0 --scrape 0",
		"--clients 1 --peers 65536",
		"--stopped 60 --completed 50",
		"--write a --replay b --count 1",
		"--write a",
		"--fill --count 3",
		"--fill --replay a",
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(lines); i++) {
		if (parse(lines[i]))
			fail_msg("%s was taken", lines[i]);
		assert_int_equal(lines_said(), 1);
	}
	// Just inside the same bounds.
	assert_true(parse("--clients 254 --client-net 198.18.0.0/24 --peers 100"));
	assert_true(parse(
		"--clients 16 --client-net6 2001:2::/60 --tracker6 2001:db8::1 --ipv6-share 1 "
		"--peers 100"
	));
	assert_true(parse("--clients 1 --peers 65535"));
	assert_true(parse("--tracker 198.18.0.0"));
}

static void
test_all_errors_at_once(void **state)
{
	(void)state;
	assert_false(parse("--port 0 --what --mac x --ipv6-share 5 --write f"));
	assert_int_equal(lines_said(), 5);
}

static void
test_help_has_every_option(void **state)
{
	static char text[16384];
	FILE *out = fmemopen(text, sizeof(text), "w");

	(void)state;
	assert_true(parse("--help"));
	assert_true(options.help);
	options_print_help(OPTION_HELP_TEXT, out);
	fclose(out);
#define OPTION(type, field, letter, name, ...)                                                     \
	assert_true(strstr(text, " --" name " ") != NULL || strstr(text, " --" name "[") != NULL);
#include "../../app/weir-load/options.def"
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
		if (strstr(line, "socket-abstract") == NULL) // an example that may not be broken
			assert_true(strlen(line) <= 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_every_type),
		cmocka_unit_test(test_wrong_values),
		cmocka_unit_test(test_wrong_together),
		cmocka_unit_test(test_all_errors_at_once),
		cmocka_unit_test(test_help_has_every_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
