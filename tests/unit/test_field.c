// SPDX-License-Identifier: BSD-3-Clause
// lib/stats/field.h: every row is filled in, names are unique where they must be, and metrics have names
// that Prometheus allows.

#include "../../lib/stats/field.h"
#include "../../lib/stats/stats.h"
#include "../../lib/stats/telemetry_command.h"
#include "../support/cmocka_wrap.h"

#include <stdbool.h>
#include <string.h>

// All but the number of nanoseconds that a name stands for.
static bool
is_name(const char *text)
{
	return *text != '\0'
		&& strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_NS") == strlen(text);
}

static bool
ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static void
assert_sentence(const char *text)
{
	assert_true(*text != '\0');
	assert_true(text[strlen(text) - 1] != '.');
}

static void
test_every_field_is_filled_in(void **state)
{
	(void)state;
	for (enum field f = FIELD_NONE + 1; f < FIELD_COUNT; f++) {
		const struct field_info *info = &field_infos[f];

		assert_true(is_name(info->name));
		assert_non_null(info->unit);
		assert_non_null(info->label);
		assert_non_null(info->metric);
		assert_sentence(info->help);
	}
}

static void
test_objects_have_all_fields(void **state)
{
	enum field next = FIELD_NONE + 1;

	(void)state;
	for (enum field_object object = OBJECT_NONE + 1; object < OBJECT_COUNT; object++) {
		const struct field_object_info *info = &field_objects[object];

		assert_true(is_name(info->name));
		assert_sentence(info->title);
		assert_int_equal(*info->key == '\0', *info->key_help == '\0');
		assert_int_equal(info->first, next);
		assert_true(info->end > info->first);
		for (; next < info->end; next++)
			assert_int_equal(field_infos[next].object, object);
	}
	assert_int_equal(next, FIELD_COUNT);
}

static void
test_find_gets_each_field(void **state)
{
	(void)state;
	for (enum field f = FIELD_NONE + 1; f < FIELD_COUNT; f++)
		assert_ptr_equal(
			field_find(field_infos[f].object, field_infos[f].name), &field_infos[f]
		);
	assert_null(field_find(OBJECT_memory, "version"));
	assert_null(field_find(OBJECT_NONE, "version"));
}

static void
test_stats_are_fields_in_their_order(void **state)
{
	(void)state;
	assert_int_equal(FIELD_stats_END - FIELD_stats_FIRST, STAT_COUNT);
	for (unsigned s = 0; s < STAT_COUNT; s++)
		assert_string_equal(field_infos[FIELD_stats_FIRST + s].name, stat_names[s]);
}

static void
test_metrics_are_unique_numbers(void **state)
{
	(void)state;
	for (enum field f = FIELD_NONE + 1; f < FIELD_COUNT; f++) {
		const struct field_info *info = &field_infos[f];

		if (*info->metric == '\0')
			continue;
		assert_true(is_name(info->metric));
		assert_int_equal(strncmp(info->metric, "weir_", 5), 0);
		assert_int_equal(
			ends_with(info->metric, "_total"), info->kind == FIELD_KIND_COUNTER
		);
		assert_true(info->kind >= FIELD_KIND_NUMBER);
		for (enum field g = FIELD_NONE + 1; g < f; g++)
			assert_string_not_equal(field_infos[g].metric, info->metric);
	}
}

static void
test_names_of_several(void **state)
{
	(void)state;
	assert_string_equal(field_name_of(FIELD_stage_cycles, "receive").text, "receive_cycles");
	assert_string_equal(field_name_of(FIELD_latency_p999_ns, "other").text, "other_p999_ns");
	assert_string_equal(field_name_of_bucket(256).text, "le_256_ns");
	assert_string_equal(field_name_of_bucket(16777216).text, "le_16777216_ns");
}

static void
test_commands_are_filled_in(void **state)
{
	(void)state;
	for (unsigned c = TELEMETRY_COMMAND_NONE + 1; c < TELEMETRY_COMMAND_COUNT; c++) {
		assert_int_equal(strncmp(telemetry_commands[c].path, "/weir/", 6), 0);
		assert_non_null(telemetry_commands[c].parameters);
		assert_sentence(telemetry_commands[c].help);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_field_is_filled_in),
		cmocka_unit_test(test_objects_have_all_fields),
		cmocka_unit_test(test_find_gets_each_field),
		cmocka_unit_test(test_stats_are_fields_in_their_order),
		cmocka_unit_test(test_metrics_are_unique_numbers),
		cmocka_unit_test(test_names_of_several),
		cmocka_unit_test(test_commands_are_filled_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
