// SPDX-License-Identifier: BSD-3-Clause
// lib/stats/verdict.h: the table is complete and fit to be shown.

#include "../../lib/stats/verdict.h"
#include "../support/cmocka_wrap.h"

#include <stdbool.h>
#include <string.h>

static bool
is_name(const char *text)
{
	return *text != '\0'
		&& strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text);
}

static bool
is_help(const char *text)
{
	return *text != '\0' && text[strlen(text) - 1] != '.' && strpbrk(text, "\n\t\"\\") == NULL;
}

static void
test_every_row_is_filled(void **state)
{
	(void)state;
	assert_true(VERDICT_COUNT > 1);
	for (unsigned v = 0; v < VERDICT_COUNT; v++) {
		assert_non_null(verdict_infos[v].name);
		assert_non_null(verdict_infos[v].help);
		assert_true(is_name(verdict_infos[v].name));
		assert_true(is_help(verdict_infos[v].help));
	}
}

static void
test_names_are_unique(void **state)
{
	(void)state;
	for (unsigned v = 0; v < VERDICT_COUNT; v++)
		for (unsigned w = 0; w < v; w++) {
			assert_string_not_equal(verdict_infos[v].name, verdict_infos[w].name);
			assert_string_not_equal(verdict_infos[v].help, verdict_infos[w].help);
		}
}

// VERDICT_NONE alone decides nothing.
static void
test_outcomes(void **state)
{
	(void)state;
	assert_string_equal(verdict_infos[VERDICT_NONE].name, "none");
	assert_int_equal(verdict_infos[VERDICT_NONE].outcome, OUTCOME_NONE);
	for (unsigned v = VERDICT_NONE + 1; v < VERDICT_COUNT; v++) {
		assert_int_not_equal(verdict_infos[v].outcome, OUTCOME_NONE);
		assert_in_range(verdict_infos[v].outcome, OUTCOME_ANSWERED, OUTCOME_DROPPED);
	}
}

// The enum and the table are made from the same list, in the same order.
static void
test_enum_names_its_row(void **state)
{
	static const struct {
		enum verdict verdict;
		const char *name;
	} rows[] = {
#define VERDICT(name, kind, outcome, help) {VERDICT_##name, #name},
#include "../../lib/stats/verdict.def"
#undef VERDICT
	};
	const unsigned count = sizeof(rows) / sizeof(rows[0]);

	(void)state;
	assert_int_equal(count, VERDICT_COUNT - 1);
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(rows[i].verdict, i + 1);
		assert_string_equal(verdict_infos[rows[i].verdict].name, rows[i].name);
	}
}

// Words for every outcome and kind, each of which some verdict has.
static void
test_words(void **state)
{
	unsigned outcomes[OUTCOME_COUNT] = {0};
	unsigned kinds[VERDICT_KIND_COUNT] = {0};

	(void)state;
	for (unsigned v = 0; v < VERDICT_COUNT; v++) {
		outcomes[verdict_infos[v].outcome]++;
		kinds[verdict_infos[v].kind]++;
	}
	for (unsigned o = 0; o < OUTCOME_COUNT; o++) {
		assert_true(is_name(outcome_names[o]));
		assert_true(outcomes[o] > 0);
	}
	for (unsigned k = 0; k < VERDICT_KIND_COUNT; k++) {
		assert_true(is_name(verdict_kind_names[k]));
		assert_true(kinds[k] > 0);
	}
	assert_int_equal(kinds[VERDICT_KIND_NONE], 1);
	assert_int_equal(verdict_infos[VERDICT_announce_peers_full].kind, VERDICT_KIND_ANNOUNCE);
	assert_int_equal(verdict_infos[VERDICT_udp_checksum].kind, VERDICT_KIND_FRAME);
}

static void
test_families(void **state)
{
	(void)state;
	assert_string_equal(family_names[FAMILY_LINK], "link");
	assert_string_equal(family_names[FAMILY_IPV4], "ipv4");
	assert_string_equal(family_names[FAMILY_IPV6], "ipv6");
	assert_int_equal(FAMILY_COUNT, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_is_filled),
		cmocka_unit_test(test_names_are_unique),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_enum_names_its_row),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_families),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
