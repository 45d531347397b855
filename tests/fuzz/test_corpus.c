// SPDX-License-Identifier: BSD-3-Clause
// What a fuzzer has found so far, without libFuzzer: tests/fuzz. Built once for each of them.

#include "../support/cmocka_wrap.h"
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUT_MAX = 1 << 19, INPUTS_MIN = 20 };

static void
replay_file(const char *name)
{
	static uint8_t data[INPUT_MAX];
	char path[512];

	assert_true(snprintf(path, sizeof(path), FUZZ_CORPUS "/%s", name) < (int)sizeof(path));
	FILE *file = fopen(path, "re");

	assert_non_null(file);
	size_t size = fread(data, 1, sizeof(data), file);

	assert_true(size < sizeof(data));
	fclose(file);
	assert_int_equal(LLVMFuzzerTestOneInput(data, size), 0);
}

static void
test_replay(void **state)
{
	DIR *folder = opendir(FUZZ_CORPUS);
	unsigned inputs = 0;

	(void)state;
	assert_non_null(folder);
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		if (entry->d_name[0] == '.')
			continue;
		replay_file(entry->d_name);
		inputs++;
	}
	closedir(folder);
	assert_true(inputs >= INPUTS_MIN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
