// SPDX-License-Identifier: BSD-3-Clause
// lib/bep15/url_data.c: the options behind an announce.

#include "../../lib/bep15/url_data.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define KEY "0123456789abcdefghijklmnopqrSTUV"
#define PATH "/announce/" KEY // 42 bytes: \x2a

// Reads exactly these bytes; a byte beyond them is not there (with AddressSanitizer).
static void
read_exactly(const void *options, size_t len, struct url_data *url)
{
	static uint8_t *bytes;

	free(bytes);
	bytes = malloc(len + 1);
	assert_non_null(bytes);
	memcpy(bytes + 1, options, len);
	url_data_read(bytes + 1, len, url);
}

static void
test_options(void **state)
{
	static const struct {
		const char *options;
		size_t len;
		const char *url;
	} rows[] = {
#define ROW(options, url) {options, sizeof(options) - 1, url}
		ROW("", ""),
		ROW("\0\0", ""), // aria2 sends them
		ROW("\1\1\1", ""),
		ROW("\2\0", ""),
		ROW("\2\014/dir?a=b&c=d", "/dir?a=b&c=d"),
		ROW("\2\014/dir?a=b&c=d\1\1\0", "/dir?a=b&c=d"),
		ROW("\1\2\1/\1\2\0\2\2ab\0", "/ab"),
		ROW("\2\1/\0\2\1a", "/"), // behind the end
		ROW("\7\3xyz\2\1/", "/"), // a type that nobody knows
		ROW("\xff\0\2\1/", "/"),
		ROW("\2", ""),
		ROW("\2\1", ""),
		ROW("\2\1/\2\4abc", "/"), // the second one is longer than the datagram
		ROW("\2\1/\7\4abc", "/"),
		ROW("\2\1/\2", "/"),
#undef ROW
	};
	struct url_data url;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		read_exactly(rows[i].options, rows[i].len, &url);
		assert_int_equal(url.len, strlen(rows[i].url));
		assert_memory_equal(url.text, rows[i].url, url.len);
	}
}

// Many options fill the copy and no more.
static void
test_long_url_of_several_options(void **state)
{
	uint8_t options[1374];
	struct url_data url;

	(void)state;
	for (unsigned len = 1; len < 255; len++) {
		for (unsigned at = 0; at < sizeof(options); at++)
			options[at] = at % (len + 2) == 0 ? 2
				: at % (len + 2) == 1
				? (uint8_t)len
				: (uint8_t)('a' + (at - 2 * (at / (len + 2) + 1)) % 26);
		read_exactly(options, sizeof(options) / (len + 2) * (len + 2), &url);
		assert_int_equal(url.len, URL_DATA_COPIED_MAX);
		for (unsigned i = 0; i < url.len; i++)
			assert_int_equal(url.text[i], 'a' + i % 26);
	}
}

// One option is not limited by the copy, nor copied.
static void
test_long_url_of_one_option(void **state)
{
	uint8_t options[257] = {2, 255};
	struct url_data url;

	(void)state;
	memset(options + 2, 'x', 255);
	url_data_read(options, sizeof(options), &url);
	assert_int_equal(url.len, 255);
	assert_ptr_equal(url.text, options + 2);
}

static void
test_key(void **state)
{
	static const struct {
		const char *options;
		size_t len;
		bool good;
	} rows[] = {
#define ROW(options, good) {options, sizeof(options) - 1, good}
		ROW("\2\052" PATH, true),
		ROW("\2\052" PATH "\0", true),
		ROW("\2\053" PATH "?", true),
		ROW("\2\056" PATH "?a=b", true),
		ROW("\2\012/announce/\2\040" KEY, true),
		ROW("\2\1/\2\051announce/" KEY, true),
		ROW("\2\052" PATH "\2\4?a=b", true), // where a query begins with an option
		ROW("\2\052" PATH "\2\1x", false),
		ROW("\2\053" PATH "x", false), // 33
		ROW("\2\053" PATH "/", false),
		ROW("\2\053" PATH "\0", false),
		ROW("\2\051" PATH, false), // 31, and a byte of no option
		ROW("\2\052/Announce/" KEY, false),
		ROW("\2\052/announce?" KEY, false),
		ROW("\2\053//announce/" KEY, false),
		ROW("\2\011/announce", false),
		ROW("\2\012/announce/", false),
		ROW("", false),
#undef ROW
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct url_data url;

		read_exactly(rows[i].options, rows[i].len, &url);
		const char *key = url_data_key(&url);

		assert_int_equal(key != NULL, rows[i].good);
		if (key != NULL)
			assert_memory_equal(key, KEY, URL_DATA_KEY_CHARS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_long_url_of_several_options),
		cmocka_unit_test(test_long_url_of_one_option),
		cmocka_unit_test(test_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
