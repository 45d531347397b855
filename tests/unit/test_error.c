// SPDX-License-Identifier: BSD-3-Clause
// error_set: what it stores, what it returns, what it cuts, and texts of the error among its arguments.

#include "../../app/common/error.h"
#include "../support/cmocka_wrap.h"

#include <string.h>

static void
sets_setting_and_text(void **state)
{
	struct error error;

	(void)state;
	assert_false(error_set(&error, "lcores.io", "CPU %u is not there", 7));
	assert_string_equal(error.setting, "lcores.io");
	assert_string_equal(error.text, "CPU 7 is not there");
	assert_false(error_set(&error, NULL, "no memory"));
	assert_null(error.setting);
	assert_string_equal(error.text, "no memory");
}

static void
cuts_what_does_not_fit(void **state)
{
	char long_text[2 * ERROR_TEXT_MAX];
	struct error error;

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	assert_false(error_set(&error, NULL, "%s", long_text));
	assert_int_equal(strlen(error.text), ERROR_TEXT_MAX - 1);
}

static void
puts_words_around_its_own_text(void **state)
{
	struct error error;

	(void)state;
	error_set(&error, NULL, "is a folder");
	assert_false(error_set(&error, "export.file", "/a %s: name a file", error.text));
	assert_string_equal(error.setting, "export.file");
	assert_string_equal(error.text, "/a is a folder: name a file");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_setting_and_text),
		cmocka_unit_test(cuts_what_does_not_fit),
		cmocka_unit_test(puts_words_around_its_own_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
