// SPDX-License-Identifier: BSD-3-Clause
// app/weir-gateway/key_form.c: keys of users in paths and in bodies.

#include "../../app/weir-gateway/key_form.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <string.h>

#define KEY "0123456789abcdefghijABCDEFGHIJyz"

static struct key_form form;
static struct refusal refusal;

static bool
read_form(const char *text)
{
	form = (struct key_form){0};
	return key_form_read(text, strlen(text), &form, &refusal);
}

static void
test_right_bodies(void **state)
{
	static const struct {
		const char *text, *key;
		uint64_t seconds_valid;
	} cases[] = {
		{"{}", "", 0},
		{"{\"key\": null, \"seconds_valid\": null}", "", 0},
		{"{\"key\": \"" KEY "\", \"seconds_valid\": 7200}", KEY, 7200},
		{"{\"seconds_valid\": 1000000000}", "", 1000000000},
		{" {\"key\":\"" KEY "\"}\n", KEY, 0},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(cases); i++) {
		if (!read_form(cases[i].text))
			fail_msg("%s: %s", cases[i].text, refusal.text);
		assert_string_equal(form.key, cases[i].key);
		assert_int_equal(form.seconds_valid, cases[i].seconds_valid);
	}
}

static void
test_wrong_bodies(void **state)
{
	static const struct {
		const char *text, *part;
	} cases[] = {
		{"", "JSON object"},
		{"[]", "JSON object"},
		{"{", "JSON object"},
		{"{} {}", "JSON object"},
		{"{\"key\": null, \"key\": null}", "JSON object"},
		{"{\"seconds_valid\": 99999999999999999999}", "JSON object"},
		{"{\"second_valid\": 60}", "known here: key seconds_valid"},
		{"{\"key\": \"\"}", "32 letters and digits"},
		{"{\"key\": \"" KEY "1\"}", "32 letters and digits"},
		{"{\"key\": \"%123456789abcdefghijABCDEFGHIJyz\"}", "32 letters and digits"},
		{"{\"key\": 5}", "32 letters and digits"},
		{"{\"seconds_valid\": 0}", "from 1 to 1000000000"},
		{"{\"seconds_valid\": -1}", "from 1 to 1000000000"},
		{"{\"seconds_valid\": 1000000001}", "from 1 to 1000000000"},
		{"{\"seconds_valid\": 1.5}", "from 1 to 1000000000"},
		{"{\"seconds_valid\": \"60\"}", "from 1 to 1000000000"},
		{"{\"seconds_valid\": true}", "from 1 to 1000000000"},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(cases); i++)
		if (read_form(cases[i].text) || refusal.status != 400
		    || strstr(refusal.text, cases[i].part) == NULL)
			fail_msg("%s: %u %s", cases[i].text, refusal.status, refusal.text);
}

// A byte 0 does not end a text earlier than its reader thinks.
static void
test_zero_in_a_body(void **state)
{
	static const char text[] = "{\"key\": \"" KEY "\\u0000\"}";
	static const char more[] = "{}\0{";

	(void)state;
	assert_false(read_form(text));
	assert_false(key_form_read(more, sizeof(more) - 1, &form, &refusal));
}

static void
test_keys(void **state)
{
	char key[KEY_FORM_CHARS + 1];

	(void)state;
	assert_true(key_parse(KEY, key));
	assert_string_equal(key, KEY);
	assert_false(key_parse("", key));
	assert_string_equal(key, "");
	assert_false(key_parse("0123456789abcdefghijABCDEFGHIJy", key));
	assert_false(key_parse("0123456789abcdefghijABCDEFGHIJy/", key));
	assert_false(key_parse("0123456789abcdefghijABCDEFGHIJy\xe4", key));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right_bodies),
		cmocka_unit_test(test_wrong_bodies),
		cmocka_unit_test(test_zero_in_a_body),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
