// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/keys.h: what the secrets come from, and who may read the file.

#include "../../app/weir/setup/keys.h"
#include "../support/cmocka_wrap.h"
#include "../support/temp_fixture.h"

#include <rte_common.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGITS "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"
#define OTHER "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f"

static char path[TEMP_PATH_MAX]; // of the key file
static struct error error;

static bool
make(struct keys *keys, uint32_t seed, const char *file, bool look_only)
{
	struct config config = {.test_seed = seed, .key_file = file};

	memset(keys, 0xee, sizeof(*keys));
	error = (struct error){0};
	return keys_make(keys, &config, look_only, &error);
}

static bool
exists(const char *file)
{
	return access(file, F_OK) == 0;
}

static void
assert_content(const char *expected)
{
	char text[256] = "";
	FILE *in = fopen(path, "r");

	assert_non_null(in);
	assert_true(fread(text, 1, sizeof(text) - 1, in) > 0);
	fclose(in);
	assert_string_equal(text, expected);
}

static void
write_key_file(const char *text, mode_t mode)
{
	temp_write(&temp, "key", text, path);
	assert_int_equal(chmod(path, mode), 0);
}

// Refused with a sentence that names the file.
static void
assert_refused(const char *file, bool look_only, const char *words)
{
	struct keys keys;

	assert_false(make(&keys, 0, file, look_only));
	assert_string_equal(error.setting, "tracker.key_file");
	assert_non_null(strstr(error.text, file));
	if (strstr(error.text, words) == NULL)
		fail_msg("not \"%s\" in: %s", words, error.text);
}

static void
test_seed_makes_the_same_keys(void **state)
{
	struct keys one;
	struct keys same;
	struct keys other;

	(void)state;
	assert_true(make(&one, 1, "", false));
	assert_true(make(&same, 1, "", false));
	assert_true(make(&other, 2, "", false));
	assert_memory_equal(&one, &same, sizeof(one));
	assert_memory_not_equal(one.connid_master, other.connid_master, sizeof(one.connid_master));
	assert_memory_not_equal(&one.steer, &other.steer, sizeof(one.steer));
	assert_memory_not_equal(one.rss, other.rss, sizeof(one.rss));
	assert_int_not_equal(one.seed, other.seed);
}

// Recorded runs depend on them: SplitMix64 from 1.
static void
test_keys_of_seed_1(void **state)
{
	static const uint8_t first[] = {0xc1, 0x5c, 0x02, 0x89, 0xec, 0x2d, 0x0a, 0x91};
	struct keys keys;

	(void)state;
	assert_true(make(&keys, 1, "", false));
	assert_memory_equal(keys.connid_master, first, sizeof(first));
}

static void
test_keys_without_seed_differ_each_time(void **state)
{
	struct keys one;
	struct keys other;

	(void)state;
	assert_true(make(&one, 0, "", false));
	assert_true(make(&other, 0, "", false));
	assert_memory_not_equal(one.connid_master, other.connid_master, sizeof(one.connid_master));
	assert_memory_not_equal(&one.steer, &other.steer, sizeof(one.steer));
	assert_memory_not_equal(one.rss, other.rss, sizeof(one.rss));
}

// No byte is left as it was: each comes up in one of a few draws.
static void
test_every_byte_is_drawn(void **state)
{
	bool changed[offsetof(struct keys, connid_next)] = {false};

	(void)state;
	for (unsigned round = 0; round < 8; round++) {
		struct keys keys;

		assert_true(make(&keys, round % 2, "", false));
		for (unsigned i = 0; i < sizeof(changed); i++)
			changed[i] |= ((const uint8_t *)&keys)[i] != 0xee;
	}
	for (unsigned i = 0; i < sizeof(changed); i++)
		assert_true(changed[i]);
}

// Neither a seed nor chance stages a second key.
static void
test_no_second_key_is_drawn(void **state)
{
	static const uint8_t zeros[CONNID_MASTER_BYTES];
	struct keys keys;

	(void)state;
	for (unsigned seed = 0; seed < 2; seed++) {
		assert_true(make(&keys, seed, "", false));
		assert_memory_equal(keys.connid_next, zeros, sizeof(zeros));
		assert_int_equal(keys.connid_from_s, 0);
	}
}

static void
assert_new_key_file(const char *file)
{
	char text[128] = "";
	struct stat status;
	FILE *in = fopen(file, "r");

	assert_non_null(in);
	assert_int_equal(fread(text, 1, sizeof(text), in), 65);
	fclose(in);
	assert_int_equal(strspn(text, "0123456789abcdef"), 64);
	assert_int_equal(text[64], '\n');
	assert_int_equal(stat(file, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
}

static void
test_missing_file_is_created_and_used_again(void **state)
{
	struct keys made;
	struct keys read;
	char beside[TEMP_PATH_MAX + 8];

	(void)state;
	temp_path(&temp, "made", path);
	assert_true(make(&made, 0, path, false));
	assert_new_key_file(path);
	snprintf(beside, sizeof(beside), "%s.new", path);
	assert_false(exists(beside));
	assert_true(make(&read, 0, path, false));
	assert_memory_equal(made.connid_master, read.connid_master, sizeof(made.connid_master));
	assert_memory_not_equal(&made.steer, &read.steer, sizeof(made.steer)); // not kept
	assert_true(make(&read, 0, path, true));
	assert_memory_equal(made.connid_master, read.connid_master, sizeof(made.connid_master));
}

// What a crash, or somebody else, left beside it does not decide who may read the key.
static void
test_leftover_of_a_write(void **state)
{
	struct keys keys;
	char leftover[TEMP_PATH_MAX];

	(void)state;
	temp_write(&temp, "fresh.new", "something longer than 65 characters: " DIGITS, leftover);
	assert_int_equal(chmod(leftover, 0666), 0);
	temp_path(&temp, "fresh", path);
	assert_true(make(&keys, 0, path, false));
	assert_new_key_file(path);
}

// The umask of whoever starts us plays no part.
static void
test_mode_ignores_the_umask(void **state)
{
	struct keys keys;
	mode_t mask = umask(0);
	bool ok;

	(void)state;
	temp_path(&temp, "umask", path);
	ok = make(&keys, 0, path, false);
	umask(mask);
	assert_true(ok);
	assert_new_key_file(path);
}

static void
test_file_decides(void **state)
{
	struct keys keys;

	(void)state;
	for (unsigned newline = 0; newline < 2; newline++) {
		write_key_file(newline == 0 ? DIGITS : DIGITS "\n", newline == 0 ? 0600 : 0400);
		assert_true(make(&keys, 5, path, newline == 0)); // the seed does not
		for (unsigned i = 0; i < sizeof(keys.connid_master); i++)
			assert_int_equal(keys.connid_master[i], i);
	}
}

static void
test_second_line(void **state)
{
	static const char *const ends[] = {"", "\n"};
	char text[256];
	struct keys keys;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		snprintf(text, sizeof(text), DIGITS "\n" OTHER " from=4294967295%s", ends[i]);
		write_key_file(text, 0600);
		assert_true(make(&keys, 0, path, false));
		assert_int_equal(keys.connid_master[1], 1);
		assert_int_equal(keys.connid_next[1], 0xf1);
		assert_int_equal(keys.connid_from_s, UINT32_MAX);
		assert_content(text);
	}
}

// What a rotation writes is read again.
static void
test_write_and_read(void **state)
{
	struct connid_secrets written = {.masters = {{1}, {2}}, .from_s = 1700000000}, read;

	(void)state;
	temp_path(&temp, "written", path);
	for (unsigned staged = 0; staged < 2; staged++) {
		written.from_s = staged == 0 ? 0 : 1700000000;
		written.masters[1][0] = staged == 0 ? 0 : 2;
		assert_true(keys_write(&written, path, &error));
		assert_true(keys_read(&read, path, &error));
		assert_memory_equal(&written, &read, sizeof(read));
	}
	assert_content("0100000000000000000000000000000000000000000000000000000000000000\n"
		       "0200000000000000000000000000000000000000000000000000000000000000 "
		       "from=1700000000\n");
}

// A start drops the first key when every id under it is too old, not before; a check drops nothing.
static void
test_start_drops_a_key_of_no_use(void **state)
{
	enum { FROM_S = 1700000000, LAST_S = FROM_S + 120 + 2 * CONNID_SLOT_S };
	static const char text[] = DIGITS "\n" OTHER " from=1700000000\n";
	struct config config = {.key_file = path, .connection_id_max_age_s = 120};
	struct keys keys;

	(void)state;
	write_key_file(text, 0600);
	config.test_time_s = LAST_S - 1;
	assert_true(keys_make(&keys, &config, false, &error));
	assert_int_equal(keys.connid_from_s, FROM_S);
	assert_content(text);
	config.test_time_s = LAST_S;
	assert_true(keys_make(&keys, &config, true, &error));
	assert_content(text);
	assert_true(keys_make(&keys, &config, false, &error));
	assert_int_equal(keys.connid_from_s, 0);
	assert_int_equal(keys.connid_master[1], 0xf1);
	assert_content(OTHER "\n");
}

static void
test_file_that_others_can_read(void **state)
{
	static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0644, 0666};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(modes); i++) {
		write_key_file(DIGITS "\n", modes[i]);
		assert_refused(path, false, "chmod 600");
		assert_refused(path, true, "chmod 600");
	}
}

static void
test_file_that_is_malformed(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"00",
		DIGITS "00",
		DIGITS "\n\n",
		DIGITS "\r\n",
		" " DIGITS,
		"g" DIGITS,
		"0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		"00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10:11:12:13:14:1",
		"0001020304050607 08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1",
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1", // 63
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1\n",
		DIGITS "\n" OTHER,
		DIGITS "\n" OTHER "\n",
		DIGITS "\n" OTHER " from=",
		DIGITS "\n" OTHER " from=0",
		DIGITS "\n" OTHER " from=-1",
		DIGITS "\n" OTHER " from= 1",
		DIGITS "\n" OTHER " from=1x",
		DIGITS "\n" OTHER " from=4294967296",
		DIGITS "\n" OTHER " from=42949672950",
		DIGITS "\n" OTHER "  from=1700000000",
		DIGITS "\n" OTHER " until=170000000",
		DIGITS "\n" OTHER " from=1700000000\n\n",
		DIGITS "\n" OTHER " from=1700000000\n" OTHER " from=1800000000\n",
		DIGITS OTHER " from=1700000000\n",
		DIGITS " from=1700000000\n",
		OTHER " from=1700000000\n" DIGITS "\n",
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(texts); i++) {
		write_key_file(texts[i], 0600);
		assert_refused(path, false, "64 hexadecimal digits");
	}
}

// A FIFO is not waited for, a link not followed, a device never called to be chmodded.
static void
test_file_that_is_not_regular(void **state)
{
	char link[TEMP_PATH_MAX];

	(void)state;
	temp_path(&temp, "fifo", path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_refused(path, true, "is a FIFO; a regular file is needed");
	assert_refused("/dev/null", true, "is a device; a regular file is needed");
	assert_refused(temp.folder, true, "is a folder; a regular file is needed");
	write_key_file(DIGITS "\n", 0600);
	temp_path(&temp, "link", link);
	assert_int_equal(symlink(path, link), 0);
	assert_refused(link, true, "is a symbolic link; name the file itself");
}

// Others could change it: only root can give a file away, so this says something to root alone.
static void
test_file_of_another_owner(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	write_key_file(DIGITS "\n", 0600);
	assert_int_equal(chown(path, 12345, 0), 0);
	assert_refused(path, false, "belongs to user 12345; it must belong to user 0");
}

static void
test_check_creates_nothing(void **state)
{
	struct keys keys;

	(void)state;
	temp_path(&temp, "looked", path);
	assert_true(make(&keys, 0, path, true));
	assert_false(exists(path));
}

static void
test_paths_that_cannot_exist(void **state)
{
	char below[TEMP_PATH_MAX];

	(void)state;
	temp_path(&temp, "no/such/folder/key", path);
	assert_refused(path, false, "is missing; make it with mkdir");
	assert_refused(path, true, "is missing; make it with mkdir");
	write_key_file(DIGITS, 0600);
	temp_path(&temp, "key/below", below);
	assert_refused(below, false, "lies below a file");
	assert_refused(below, true, "lies below a file");
}

// Root writes everywhere, so this says something to others alone.
static void
test_folder_that_is_read_only(void **state)
{
	char folder[TEMP_PATH_MAX];

	(void)state;
	if (geteuid() == 0)
		skip();
	temp_path(&temp, "read-only", folder);
	assert_int_equal(mkdir(folder, 0500), 0);
	temp_path(&temp, "read-only/key", path);
	assert_refused(path, false, "cannot be written in");
	assert_refused(path, true, "cannot be written in");
	assert_false(exists(path));
}

static void
test_forget(void **state)
{
	struct keys keys;
	static const struct keys zeros;

	(void)state;
	assert_true(make(&keys, 1, "", false));
	keys_forget(&keys);
	assert_memory_equal(&keys, &zeros, sizeof(keys));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seed_makes_the_same_keys),
		cmocka_unit_test(test_keys_of_seed_1),
		cmocka_unit_test(test_keys_without_seed_differ_each_time),
		cmocka_unit_test(test_every_byte_is_drawn),
		cmocka_unit_test(test_no_second_key_is_drawn),
		cmocka_unit_test(test_missing_file_is_created_and_used_again),
		cmocka_unit_test(test_leftover_of_a_write),
		cmocka_unit_test(test_mode_ignores_the_umask),
		cmocka_unit_test(test_file_decides),
		cmocka_unit_test(test_second_line),
		cmocka_unit_test(test_write_and_read),
		cmocka_unit_test(test_start_drops_a_key_of_no_use),
		cmocka_unit_test(test_file_that_others_can_read),
		cmocka_unit_test(test_file_that_is_malformed),
		cmocka_unit_test(test_file_that_is_not_regular),
		cmocka_unit_test(test_file_of_another_owner),
		cmocka_unit_test(test_check_creates_nothing),
		cmocka_unit_test(test_paths_that_cannot_exist),
		cmocka_unit_test(test_folder_that_is_read_only),
		cmocka_unit_test(test_forget),
	};

	return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
