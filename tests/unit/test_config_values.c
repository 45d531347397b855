// SPDX-License-Identifier: BSD-3-Clause
// app/weir/config/config.h: values of each type, accepted and refused.

#include "../../app/weir/config/config_source.h"
#include "../support/cmocka_wrap.h"
#include "../support/config_file.h"

#include <rte_common.h>

#include <string.h>

// Refused with an error about line 2 that names the option and what it must be.
static void
assert_option_refused(const struct config_option *option, const char *value)
{
	char text[65536], start[TEMP_PATH_MAX + 128];

	config_file_set_option(text, sizeof(text), option, value);
	config_free(config_file_load(text));
	snprintf(start, sizeof(start), "%s:2: %s", config_path, option->path);
	if (strncmp(config_errors, start, strlen(start)) != 0
	    || strstr(config_errors, "must be") == NULL || config_file_error_lines() == 0)
		fail_msg("%s:\n%s", text, config_errors);
}

// Values of the wrong type for each type of option.
static void
test_wrong_types(void **state)
{
	static const char *const wrong[][5] = {
		[OPTION_BOOL] = {"1", "0", "\"true\"", "[ true ]", "1.0"},
		[OPTION_UINT] = {"\"7\"", "true", "7.5", "[ 7 ]", "\"\""},
		[OPTION_STRING] = {"7", "true", "[ \"a\" ]", "1.5", "{ }"},
		[OPTION_CHOICE] = {"\"\"", "\"nonsense\"", "1", "true", "[ \"auto\" ]"},
		[OPTION_CPUS] = {"\"1\"", "1", "true", "{ }", "0.5"},
		[OPTION_STRINGS] = {"\"a\"", "1", "true", "[ 1 ]", "[ true ]"},
	};

	(void)state;
	for (unsigned i = 0; i < config_option_count; i++)
		for (unsigned w = 0; w < 5; w++)
			assert_option_refused(&config_options[i], wrong[config_options[i].type][w]);
}

static void
test_numbers_out_of_range(void **state)
{
	char value[32];

	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];

		if (option->type != OPTION_UINT)
			continue;
		snprintf(value, sizeof(value), "%lld", (long long)option->min - 1);
		assert_option_refused(option, value);
		snprintf(value, sizeof(value), "%lldL", (long long)option->max + 1);
		assert_option_refused(option, value);
		assert_option_refused(option, "-2000000000");
		assert_option_refused(option, "9000000000000000000L");
	}
}

// Read alone: other settings may contradict the ends of a range.
static void
test_ends_of_ranges(void **state)
{
	(void)state;
	struct config_source source = {.path = "ends", .errors = stderr};

	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];
		const uint32_t ends[] = {option->min, option->max};

		for (unsigned e = 0; e < 2 && option->type == OPTION_UINT; e++) {
			char text[64];
			uint32_t value = ~ends[e];
			config_t file;

			config_init(&file);
			snprintf(text, sizeof(text), "value = %uL;", ends[e]);
			assert_int_equal(config_read_string(&file, text), CONFIG_TRUE);
			assert_true(config_read_value(
				&source, option, config_lookup(&file, "value"), "value", &value
			));
			assert_int_equal(value, ends[e]);
			config_destroy(&file);
		}
	}
}

// 2^32 and a number that is right for the option: the same number for those who keep 32 bits of it.
// However it is written, every number setting refuses it, and names its line and range.
static void
test_numbers_beyond_32_bits(void **state)
{
	static const char *const formats[] = {"%llu", "%lluL", "%lluLL", "0x%llx", "0X%llXL"};
	char value[64], words[128];

	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];
		const unsigned long long numbers[] = {
			(1ull << 32) + option->max, (1ull << 63) + option->min};

		snprintf(words, sizeof(words), "from %u to %u", option->min, option->max);
		for (unsigned f = 0; f < 2 * RTE_DIM(formats) && option->type == OPTION_UINT; f++) {
			char text[256];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(value, sizeof(value), formats[f / 2], numbers[f % 2]);
#pragma GCC diagnostic pop
			config_file_set_option(text, sizeof(text), option, value);
			assert_config_refused(text, 2, option->path, words);
		}
	}
	assert_config_refused(
		PORTS "swarm = { max_peers = 4294967396; };\n", 2, "swarm.max_peers", "from 1"
	);
	assert_config_refused(
		PORTS "tracker = { port = 4294974265; };\n", 2, "tracker.port", "to 65535"
	);
	assert_config_refused(
		PORTS "tracker = { port = 0x10000000000001b39; };\n", 2, "tracker.port", "to 65535"
	);
	assert_config_refused(
		PORTS "lcores = { io = [ 4294967296 ]; };\n", 2, "lcores.io[0]", "0 to 4095"
	);
	assert_config_refused(
		PORTS "lcores = { io = [ 1,\n 0x100000000L ]; };\n", 3, "lcores.io[1]", "0 to 4095"
	);
	assert_config_refused(
		"ports = ( { addresses = [ \"10.0.0.1/24\" ];\n vlan = 4294967297; } );\n",
		2,
		"ports[0].vlan",
		"0 to 4094"
	);
}

// One number in every notation, of every version of libconfig.
static void
test_notations_of_numbers(void **state)
{
	static const char *const sevens[] = {
		"7", "+7", "007", "7L", "7LL", "0x7", "0X07L", "0b111", "0B0111L", "0o7", "0q07"};
	char text[256];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(sevens); i++) {
		snprintf(text, sizeof(text), PORTS "tracker = { port = %s; };\n", sevens[i]);
		struct config *config = config_file_load_valid(text);

		assert_int_equal(config->tracker_port, 7);
		config_free(config);
	}
}

// A text in quotes of that many characters.
static const char *
quoted(char *text, unsigned len)
{
	text[0] = '"';
	memset(text + 1, 'x', len);
	memcpy(text + 1 + len, "\"", 2);
	return text;
}

static void
test_lengths_of_texts(void **state)
{
	char value[5000];
	char text[6000];

	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];

		if (option->type != OPTION_STRING)
			continue;
		assert_option_refused(option, quoted(value, option->max + 1));
		if (option->min > 0)
			assert_option_refused(option, quoted(value, option->min - 1));
		config_file_set_option(text, sizeof(text), option, quoted(value, option->max));
		config_free(config_file_load_valid(text));
		config_file_set_option(text, sizeof(text), option, quoted(value, option->min));
		config_free(config_file_load_valid(text));
	}
}

static void
test_choices(void **state)
{
	char text[256];

	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];
		char word[32];

		if (strcmp(option->path, "host.stack") == 0)
			continue; // needs others, with which test_config_ports sets it
		for (uint32_t c = 0;
		     option->type == OPTION_CHOICE && config_choice(option, c, word, sizeof(word));
		     c++) {
			char value[40];

			snprintf(value, sizeof(value), "\"%s\"", word);
			config_file_set_option(text, sizeof(text), option, value);
			struct config *config = config_file_load_valid(text);

			assert_int_equal(
				*(const uint32_t *)((const char *)config + option->offset), c
			);
			config_free(config);
		}
	}
}

// "[ 0, 1, 2, … ]", as many as asked for.
static const char *
number_list(char *text, size_t size, unsigned count)
{
	size_t at = (size_t)snprintf(text, size, "[ ");

	for (unsigned i = 0; i < count; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%u", i == 0 ? "" : ", ", i);
	snprintf(text + at, size - at, " ]");
	return text;
}

static void
test_lists_of_cpus(void **state)
{
	static const char *const wrong[] = {
		"[ -1 ]", "[ 4096 ]", "[ \"1\" ]", "[ 1.5 ]", "( 1, \"2\" )", "( ( 1 ) )"};
	char value[1024];
	char text[2048];

	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];

		if (option->type != OPTION_CPUS)
			continue;
		for (unsigned w = 0; w < RTE_DIM(wrong); w++)
			assert_option_refused(option, wrong[w]);
		assert_option_refused(option, number_list(value, sizeof(value), option->max + 1));
		config_file_set_option(
			text, sizeof(text), option, number_list(value, sizeof(value), option->max)
		);
		config_free(config_file_load_valid(text));
	}
	assert_config_refused(
		PORTS "lcores = { io = [ 3, 4, 3 ]; };\n", 2, "lcores.io[2]", "CPU 3 twice"
	);
}

static void
test_lists_of_texts(void **state)
{
	char value[300];
	char text[1024];
	struct config *config;

	(void)state;
	assert_config_refused(
		PORTS "driver = { eal = [ \"\" ]; };\n", 2, "driver.eal[0]", "1 to 255 characters"
	);
	snprintf(text, sizeof(text), PORTS "driver = { eal = [ %s ]; };\n", quoted(value, 256));
	assert_config_refused(text, 2, "driver.eal[0]", "1 to 255 characters");
	config = config_file_load_valid(PORTS
					"driver = { eal = ( \"--vdev=a\", \"--no-pci\" ); };\n");
	assert_int_equal(config->driver_eal.count, 2);
	assert_string_equal(config->driver_eal.items[0], "--vdev=a");
	assert_string_equal(config->driver_eal.items[1], "--no-pci");
	config_free(config);
}

static void
test_too_many_texts(void **state)
{
	char text[1024] = PORTS "driver = { eal = [ \"x\"";

	(void)state;
	for (unsigned i = 1; i < CONFIG_STRINGS_MAX; i++)
		strcat(text, ", \"x\"");
	strcat(text, " ]; };\n");
	config_free(config_file_load_valid(text));
	memcpy(strstr(text, " ]; };\n"), ",\"x\" ];", 7);
	strcat(text, " };\n");
	assert_config_refused(text, 2, "driver.eal", "at most 32");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_types),
		cmocka_unit_test(test_numbers_out_of_range),
		cmocka_unit_test(test_ends_of_ranges),
		cmocka_unit_test(test_numbers_beyond_32_bits),
		cmocka_unit_test(test_notations_of_numbers),
		cmocka_unit_test(test_lengths_of_texts),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_lists_of_cpus),
		cmocka_unit_test(test_lists_of_texts),
		cmocka_unit_test(test_too_many_texts),
	};

	return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
