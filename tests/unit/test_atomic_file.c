// SPDX-License-Identifier: BSD-3-Clause
// app/common/atomic_file.h: a file is replaced whole or stays as it was, whatever goes wrong.

#include "../../app/common/atomic_file.h"
#include "../support/cmocka_wrap.h"
#include "../support/temp.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct temp temp;
static char path[TEMP_PATH_MAX];
static char new_path[TEMP_PATH_MAX];

static void
assert_content(const char *file, const char *expected)
{
	char content[256] = "";
	FILE *in = fopen(file, "r");

	assert_non_null(in);
	content[fread(content, 1, sizeof(content) - 1, in)] = '\0';
	fclose(in);
	assert_string_equal(content, expected);
}

static mode_t
mode_of(const char *file)
{
	struct stat status;

	assert_int_equal(lstat(file, &status), 0);
	return status.st_mode;
}

static void
test_replaces(void **state)
{
	struct atomic_file file;
	mode_t mask = umask(027);

	(void)state;
	temp_write(&temp, "file", "old", path);
	assert_true(atomic_file_start(&file, path, 0644));
	assert_true(atomic_file_print(&file, "%s %d", "new", 7));
	assert_content(path, "old"); // until it is finished
	assert_true(atomic_file_finish(&file));
	assert_content(path, "new 7");
	assert_int_equal(mode_of(path), S_IFREG | 0640);
	assert_int_equal(access(new_path, F_OK), -1);
	umask(mask);
}

static void
test_abandons(void **state)
{
	struct atomic_file file;

	(void)state;
	temp_write(&temp, "file", "old", path);
	assert_true(atomic_file_start(&file, path, 0600));
	assert_true(atomic_file_print(&file, "new"));
	atomic_file_abandon(&file);
	assert_content(path, "old");
	assert_int_equal(access(new_path, F_OK), -1);
}

// What lies in the place of the new file is not written through, nor its mode taken over.
static void
test_clears_the_way(void **state)
{
	struct atomic_file file;
	char other[TEMP_PATH_MAX];

	(void)state;
	temp_write(&temp, "file", "old", path);
	temp_write(&temp, "other", "theirs", other);
	assert_int_equal(symlink(other, new_path), 0);
	assert_true(atomic_file_start(&file, path, 0600));
	assert_true(atomic_file_print(&file, "new"));
	assert_true(atomic_file_finish(&file));
	assert_content(path, "new");
	assert_content(other, "theirs");
	assert_int_equal(mode_of(path), S_IFREG | 0600);
}

// Every write over `bytes` of a file fails, as on a full disk.
static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void
test_no_room(void **state)
{
	static const struct {
		unsigned lines;
		bool noticed; // before the end: the buffer was full
	} rows[] = {{20, false}, {20000, true}};

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	for (unsigned i = 0; i < 2; i++) {
		struct atomic_file file;
		bool ok = true;

		temp_write(&temp, "file", "old", path);
		assert_true(atomic_file_start(&file, path, 0600));
		limit_files(64);
		for (unsigned line = 0; line < rows[i].lines; line++)
			ok = atomic_file_print(&file, "a line of text\n");
		assert_int_equal(ok, !rows[i].noticed);
		errno = 0;
		assert_false(atomic_file_finish(&file));
		assert_int_equal(errno, EFBIG);
		limit_files(RLIM_INFINITY);
		assert_content(path, "old");
		assert_int_equal(access(new_path, F_OK), -1);
	}
}

static void
test_no_place(void **state)
{
	struct atomic_file file;
	char folder[TEMP_PATH_MAX];

	(void)state;
	temp_path(&temp, "none/file", folder);
	errno = 0;
	assert_false(atomic_file_start(&file, folder, 0600));
	assert_int_equal(errno, ENOENT);
	temp_path(&temp, "folder", folder); // cannot be replaced by a file
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_true(atomic_file_start(&file, folder, 0600));
	assert_false(atomic_file_finish(&file));
	assert_int_equal(errno, EISDIR);
	assert_int_equal(mode_of(folder), S_IFDIR | 0700);
	temp_path(&temp, "folder.new", folder);
	assert_int_equal(access(folder, F_OK), -1);
}

static void
test_folder(void **state)
{
	static const char *const rows[][2] = {
		{"file", "."},
		{"/file", "/"},
		{"a/file", "a/"},
		{"/a/b/file", "/a/b/"},
		{"../file", "../"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char folder[ATOMIC_FILE_PATH_MAX];

		atomic_file_folder(rows[i][0], folder);
		assert_string_equal(folder, rows[i][1]);
	}
}

static int
set_up(void **state)
{
	(void)state;
	temp_open(&temp);
	temp_path(&temp, "file", path);
	temp_path(&temp, "file.new", new_path);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	temp_close(&temp);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replaces),
		cmocka_unit_test(test_abandons),
		cmocka_unit_test(test_clears_the_way),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_no_place),
		cmocka_unit_test(test_folder),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
