// SPDX-License-Identifier: BSD-3-Clause
// app/weir/command/control_request.h: the table of commands, and requests of any bytes.

#include "../../app/weir/command/control_request.h"
#include "../support/cmocka_wrap.h"

#include <stdlib.h>
#include <string.h>

static struct control_request request;
static json_t *errors;

static bool
parse_bytes(const char *line, size_t len)
{
	json_decref(errors);
	errors = json_array();
	return control_request_parse(&request, line, len, errors);
}

static void
assert_right(const char *line)
{
	if (!parse_bytes(line, strlen(line)))
		fail_msg("%s: %s", line, json_string_value(json_array_get(errors, 0)));
	assert_int_equal(json_array_size(errors), 0);
}

// Refused with these sentences, one a line, in order.
static void
assert_wrong(const char *line, const char *sentences)
{
	char all[4096] = "";

	assert_false(parse_bytes(line, strlen(line)));
	assert_null(request.json);
	for (size_t i = 0; i < json_array_size(errors); i++)
		snprintf(
			all + strlen(all),
			sizeof(all) - strlen(all),
			"%s%s",
			i > 0 ? "\n" : "",
			json_string_value(json_array_get(errors, i))
		);
	assert_string_equal(all, sentences);
}

// What exactly is wrong depends on the version of jansson.
static void
assert_no_json(const char *line)
{
	static const char words[] = "the request is not JSON: ";

	assert_false(parse_bytes(line, strlen(line)));
	assert_memory_equal(json_string_value(json_array_get(errors, 0)), words, strlen(words));
}

static int
tear_down(void **state)
{
	(void)state;
	json_decref(errors);
	errors = NULL;
	return 0;
}

// Every word of the column "members" is a member, and every member belongs to a command.
static void
test_table(void **state)
{
	unsigned uses[CONTROL_MEMBER_COUNT] = {0};

	(void)state;
	for (unsigned c = 0; c < CONTROL_COUNT; c++) {
		unsigned words = *control_commands[c].members != '\0', found = 0;

		for (const char *at = control_commands[c].members; *at != '\0'; at++)
			words += *at == ' ';
		for (unsigned m = 0; m < CONTROL_MEMBER_COUNT; m++)
			if (control_use(&control_commands[c], m) != CONTROL_UNKNOWN) {
				uses[m]++;
				found++;
			}
		assert_int_equal(found, words);
		for (unsigned other = 0; other < c; other++)
			assert_string_not_equal(
				control_commands[c].name, control_commands[other].name
			);
	}
	for (unsigned m = 0; m < CONTROL_MEMBER_COUNT; m++)
		assert_true(uses[m] > 0);
}

static void
test_use(void **state)
{
	const struct control_command command = {.members = "reason [in]"};

	(void)state;
	assert_int_equal(control_use(&command, CONTROL_MEMBER_in), CONTROL_OPTIONAL);
	assert_int_equal(
		control_use(&(struct control_command){.members = "in"}, CONTROL_MEMBER_in),
		CONTROL_NEEDED
	);
	assert_int_equal(
		control_use(&(struct control_command){.members = "[inn] i in2"}, CONTROL_MEMBER_in),
		CONTROL_UNKNOWN
	);
	assert_int_equal(
		control_use(&(struct control_command){.members = ""}, CONTROL_MEMBER_in),
		CONTROL_UNKNOWN
	);
}

static void
test_right(void **state)
{
	(void)state;
	assert_right(" {\"command\" : \"help\"}\r");
	assert_int_equal(request.command, CONTROL_help);
	control_request_free(&request);
	assert_right("{\"in\": 128, \"command\": \"secret.rotate\"}");
	assert_int_equal(request.command, CONTROL_secret_rotate);
	assert_int_equal(request.in_s, 128);
	control_request_free(&request);
	assert_right("{\"command\": \"secret.rotate\"}");
	assert_int_equal(request.in_s, 0);
	control_request_free(&request);
}

static void
test_no_object(void **state)
{
	(void)state;
	assert_no_json("");
	assert_wrong("[1]", "the request must be a JSON object");
	assert_wrong("{}", "command: is missing; the command help lists them");
	assert_wrong("{\"command\":7}", "command: must be a text");
	assert_wrong("{\"command\":null}", "command: must be a text");
	assert_wrong(
		"{\"command\":\"halt\\u0007\xc3\xa4\"}",
		"command: unknown: halt???; the command help lists them"
	);
	assert_no_json("{\"command\":\"help\",\"command\":\"reload\"}");
}

// All of them at once.
static void
test_members(void **state)
{
	static const char *const numbers[] = {
		"127", "2592001", "-1", "1.5", "128.0", "\"128\"", "null", "true", "[128]", "{}"};
	char line[128];

	(void)state;
	for (unsigned i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		snprintf(
			line, sizeof(line), "{\"command\":\"secret.rotate\",\"in\":%s}", numbers[i]
		);
		assert_wrong(line, "in: must be a whole number from 128 to 2592000");
	}
	assert_wrong(
		"{\"a\":1,\"in\":0,\"\\u001b[31m\":[],\"command\":\"secret.rotate\",\"\":2}",
		"a: is no member of secret.rotate\n"
		"in: must be a whole number from 128 to 2592000\n"
		"?[31m: is no member of secret.rotate\n"
		": is no member of secret.rotate"
	);
	assert_wrong("{\"command\":\"help\",\"in\":128}", "in: is no member of help");
}

static void
test_zeros_and_cuts(void **state)
{
	static const char line[] = "{\"command\":\"help\"}";
	char bytes[sizeof(line)];

	(void)state;
	for (size_t i = 0; i < strlen(line); i++) {
		assert_false(parse_bytes(line, i));
		memcpy(bytes, line, sizeof(line));
		bytes[i] = '\0';
		assert_false(parse_bytes(bytes, strlen(line)));
	}
	assert_false(parse_bytes("{\"command\":\"help\\u0000\"}", 24));
}

// A million brackets, and more wrong members than are told.
static void
test_large(void **state)
{
	char *line = malloc(CONTROL_REQUEST_MAX + 1);
	size_t len = 0;

	(void)state;
	assert_non_null(line);
	memset(line, '[', CONTROL_REQUEST_MAX);
	assert_false(parse_bytes(line, CONTROL_REQUEST_MAX));
	len = (size_t)snprintf(line, CONTROL_REQUEST_MAX, "{\"command\":\"help\"");
	for (unsigned i = 0; i < 1000; i++)
		len += (size_t)snprintf(line + len, CONTROL_REQUEST_MAX - len, ",\"m%u\":%u", i, i);
	line[len++] = '}';
	assert_false(parse_bytes(line, len));
	assert_int_equal(json_array_size(errors), CONTROL_ERRORS_MAX);
	free(line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_use),
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_no_object),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_zeros_and_cuts),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
