// SPDX-License-Identifier: BSD-3-Clause
// app/common/credential.h: secrets of a service, and files that are none.

#include "../../app/common/credential.h"
#include "../support/cmocka_wrap.h"
#include "../support/temp_fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct error error;
static size_t len;

static int
setup(void **state)
{
	temp_setup(state);
	setenv("CREDENTIALS_DIRECTORY", temp.folder, 1);
	return 0;
}

static void
assert_refused(const char *text, const char *words)
{
	assert_null(credential_read(text, 100, &len, &error));
	if (strstr(error.text, words) == NULL)
		fail_msg("no \"%s\" in: %s", words, error.text);
}

static void
test_read(void **state)
{
	char path[TEMP_PATH_MAX];

	(void)state;
	temp_write(&temp, "weir.key", "abc", path);
	assert_int_equal(chmod(path, 0440), 0); // so an access list of systemd shows
	assert_true(credential_is_there("credential:weir.key"));
	assert_false(credential_is_there("credential:other"));
	char *text = credential_read("credential:weir.key", 100, &len, &error);

	assert_non_null(text);
	assert_string_equal(text, "abc");
	free(text);
	assert_refused(path, "can be read or changed by others than its owner"); // as a file
	assert_int_equal(chmod(path, 0444), 0);
	assert_refused("credential:weir.key", "can be read or changed by others");
	assert_int_equal(chmod(path, 0400), 0);
	text = credential_read(path, 100, &len, &error);
	assert_non_null(text);
	free(text);
	assert_null(credential_read("credential:weir.key", 2, &len, &error));
	assert_int_equal(errno, EFBIG);
}

static void
test_wrong(void **state)
{
	(void)state;
	assert_refused("credential:", "must be credential:NAME");
	assert_refused("credential:../key", "must be credential:NAME, without a slash");
	assert_refused("credential:gone", "was not given to this service");
	assert_int_equal(errno, EINVAL); // not ENOENT, on which a key file would be made
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_refused("credential:weir.key", "LoadCredential=weir.key in its unit");
	assert_false(credential_is_there("credential:weir.key"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, setup, temp_teardown),
		cmocka_unit_test_setup_teardown(test_wrong, setup, temp_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
