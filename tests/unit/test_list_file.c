// SPDX-License-Identifier: BSD-3-Clause
// app/weir/lists/list_file.h: a list is read whole, and replaced whole or not at all.

#include "../../app/weir/lists/list_file.h"
#include "../support/cmocka_wrap.h"
#include "../support/temp_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static char path[TEMP_PATH_MAX];

// Calls of the sources below come here instead of libc.
static void (*before_read)(void); // NULL: nothing
static bool fsync_fails, rename_fails;

ssize_t
read(int fd, void *bytes, size_t size)
{
	if (before_read != NULL)
		before_read();
	return syscall(SYS_read, fd, bytes, size);
}

int
fsync(int fd)
{
	if (!fsync_fails)
		return (int)syscall(SYS_fsync, fd);
	errno = EIO;
	return -1;
}

int
rename(const char *from, const char *to)
{
	if (!rename_fails)
		return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
	errno = EIO;
	return -1;
}

static void
assert_content(const char *expected)
{
	struct list_file file;
	struct error error;

	assert_true(list_file_read(&file, path, PLAIN_FILE_PUBLIC, &error));
	assert_int_equal(file.len, strlen(expected));
	assert_memory_equal(file.bytes, expected, file.len);
	list_file_free(&file);
}

static void
assert_unread(enum plain_file_kind kind, const char *words)
{
	struct list_file file;
	struct error error;

	assert_false(list_file_read(&file, path, kind, &error));
	if (strstr(error.text, words) == NULL)
		fail_msg("not \"%s\": %s", words, error.text);
}

static void
test_reads(void **state)
{
	(void)state;
	temp_write(&temp, "list", "", path);
	assert_content("");
	temp_write(&temp, "list", "one\ntwo", path);
	assert_content("one\ntwo");
}

static void
test_refuses(void **state)
{
	(void)state;
	temp_path(&temp, "none", path);
	assert_unread(PLAIN_FILE_PUBLIC, "No such file or directory; make an empty one");
	temp_write(&temp, "list", "x", path);
	assert_int_equal(chmod(path, 0640), 0);
	assert_unread(PLAIN_FILE_SECRET, "chmod 600");
	temp_path(&temp, "fifo", path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_unread(PLAIN_FILE_PUBLIC, "is a FIFO");
	snprintf(path, sizeof(path), "%s", temp.folder);
	assert_unread(PLAIN_FILE_PUBLIC, "is a folder");
	temp_write(&temp, "large", "", path);
	assert_int_equal(truncate(path, ((off_t)4 << 30) + 1), 0);
	assert_unread(PLAIN_FILE_PUBLIC, "is too large");
	unlink(path);
}

static unsigned reads;

static void
shrink_once(void)
{
	if (reads++ == 0)
		assert_int_equal(truncate(path, 3), 0);
}

static void
grow(void)
{
	FILE *file = fopen(path, "a");

	reads++;
	assert_non_null(file);
	fputs("more\n", file);
	fclose(file);
}

static void
vanish(void)
{
	reads++;
	unlink(path);
}

static void
replace(void)
{
	if (reads++ == 0)
		temp_write(&temp, "list", "another", path);
}

// A list never comes from half of a file.
static void
test_changes_while_read(void **state)
{
	(void)state;
	temp_write(&temp, "list", "one\ntwo\n", path);
	before_read = shrink_once;
	reads = 0;
	assert_content("one");
	assert_true(reads > 1);
	before_read = replace;
	reads = 0;
	assert_content("another");
	before_read = grow;
	reads = 0;
	assert_unread(PLAIN_FILE_PUBLIC, "changes while it is read");
	before_read = vanish;
	assert_unread(PLAIN_FILE_PUBLIC, "No such file");
	before_read = NULL;
}

// Replaces the file. False: the error has these words, and no second file is left.
static bool
write_file(const char *text, size_t len, const char *words)
{
	struct list_file old;
	struct list_stamp stamp, now;
	struct error error;
	char beside[TEMP_PATH_MAX + 8];

	assert_true(list_file_read(&old, path, PLAIN_FILE_PUBLIC, &error));
	bool written = list_file_write(path, &old, text, len, &stamp, &error);

	list_file_free(&old);
	snprintf(beside, sizeof(beside), "%s.new", path);
	assert_int_equal(access(beside, F_OK), -1);
	if (!written && strstr(error.text, words) == NULL)
		fail_msg("not \"%s\": %s", words, error.text);
	assert_true(list_stamp_read(&now, path));
	assert_true(!written || list_stamp_same(&stamp, &now));
	return written;
}

static void
test_writes(void **state)
{
	char link[TEMP_PATH_MAX], target[TEMP_PATH_MAX];
	struct stat status;

	(void)state;
	temp_write(&temp, "list", "old", path);
	assert_int_equal(chmod(path, 0664), 0);
	assert_true(write_file("new", 3, ""));
	assert_content("new");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0664); // whatever the umask is
	snprintf(target, sizeof(target), "%s", path);
	temp_path(&temp, "link", link);
	assert_int_equal(symlink("list", link), 0);
	snprintf(path, sizeof(path), "%s", link);
	assert_true(write_file("by the link", 11, ""));
	assert_int_equal(lstat(link, &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	snprintf(path, sizeof(path), "%s", target);
	assert_content("by the link");
}

static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

// Whatever step fails, the file is as it was.
static void
test_write_fails(void **state)
{
	static char text[100000];

	(void)state;
	memset(text, '\n', sizeof(text));
	temp_write(&temp, "list", "old", path);
	limit_files(50000); // a full disk: within a write
	assert_false(write_file(text, sizeof(text), "cannot be written"));
	limit_files(100); // and at the last one
	assert_false(write_file(text, 101, "cannot be written"));
	limit_files(RLIM_INFINITY);
	fsync_fails = true;
	assert_false(write_file(text, 10, "cannot be replaced: Input/output error"));
	fsync_fails = false;
	rename_fails = true;
	assert_false(write_file(text, 10, "cannot be replaced: Input/output error"));
	rename_fails = false;
	assert_content("old");
}

static void
test_written_by_another(void **state)
{
	struct list_file old;
	struct list_stamp stamp;
	struct error error;

	(void)state;
	temp_write(&temp, "list", "old", path);
	assert_true(list_file_read(&old, path, PLAIN_FILE_PUBLIC, &error));
	temp_write(&temp, "list", "theirs", path);
	assert_false(list_file_write(path, &old, "ours", 4, &stamp, &error));
	assert_non_null(strstr(error.text, "was changed by another program"));
	assert_content("theirs");
	list_file_free(&old);
}

static void
test_lines(void **state)
{
	static const char text[] = "a\n\n\0b\r\nlast";
	static const char *const lines[] = {"a", "", "\0b\r", "last"};
	static const size_t lens[] = {1, 0, 3, 4};
	size_t at = 0, len;
	const char *line;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		assert_true(list_next_line(text, sizeof(text) - 1, &at, &line, &len));
		assert_int_equal(len, lens[i]);
		assert_memory_equal(line, lines[i], len);
	}
	assert_false(list_next_line(text, sizeof(text) - 1, &at, &line, &len));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_changes_while_read),
		cmocka_unit_test(test_writes),
		cmocka_unit_test(test_write_fails),
		cmocka_unit_test(test_written_by_another),
		cmocka_unit_test(test_lines),
	};

	signal(SIGXFSZ, SIG_IGN);
	return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
