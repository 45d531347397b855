// SPDX-License-Identifier: BSD-3-Clause
// app/weir/telemetry/export_file.h: which lines a torrent gets; export.h: what --check says.

#include "../../app/weir/setup/export_path.h"
#include "../../app/weir/telemetry/export_file.h"
#include "../support/cmocka_wrap.h"
#include "../support/temp.h"

#include <rte_common.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HASH_0 "000102030405060708090a0b0c0d0e0f10111213"
#define HASH_F "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff00010203"

static struct temp temp;
static char path[TEMP_PATH_MAX];
static char content[1024];

static const char *
read_file(void)
{
	FILE *in = fopen(path, "r");

	assert_non_null(in);
	content[fread(content, 1, sizeof(content) - 1, in)] = '\0';
	fclose(in);
	return content;
}

static struct shard_row
row(uint8_t first, const uint32_t ipv4[3], const uint32_t ipv6[3])
{
	struct shard_row row;

	for (unsigned i = 0; i < sizeof(row.info_hash); i++)
		row.info_hash[i] = (uint8_t)(first + i);
	memset(row.seeders, 0xee, sizeof(row.seeders)); // the family that is none
	memset(row.leechers, 0xee, sizeof(row.leechers));
	memset(row.completed, 0xee, sizeof(row.completed));
	row.seeders[FAMILY_IPV4] = ipv4[0];
	row.leechers[FAMILY_IPV4] = ipv4[1];
	row.completed[FAMILY_IPV4] = ipv4[2];
	row.seeders[FAMILY_IPV6] = ipv6[0];
	row.leechers[FAMILY_IPV6] = ipv6[1];
	row.completed[FAMILY_IPV6] = ipv6[2];
	return row;
}

static void
test_lines(void **state)
{
	static const struct {
		uint8_t first;
		uint32_t ipv4[3], ipv6[3];
		const char *lines;
	} rows[] = {
		{0, {1, 2, 3}, {4, 5, 6}, "4 " HASH_0 " 1 2 3\n6 " HASH_0 " 4 5 6\n"},
		{0, {1, 0, 0}, {0, 0, 0}, "4 " HASH_0 " 1 0 0\n"},
		{0, {0, 1, 0}, {0, 0, 0}, "4 " HASH_0 " 0 1 0\n"},
		{0, {0, 0, 1}, {0, 0, 0}, "4 " HASH_0 " 0 0 1\n"}, // only downloads
		{0xf0, {0, 0, 0}, {1, 0, 0}, "6 " HASH_F " 1 0 0\n"},
		{0xf0, {0, 0, 0}, {0, 1, 0}, "6 " HASH_F " 0 1 0\n"},
		{0xf0, {0, 0, 0}, {0, 0, 1}, "6 " HASH_F " 0 0 1\n"},
		{0, {0, 0, 0}, {0, 0, 0}, ""},
		{0,
		 {UINT32_MAX, UINT32_MAX, UINT32_MAX},
		 {0, 0, 0},
		 "4 " HASH_0 " 4294967295 4294967295 4294967295\n"},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct shard_row one = row(rows[i].first, rows[i].ipv4, rows[i].ipv6);
		struct export_file file;

		assert_true(export_file_start(&file, path));
		export_file_rows(&file, &one, 1);
		assert_int_equal(file.torrents, *rows[i].lines == '\0' ? 0 : 1);
		assert_true(export_file_finish(&file));
		assert_string_equal(read_file(), rows[i].lines);
	}
}

static void
test_several_pieces(void **state)
{
	static const uint32_t none[3] = {0};
	struct shard_row rows[] = {
		row(0, (const uint32_t[3]){7, 8, 9}, none),
		row(0, none, none),
		row(0xf0, none, (const uint32_t[3]){1, 1, 0}),
	};
	mode_t mask = umask(022);
	struct export_file file;
	struct stat status;

	(void)state;
	assert_true(export_file_start(&file, path));
	export_file_rows(&file, rows, 2);
	export_file_rows(&file, rows, 0);
	export_file_rows(&file, rows + 2, 1);
	assert_int_equal(file.torrents, 2);
	assert_true(export_file_finish(&file));
	assert_string_equal(read_file(), "4 " HASH_0 " 7 8 9\n6 " HASH_F " 1 1 0\n");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode, S_IFREG | 0644);
	assert_true(export_file_start(&file, path));
	export_file_rows(&file, rows + 2, 1);
	export_file_abandon(&file);
	assert_string_equal(read_file(), "4 " HASH_0 " 7 8 9\n6 " HASH_F " 1 1 0\n");
	umask(mask);
}

static void
assert_check(const char *file, const char *words)
{
	const struct config config = {.export_file = file, .key_file = "/a/key"};
	struct error error = {0};

	assert_int_equal(export_path_check(&config, &error), words == NULL);
	if (words != NULL)
		assert_string_equal(error.setting, "export.file");
	if (words != NULL && strstr(error.text, words) == NULL)
		fail_msg("not \"%s\" in: %s", words, error.text);
}

static void
test_check(void **state)
{
	char other[TEMP_PATH_MAX];

	(void)state;
	assert_check("", NULL);
	assert_check(path, NULL); // there
	temp_path(&temp, "not-yet", other);
	assert_check(other, NULL);
	temp_path(&temp, "none/file", other);
	assert_check(other, "is missing; make it with mkdir -p -m 700");
	assert_check("/dev/null", "not a regular file");
	assert_check("/a/key", "is tracker.key_file, which would be overwritten");
	assert_check(temp.folder, "not a regular file");
	temp_write(&temp, "plain", "", other);
	strcat(other, "/file");
	assert_check(other, "lies below a file");
}

static void
test_check_of_a_folder_that_is_read_only(void **state)
{
	char folder[TEMP_PATH_MAX], file[TEMP_PATH_MAX + 8];

	(void)state;
	if (geteuid() == 0)
		skip(); // may write everywhere
	temp_path(&temp, "closed", folder);
	snprintf(file, sizeof(file), "%s/file", folder);
	assert_int_equal(mkdir(folder, 0500), 0);
	assert_check(file, "cannot be written in by user");
}

static int
set_up(void **state)
{
	(void)state;
	temp_open(&temp);
	temp_path(&temp, "scrape", path);
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
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_several_pieces),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_check_of_a_folder_that_is_read_only),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
