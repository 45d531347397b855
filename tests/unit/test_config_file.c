// SPDX-License-Identifier: BSD-3-Clause
// app/weir/config/config.h: the file itself: names, syntax, includes, and errors that name the line.

#include "../support/cmocka_wrap.h"
#include "../support/config_file.h"

#include <rte_common.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Whatever stands at the wrong place or is spelled wrong.
static void
test_unknown_names(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *key;
	} rows[] = {
		{PORTS "tracker = { prot = 1; };\n", 2, "tracker.prot"},
		{PORTS "\ntrakcer = { port = 1; };\n", 3, "trakcer.port"},
		{PORTS "port = 1;\n", 2, "port"},
		{PORTS "tracker = { port = 1;\ntracker = { port = 2; }; };\n",
		 3,
		 "tracker.tracker"},
		{"ports = (\n{ addresses = [ \"198.51.100.10/24\" ];\nmac = 1; } );\n",
		 3,
		 "ports[0].mac"},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		assert_config_refused(rows[i].text, rows[i].line, rows[i].key, "is unknown");
	assert_config_refused(PORTS "tracker = 1;\n", 2, "tracker", "must be a group");
	assert_config_refused(PORTS "log = ( { rate = 1; } );\n", 2, "log", "must be a group");
}

// Whoever made five mistakes hears of all five at once.
static void
test_five_mistakes(void **state)
{
	(void)state;
	assert_null(config_file_load("# a comment\n"
				     "tracker = {\n"
				     "    port = 70000;\n"
				     "    intervall = 1800;\n"
				     "};\n"
				     "lcores = { ring_size = 1000; };\n"
				     "host = { dad = \"yes\"; };\n"
				     "ports = ( {\n"
				     "    addresses = [ \"198.51.100.10/24\" ];\n"
				     "    gateway_ipv4 = \"203.0.113.1\";\n"
				     "} );\n"));
	assert_config_error(3, "tracker.port", "from 1 to 65535 (UDP port)");
	assert_config_error(4, "tracker.intervall", "is unknown");
	assert_config_error(6, "lcores.ring_size", "power of two");
	assert_config_error(7, "host.dad", "true or false");
	assert_config_error(10, "ports[0].gateway_ipv4", "must be in");
	assert_int_equal(config_file_error_lines(), 5);
}

// What is there, and what is allowed.
static void
test_syntax_errors(void **state)
{
	static const struct {
		const char *text; // behind PORTS, from line 2 on
		unsigned line;
		const char *words;
	} rows[] = {
		{"tracker = {\nport = ;\n};\n", 3, "a value is missing behind ="},
		{"tracker = {\nport 7;\n};\n", 3, "a = is missing behind port"},
		{"tracker {\nport = 7;\n};\n", 2, "a = is missing behind tracker"},
		{"tracker = {\nport = 7 8;\n};\n", 3, "between 7 and 8"},
		{"swarm = {\nmax_peers = 5M;\n};\n", 3, "5M is not a number; write all its digits"},
		{"swarm = {\nmax_peers = 0x;\n};\n", 3, "0x is not a number"},
		{"swarm = {\nmax_peers = 1_000;\n};\n", 3, "1_000 is not a number"},
		{"lcores = {\nidle = poll;\n};\n", 3, "poll is not a value; texts are in quotes"},
		{"tracker = { port = 1; };\ntracker = { };\n", 3, "or in the file: keep one"},
		{"tracker = {\n", 3, "the file ends inside the { of line 2"},
		{"tracker = { port = 1; ];\n", 2, "] does not close the { of line 2"},
		{"};\n", 2, "} closes nothing"},
		{"log = {\nlevel = \"info;\n };\n", 3, "the text that starts here never ends"},
		{"/* a\ncomment\n", 2, "the comment that starts here never ends"},
		{"tracker = { $port = 1; };\n", 2, "unexpected $: a name or a value"},
		{"@include driver.cfg\n", 2, "must be: @include \"FILE\""},
	};
	char text[512];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		snprintf(text, sizeof(text), "%s%s", PORTS, rows[i].text);
		config_free(config_file_load(text));
		assert_config_error(rows[i].line, "syntax", rows[i].words);
	}
	assert_config_refused(
		"\xef\xbb\xbf" PORTS, 1, "syntax", "byte order mark; save it as UTF-8"
	);
	assert_config_refused("\xff\xfep", 1, "syntax", "is UTF-16; save it as UTF-8");
	assert_config_refused("\xfe\xffp", 1, "syntax", "is UTF-16; save it as UTF-8");
	assert_config_refused(
		"@include \"weir.cfg\"\n", 1, "syntax", "does a file include itself?"
	);
}

// Comments and texts are left alone, whatever is in them.
static void
test_comments_and_texts_are_not_numbers(void **state)
{
	struct config *config = config_file_load_valid(
		"# port = 5M;\n// @include \"x\"\n/* @include\n@include \"x\" */\n" PORTS
		"driver = { name = \"5M 0x1 # // /*\"; };\nlog = { level: \"debug\" }\n"
		"swarm = { peer_detail = FALSE max_peers = 7 };"
	);

	(void)state;
	assert_string_equal(config->driver_name, "5M 0x1 # // /*");
	assert_int_equal(config->log_level, 3);
	assert_int_equal(config->max_peers, 7);
	config_free(config);
}

// A FIFO, a device: refused at once, never waited for.
static void
test_file_that_is_not_regular(void **state)
{
	char text[TEMP_PATH_MAX + 64];

	(void)state;
	temp_path(&temp, "fifo.cfg", config_path);
	assert_int_equal(mkfifo(config_path, 0600), 0);
	assert_null(config_file_load_path(config_path));
	assert_config_error(0, "", "is a FIFO; a regular file is needed");
	snprintf(text, sizeof(text), "@include \"fifo.cfg\"\n" PORTS);
	assert_config_refused(text, 1, "syntax", "fifo.cfg is a FIFO");
	assert_config_refused(
		"@include \"/dev/null\"\n" PORTS, 1, "syntax", "/dev/null is a device"
	);
	strcpy(config_path, "/dev/null");
	assert_null(config_file_load_path(config_path));
	assert_config_error(0, "", "is a device; a regular file is needed");
}

static void
test_file_that_is_missing(void **state)
{
	(void)state;
	temp_path(&temp, "missing.cfg", config_path);
	assert_null(config_file_load_path(config_path));
	assert_config_error(0, "", "cannot be read: No such file");
	assert_int_equal(config_file_error_lines(), 1);
	strcpy(config_path, temp.folder);
	assert_null(config_file_load_path(config_path));
	assert_config_error(0, "", "is a folder; a regular file is needed");
	assert_int_equal(config_file_error_lines(), 1);
}

// @include looks beside the file, whatever the working folder; errors name the included file as
// the main file does.
static void
test_include(void **state)
{
	char main_path[TEMP_PATH_MAX];
	char folder[TEMP_PATH_MAX];
	char folder_after[TEMP_PATH_MAX];
	struct config *config;

	(void)state;
	assert_non_null(getcwd(folder, sizeof(folder)));
	temp_write(&temp, "main.cfg", "@include \"driver.cfg\"\n" PORTS, main_path);
	temp_write(&temp, "driver.cfg", "driver = {\n    queues = 3; };\n", config_path);
	config = config_file_load_path(main_path);
	assert_non_null(config);
	assert_int_equal(config->queues, 3);
	config_free(config);
	assert_non_null(getcwd(folder_after, sizeof(folder_after)));
	assert_string_equal(folder, folder_after);
	temp_write(&temp, "driver.cfg", "driver = {\n    queues = 65; };\n", config_path);
	assert_null(config_file_load_path(main_path));
	assert_config_error(2, "driver.queues", "from 0 to 64");
	temp_write(&temp, "driver.cfg", "driver = {\n    queues = ; };\n", config_path);
	assert_null(config_file_load_path(main_path));
	assert_config_error(2, "syntax", "a value is missing");
	assert_int_equal(unlink(config_path), 0);
	assert_null(config_file_load_path(main_path));
	strcpy(config_path, main_path);
	assert_config_error(1, "syntax", "/driver.cfg nor /");
}

static void
test_include_of_an_absolute_path(void **state)
{
	char included[TEMP_PATH_MAX];
	char text[TEMP_PATH_MAX + 128];

	(void)state;
	temp_write(&temp, "absolute.cfg", "log = { level = \"error\"; };\n", included);
	snprintf(text, sizeof(text), "@include \"%s\"\n" PORTS, included);
	struct config *config = config_file_load_valid(text);

	assert_int_equal(config->log_level, 0);
	config_free(config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_names),
		cmocka_unit_test(test_five_mistakes),
		cmocka_unit_test(test_syntax_errors),
		cmocka_unit_test(test_comments_and_texts_are_not_numbers),
		cmocka_unit_test(test_file_that_is_not_regular),
		cmocka_unit_test(test_file_that_is_missing),
		cmocka_unit_test(test_include),
		cmocka_unit_test(test_include_of_an_absolute_path),
	};

	return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
