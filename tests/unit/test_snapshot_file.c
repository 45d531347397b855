// SPDX-License-Identifier: BSD-3-Clause
// app/weir/snapshot/snapshot_file.h: every call of the kernel fails once, or is the last before a crash.
// Afterwards FILE is a complete snapshot, the old one or the new one, and so is FILE.1.

#include "../../app/weir/snapshot/snapshot_file.h"
#include "../../lib/snapshot/reader.h"
#include "../support/cmocka_wrap.h"
#include "../support/temp.h"

#include <rte_common.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	NONE = -1, // torrents of no snapshot
	OLDER = 1,
	OLD = 2,
	NEW = 3,
	BLOCKS = 3, // of every snapshot
	CALLS_MAX = 40,
};

enum fault { NO_FAULT, FAILS, SHORT, CRASH_BEFORE, CRASH_AFTER };

// What the wrapped calls do.
static struct {
	enum fault fault;
	int number; // of the call that has the fault
	int error;
	int calls; // so far
	char names[CALLS_MAX + 1]; // a letter each
} shim;

static struct temp temp;
static char path[TEMP_PATH_MAX];

// True: this call has the fault, and fails. A crash does not return.
static bool
is_faulty(char name)
{
	int call = shim.calls++;

	if (call < CALLS_MAX)
		shim.names[call] = name;
	if (shim.fault == NO_FAULT || call != shim.number)
		return false;
	if (shim.fault == CRASH_BEFORE)
		_exit(0);
	errno = shim.error;
	return shim.fault == FAILS;
}

static int
after(int result)
{
	if (shim.fault == CRASH_AFTER && shim.calls - 1 == shim.number)
		_exit(0);
	return result;
}

// The names are the linker's (--wrap).
#define WRAP(type, name, letter, declared, passed)                                                 \
	type __real_##name declared;                                                               \
	type __wrap_##name declared;                                                               \
	type __wrap_##name declared                                                                \
	{                                                                                          \
		return is_faulty(letter) ? -1 : after(__real_##name passed);                       \
	}

WRAP(int, fsync, 's', (int fd), (fd))
WRAP(int, rename, 'r', (const char *from, const char *to), (from, to))
WRAP(int, link, 'l', (const char *from, const char *to), (from, to))
WRAP(int, unlink, 'u', (const char *name), (name))

ssize_t __real_write(int fd, const void *bytes, size_t count);
ssize_t __wrap_write(int fd, const void *bytes, size_t count);

ssize_t
__wrap_write(int fd, const void *bytes, size_t count)
{
	bool is_short = shim.fault == SHORT && shim.calls == shim.number;

	if (is_faulty('w'))
		return -1;
	if (is_short)
		return __real_write(fd, bytes, count / 2 + 1);
	return after((int)__real_write(fd, bytes, count));
}

// Writes a snapshot of this number of torrents in BLOCKS blocks.
static bool
write_snapshot(int torrents, const char *keep, struct error *error)
{
	static struct snapshot_file file;

	if (!snapshot_file_start(&file, path, 1000, false, error))
		return false;
	for (int i = 0; i < BLOCKS; i++) {
		struct snapshot_torrent torrent = {.completed = {(uint32_t)torrents}};
		uint32_t count = i == 0 ? (uint32_t)torrents : 1;
		size_t bytes;

		torrent.continued = i > 0;
		for (uint32_t n = 0; n < count; n++) {
			memcpy(snapshot_writer_room(&file.writer, &bytes), &torrent, sizeof(torrent)
			);
			snapshot_writer_add(&file.writer, sizeof(torrent), i == 0, 0, 0);
		}
		if (!snapshot_file_flush(&file, error)) {
			snapshot_file_abandon(&file);
			return false;
		}
	}
	return snapshot_file_finish(&file, keep, error);
}

static bool
read_fd(void *context, void *to, size_t bytes, uint64_t at)
{
	return pread(*(int *)context, to, bytes, (off_t)at) == (ssize_t)bytes;
}

// Torrents of the snapshot at PATH with this end; NONE: it is missing. Fails if it is there and wrong.
static int
torrents_of(const char *end)
{
	static uint8_t payload[SNAPSHOT_BLOCK_MAX] __rte_aligned(8);
	char name[SNAPSHOT_PATH_MAX];
	struct snapshot_reader reader;
	enum snapshot_read read = SNAPSHOT_WRONG;
	struct stat status;

	snapshot_file_name(name, path, end);
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NONE;
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(status.st_mode, S_IFREG | 0600);
	struct snapshot_source source = {read_fd, &fd, (uint64_t)status.st_size};

	if (snapshot_reader_open(&reader, &source, payload))
		while ((read = snapshot_reader_block(&reader)) == SNAPSHOT_READ)
			;
	close(fd);
	assert_int_equal(read, SNAPSHOT_OVER);
	return (int)reader.totals.torrents;
}

static bool
exists(const char *end)
{
	char name[SNAPSHOT_PATH_MAX];

	snapshot_file_name(name, path, end);
	return access(name, F_OK) == 0;
}

static void
remove_end(const char *end)
{
	char name[SNAPSHOT_PATH_MAX];

	snapshot_file_name(name, path, end);
	remove(name);
}

// FILE is the old snapshot, FILE.1 the older one.
static void
start_over(void)
{
	static const char *const ends[] = {"", ".1", ".new", ".1.new", ".refused"};
	struct error error;

	memset(&shim, 0, sizeof(shim));
	for (unsigned i = 0; i < RTE_DIM(ends); i++)
		remove_end(ends[i]);
	assert_true(write_snapshot(OLDER, SNAPSHOT_OLD, &error));
	assert_true(write_snapshot(OLD, SNAPSHOT_OLD, &error));
	memset(&shim, 0, sizeof(shim));
}

// Without a fault: the calls in their order.
static int
count_calls(void)
{
	struct error error;

	start_over();
	assert_true(write_snapshot(NEW, SNAPSHOT_OLD, &error));
	return shim.calls;
}

static void
test_order(void **state)
{
	(void)state;
	assert_int_equal(count_calls(), 13);
	// .new is cleared away, written and synced; only then is the old one linked and renamed, the new one
	// renamed, and the folder synced.
	assert_string_equal(shim.names, "uwwwwwsulrurs");
	assert_int_equal(torrents_of(""), NEW);
	assert_int_equal(torrents_of(SNAPSHOT_OLD), OLD);
	assert_false(exists(".new"));
	assert_false(exists(".1.new"));
}

static void
test_each_call_fails(void **state)
{
	static const int errors[] = {EIO, ENOSPC, EDQUOT, EROFS};
	int calls = count_calls();

	(void)state;
	for (int number = 0; number < calls; number++)
		for (unsigned e = 0; e < RTE_DIM(errors); e++) {
			struct error error = {0};

			start_over();
			shim.fault = FAILS;
			shim.number = number;
			shim.error = errors[e];
			bool written = write_snapshot(NEW, SNAPSHOT_OLD, &error);
			char call = shim.names[number];

			// What cannot be cleared away hinders only if it is there.
			assert_int_equal(written, call == 'u');
			if (!written) {
				assert_non_null(strstr(error.text, path));
				assert_non_null(strstr(error.text, strerror(errors[e])));
			}
			bool in_place = written || number == calls - 1; // but for its folder

			assert_int_equal(torrents_of(""), in_place ? NEW : OLD);
			assert_in_range(torrents_of(SNAPSHOT_OLD), OLDER, OLD);
			assert_false(exists(".new"));
			memset(&shim, 0, sizeof(shim));
			assert_true(write_snapshot(NEW, SNAPSHOT_OLD, &error)
			); // the next is as good
			assert_int_equal(torrents_of(""), NEW);
			assert_false(exists(".1.new"));
		}
}

static void
test_short_writes(void **state)
{
	int calls = count_calls();

	(void)state;
	for (int number = 0; number < calls; number++) {
		struct error error = {0};

		start_over();
		shim.fault = SHORT;
		shim.number = number;
		assert_true(write_snapshot(NEW, SNAPSHOT_OLD, &error));
		assert_int_equal(torrents_of(""), NEW);
	}
}

static void
test_interrupted_writes(void **state)
{
	(void)state;
	for (int number = 1; number < 6; number++) {
		struct error error = {0};

		start_over();
		shim.fault = FAILS;
		shim.number = number;
		shim.error = EINTR;
		assert_true(write_snapshot(NEW, SNAPSHOT_OLD, &error));
		assert_int_equal(torrents_of(""), NEW);
	}
}

static void
test_each_crash(void **state)
{
	static const enum fault faults[] = {CRASH_BEFORE, CRASH_AFTER};
	int calls = count_calls();

	(void)state;
	for (int number = 0; number < calls; number++)
		for (unsigned f = 0; f < RTE_DIM(faults); f++) {
			struct error error = {0};
			int status;

			start_over();
			shim.fault = faults[f];
			shim.number = number;
			pid_t child = fork();

			if (child == 0) {
				write_snapshot(NEW, SNAPSHOT_OLD, &error);
				_exit(1); // no crash
			}
			assert_int_equal(waitpid(child, &status, 0), child);
			assert_int_equal(status, 0);
			bool in_place = number + (int)f > calls - 2; // the last rename

			assert_int_equal(torrents_of(""), in_place ? NEW : OLD);
			assert_in_range(torrents_of(SNAPSHOT_OLD), OLDER, OLD);
			memset(&shim, 0, sizeof(shim));
			assert_true(write_snapshot(NEW, SNAPSHOT_OLD, &error));
			assert_int_equal(torrents_of(""), NEW);
			assert_false(exists(".new"));
			assert_false(exists(".1.new"));
		}
}

// A file system without links: the old file is renamed.
static void
test_no_links(void **state)
{
	struct error error;

	(void)state;
	start_over();
	shim.fault = FAILS;
	shim.number = 8;
	shim.error = EPERM;
	assert_true(write_snapshot(NEW, SNAPSHOT_OLD, &error));
	assert_int_equal(shim.names[8], 'l');
	assert_int_equal(torrents_of(""), NEW);
	assert_int_equal(torrents_of(SNAPSHOT_OLD), OLD);
}

// A file that could not be loaded is kept under a name of its own; FILE.1 stays.
static void
test_keep_refused(void **state)
{
	struct error error;

	(void)state;
	start_over();
	assert_true(write_snapshot(NEW, SNAPSHOT_REFUSED, &error));
	assert_int_equal(torrents_of(""), NEW);
	assert_int_equal(torrents_of(SNAPSHOT_OLD), OLDER);
	assert_int_equal(torrents_of(SNAPSHOT_REFUSED), OLD);
}

// Somebody who waits for the new file by a link of his own gets nothing.
static void
test_planted_link(void **state)
{
	char other[TEMP_PATH_MAX], name[SNAPSHOT_PATH_MAX];
	struct error error;

	(void)state;
	start_over();
	temp_write(&temp, "other", "precious", other);
	snapshot_file_name(name, path, ".new");
	assert_int_equal(symlink(other, name), 0);
	assert_true(write_snapshot(NEW, SNAPSHOT_OLD, &error));
	assert_int_equal(torrents_of(""), NEW);
	struct stat status;

	assert_int_equal(stat(other, &status), 0);
	assert_int_equal(status.st_size, 8);
}

static int
set_up(void **state)
{
	(void)state;
	umask(0);
	temp_open(&temp);
	temp_path(&temp, "snapshot", path);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	memset(&shim, 0, sizeof(shim));
	temp_close(&temp);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_each_call_fails),
		cmocka_unit_test(test_short_writes),
		cmocka_unit_test(test_interrupted_writes),
		cmocka_unit_test(test_each_crash),
		cmocka_unit_test(test_no_links),
		cmocka_unit_test(test_keep_refused),
		cmocka_unit_test(test_planted_link),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
