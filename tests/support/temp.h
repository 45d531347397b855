// SPDX-License-Identifier: BSD-3-Clause
// A folder of a test's own, and small files in it.

#pragma once

#include "cmocka_wrap.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEMP_PATH_MAX = 256 };

struct temp {
	char folder[TEMP_PATH_MAX / 2];
};

static inline void
temp_open(struct temp *temp)
{
	snprintf(temp->folder, sizeof(temp->folder), "/tmp/weir-test-XXXXXX");
	assert_non_null(mkdtemp(temp->folder));
}

static inline int
temp_remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline void
temp_close(const struct temp *temp)
{
	assert_int_equal(nftw(temp->folder, temp_remove_one, 4, FTW_DEPTH | FTW_PHYS), 0);
}

static inline void
temp_path(const struct temp *temp, const char *name, char path[TEMP_PATH_MAX])
{
	assert_true(snprintf(path, TEMP_PATH_MAX, "%s/%s", temp->folder, name) < TEMP_PATH_MAX);
}

// Writes a file of that name, and its whole path to `path`.
static inline void
temp_write(const struct temp *temp, const char *name, const char *text, char path[TEMP_PATH_MAX])
{
	temp_path(temp, name, path);
	remove(path); // one that may not be written is replaced too
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}
