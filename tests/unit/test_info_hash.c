// SPDX-License-Identifier: BSD-3-Clause
// app/telemetry_client/info_hash.c: every form in which an info_hash is copied (BEP 9, BEP 52, RFC 4648 6).

#include "../../app/telemetry_client/info_hash.h"
#include "../support/cmocka_wrap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEX "0123456789abcdef0123456789abcdef01234567"
#define HEX_UPPER "0123456789ABCDEF0123456789ABCDEF01234567"
#define BASE32 "AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH" // by Python's base64.b32encode
#define BASE32_LOWER "aerukz4jvpg66ajdivtytk6n54asgrlh"
#define V2_CUT "fedcba9876543210fedcba9876543210fedcba98"
#define V2 V2_CUT "76543210fedcba9876543210"

static const struct {
	const char *text, *hash; // NULL: refused
} cases[] = {
	{HEX, HEX},
	{HEX_UPPER, HEX},
	{BASE32, HEX},
	{BASE32_LOWER, HEX},
	{"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "0000000000000000000000000000000000000000"},
	{"77777777777777777777777777777777", "ffffffffffffffffffffffffffffffffffffffff"},
	{V2, V2_CUT},
	{"magnet:?xt=urn:btih:" HEX, HEX},
	{"MAGNET:?XT=URN:BTIH:" HEX_UPPER, HEX},
	{"magnet:?xt=urn:btih:" BASE32, HEX},
	{"magnet:?dn=a+name&xt=urn:btih:" HEX "&tr=udp%3A%2F%2Ftracker%3A6969", HEX},
	{"magnet:?xt=urn%3Abtih%3a" HEX "&dn=x", HEX},
	{"magnet:?xt.1=urn:sha1:" BASE32 "&xt.2=urn:btih:" HEX, HEX},
	{"magnet:?xt=urn:btih:" HEX "#fragment", HEX},
	{"magnet:?&&xt=urn:btih:" HEX "&", HEX},
	// v2 alone, and both: trackers know a hybrid torrent by its v1 hash.
	{"magnet:?xt=urn:btmh:1220" V2, V2_CUT},
	{"magnet:?xt=urn:btmh:1220" V2 "&xt=urn:btih:" HEX, HEX},
	{"magnet:?xt=urn:btih:nonsense&xt=urn:btmh:1220" V2, V2_CUT},
	// What is none.
	{"", NULL},
	{HEX "0", NULL},
	{"123456789abcdef0123456789abcdef01234567", NULL},
	{"0123456789abcdef0123456789abcdef0123456g", NULL},
	{" " HEX, NULL},
	{HEX "\n", NULL},
	{"AERUKZ4JVPG66AJDIVTYTK6N54ASGRL1", NULL}, // 0, 1, 8 and 9 are not of the alphabet
	{"AERUKZ4JVPG66AJDIVTYTK6N54ASGRL=", NULL},
	{"AERUKZ4JVPG66AJDIVTYTK6N54ASGRL", NULL},
	{V2 "0", NULL},
	{"1220" V2, NULL},
	{"magnet:", NULL},
	{"magnet:?", NULL},
	{"magnet:?dn=" HEX, NULL},
	{"magnet:?xt=" HEX, NULL},
	{"magnet:?xt", NULL},
	{"magnet:?xtra=urn:btih:" HEX, NULL},
	{"magnet:?xt=urn:btih:", NULL},
	{"magnet:?xt=urn:btih:" HEX "0", NULL},
	{"magnet:?xt=urn:btih:" V2, NULL},
	{"magnet:?xt=urn:btmh:" V2, NULL}, // without the multihash's head
	{"magnet:?xt=urn:btmh:1320" V2, NULL}, // another hash function
	{"magnet:?xt=urn:btih:" HEX "%", NULL},
	{"magnet:?xt=urn:btih:%00" HEX, NULL},
	{"magnet:?#xt=urn:btih:" HEX, NULL},
	{"urn:btih:" HEX, NULL},
	{"http://example.org/?xt=urn:btih:" HEX, NULL},
};

static void
test_forms(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *right = cases[i].hash == NULL ? "" : cases[i].hash;
		char hash[INFO_HASH_DIGITS + 1] = "x";
		bool found = info_hash_parse(cases[i].text, hash);

		if (found != (cases[i].hash != NULL) || strcmp(hash, right) != 0)
			fail_msg("%s: %d, %s", cases[i].text, found, hash);
	}
}

static bool
is_lower_hex(const char *hash)
{
	return strlen(hash) == INFO_HASH_DIGITS
		&& strspn(hash, "0123456789abcdef") == INFO_HASH_DIGITS;
}

// Texts are copied to memory of their own size, so that a sanitizer sees a byte too far.
static void
test_result_has_forty_digits(void **state)
{
	static const char alphabet[] = "magnet:?xt=urn:btih:1220%&#.0a7Z";
	unsigned read = 0;

	(void)state;
	srandom(1);
	for (unsigned round = 0; round < 200000; round++) {
		const char *from = cases[random() % (sizeof(cases) / sizeof(*cases))].text;
		size_t length = strlen(from);
		char *text = malloc(length + 1), hash[INFO_HASH_DIGITS + 1];

		strcpy(text, from);
		for (unsigned change = 0; change < 2 && length > 0; change++)
			text[(size_t)random() % length] =
				alphabet[(size_t)random() % sizeof(alphabet)];
		bool found = info_hash_parse(text, hash);

		if (found ? !is_lower_hex(hash) : *hash != '\0')
			fail_msg("%s: %s", text, hash);
		read += found;
		free(text);
	}
	assert_true(read > 1000);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_result_has_forty_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
