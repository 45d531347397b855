// SPDX-License-Identifier: BSD-3-Clause
// lib/access/list_line.h: each kind of entry, and each way to be wrong.

#include "../../lib/access/list_line.h"
#include "../support/block.h"

#include <rte_common.h>

#include <stdio.h>
#include <time.h>

#define HEX "0123456789abcdefABCDEF0123456789aBcDeF98"
#define V2 HEX "fedcba987654321000000000"
#define BASE32 "AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH"
#define KEY "0123456789abcdefghijKLMNOPQRSTuz"

static const uint8_t hex_bytes[] = {
	0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xab, 0xcd,
	0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x98,
};
static const uint8_t base32_bytes[] = {
	0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23,
	0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67,
};

enum kind { INFO_HASH, CLIENT, NETWORK, KEY_OF_USER };

struct parsed {
	enum list_line_result result;
	struct list_line line;
	union {
		struct info_hash_entry hash;
		struct client_prefix client;
		struct network network;
		struct auth_key key;
	} entry;
};

// Parses a copy of exactly this size, so that a sanitizer finds a read behind it. The copy stays until the
// next call.
static struct parsed
parse(enum kind kind, const char *text, size_t len)
{
	static char *copy;
	struct parsed parsed;

	free(copy);
	copy = malloc(RTE_MAX(len, 1u));
	assert_non_null(copy);
	memcpy(copy, text, len);
	memset(&parsed, 0xee, sizeof(parsed));
	switch (kind) {
	case INFO_HASH:
		parsed.result = list_line_info_hash(copy, len, &parsed.line, &parsed.entry.hash);
		break;
	case CLIENT:
		parsed.result = list_line_client(copy, len, &parsed.line, &parsed.entry.client);
		break;
	case NETWORK:
		parsed.result = list_line_network(copy, len, &parsed.line, &parsed.entry.network);
		break;
	case KEY_OF_USER:
		parsed.result = list_line_key(copy, len, &parsed.line, &parsed.entry.key);
		break;
	}
	return parsed;
}

static struct parsed
parse_entry(enum kind kind, const char *text)
{
	struct parsed parsed = parse(kind, text, strlen(text));

	if (parsed.result != LIST_LINE_ENTRY)
		fail_msg("\"%s\" is no entry", text);
	return parsed;
}

// The entry is left alone, and a sentence says what the line has to be.
static void
assert_wrong(enum kind kind, const char *text, size_t len, const char *wanted)
{
	struct parsed parsed = parse(kind, text, len);
	uint8_t untouched[sizeof(parsed.entry)];

	memset(untouched, 0xee, sizeof(untouched));
	if (parsed.result != LIST_LINE_WRONG)
		fail_msg("\"%.*s\" is not wrong", (int)len, text);
	if (strstr(parsed.line.wanted, wanted) != parsed.line.wanted)
		fail_msg("\"%.*s\" %s", (int)len, text, parsed.line.wanted);
	assert_memory_equal(&parsed.entry, untouched, sizeof(untouched));
}

static void
assert_all_wrong(enum kind kind, const char *const *texts, unsigned count, const char *wanted)
{
	for (unsigned i = 0; i < count; i++)
		assert_wrong(kind, texts[i], strlen(texts[i]), wanted);
}

static void
test_info_hash(void **state)
{
	static const struct {
		const char *text;
		const uint8_t *bytes;
	} rows[] = {
		{HEX, hex_bytes},
		{V2, hex_bytes},
		{"\t " HEX " \t\r", hex_bytes},
		{"magnet:?xt=urn:btih:" HEX, hex_bytes},
		{"MAGNET:?XT=URN:BTIH:" HEX, hex_bytes},
		{"magnet:?xt=urn:btih:" BASE32, base32_bytes},
		{"magnet:?xt=urn:btih:aerukz4jvpg66ajdivtytk6n54asgrlh&dn=a", base32_bytes},
		{"magnet:?dn=a%20b&tr=udp://t.example:1&xt=urn:btih:" HEX "&ws=x", hex_bytes},
		{"magnet:?&&xt.1=urn:sha1:AAAA&xt.12=urn:btih:" HEX, hex_bytes},
		{"magnet:?xt=urn:btmh:1220" V2, hex_bytes},
		{"magnet:?xt=urn:btmh:1220" V2 "&xt=urn:btih:" BASE32, base32_bytes},
		{"magnet:?xt=urn:btih:" BASE32 "&xt=urn:btmh:1220" V2, base32_bytes},
		{"magnet:?xt=urn:btih:" BASE32 "&xt=urn:btih:" HEX, base32_bytes},
		{"magnet:?xt=urn:btmh:1220" V2 "&xt=urn:btmh:1220" HEX BASE32, hex_bytes},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct parsed parsed = parse_entry(INFO_HASH, rows[i].text);

		assert_memory_equal(parsed.entry.hash.info_hash, rows[i].bytes, 20);
		assert_int_equal(parsed.entry.hash.until_s, 0);
		assert_ptr_equal(parsed.line.comment, NULL);
	}
}

// Each digit, in each place.
static void
test_hex_digits(void **state)
{
	char text[] = HEX;

	(void)state;
	for (unsigned at = 0; at < strlen(HEX); at++) {
		for (unsigned c = 0; c <= UINT8_MAX; c++) {
			char one[2] = {(char)c, '\0'};
			char *end;
			unsigned long value = strtoul(one, &end, 16);
			bool is_digit = *end == '\0' && end != one && c != ' ';

			text[at] = (char)c;
			struct parsed parsed = parse(INFO_HASH, text, strlen(HEX));

			assert_int_equal(parsed.result == LIST_LINE_ENTRY, is_digit);
			if (is_digit)
				assert_int_equal(
					parsed.entry.hash.info_hash[at / 2] >> (at % 2 ? 0 : 4)
						& 15,
					value
				);
		}
		text[at] = HEX[at];
	}
}

static void
test_info_hash_wrong(void **state)
{
	static const char *const texts[] = {
		"0123456789abcdefABCDEF0123456789aBcDeF9",
		HEX "0",
		V2 "0",
		"0x23456789abcdefABCDEF0123456789aBcDeF98",
		HEX "# reason",
		BASE32,
		"magnet:",
		"magnet:?",
		"magnet:?xt=",
		"magnet:?xt=urn:btih:",
		"magnet:?xt=urn:btih:" V2,
		"magnet:?xt=urn:btih:0ERUKZ4JVPG66AJDIVTYTK6N54ASGRLH",
		"magnet:?xt=urn:btih:ZERUKZ4JVPG66AJDIVTYTK6N54ASGRL!",
		"magnet:?xt=urn:btih:{ERUKZ4JVPG66AJDIVTYTK6N54ASGRLH",
		"magnet:?xt=urn:btih:[ERUKZ4JVPG66AJDIVTYTK6N54ASGRLH",
		"magnet:?xt=urn:btih:8ERUKZ4JVPG66AJDIVTYTK6N54ASGRLH",
		"magnet:?xt=urn:btmh:1220" HEX,
		"magnet:?xt=urn:btmh:1220" HEX "fedcba98765432100000000g",
		"magnet:?xt.",
		"magnet:?xt.1",
		"magnet:?xt.-1=urn:btih:" HEX,
		"magnet:?xt=urn:btmh:1320" V2,
		"magnet:?xtx=urn:btih:" HEX,
		"magnet:?xt.a=urn:btih:" HEX,
		"magnet:?dn=xt=urn:btih:" HEX,
		"magnet:?xt=urn:btmh:1220" V2 "&xt=urn:btih:1",
		"magnet:?xt=urn:btih:1&xt=urn:btih:" HEX,
		"until=2030-01-01",
	};

	(void)state;
	assert_all_wrong(
		INFO_HASH, texts, RTE_DIM(texts), "must be 40 or 64 hexadecimal digits or a magnet"
	);
	assert_wrong(INFO_HASH, HEX "\0", 41, "must be 40 or 64");
	assert_wrong(INFO_HASH, HEX "\r\r", 42, "must be 40 or 64");
}

static void
test_empty(void **state)
{
	static const char *const texts[] = {
		"", " ", "\t \t", "\r", "#", " # " HEX, "#" KEY, "##\xff"};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(texts); i++)
		for (enum kind kind = INFO_HASH; kind <= KEY_OF_USER; kind++)
			assert_int_equal(
				parse(kind, texts[i], strlen(texts[i])).result, LIST_LINE_EMPTY
			);
}

// All kinds share what follows the entry.
static void
test_what_follows(void **state)
{
	static const char *const entries[] = {HEX, "-qB46", "10.0.0.0/8", KEY};
	static const struct {
		const char *text;
		uint32_t until_s;
		const char *comment; // NULL: none
	} rows[] = {
		{" until=1", 1, NULL},
		{"\tuntil=4294967295\t", UINT32_MAX, NULL},
		{"  until=2030-12-31 # by court order ", 1924905600, "by court order"},
		{" until=2030-12-31T23:59:59Z\t#x\r", 1924991999, "x"},
		{" # until=5", 0, "until=5"},
		{" #", 0, ""},
		{" ## \xff\x01\t", 0, "# \xff\x01"},
		{" until=1 # # \r", 1, "#"},
	};

	(void)state;
	for (enum kind kind = INFO_HASH; kind <= KEY_OF_USER; kind++) {
		for (unsigned i = 0; i < RTE_DIM(rows); i++) {
			char text[200];

			snprintf(text, sizeof(text), "%s%s", entries[kind], rows[i].text);
			struct parsed parsed = parse_entry(kind, text);
			uint32_t until_s[] = {
				[INFO_HASH] = parsed.entry.hash.until_s,
				[CLIENT] = parsed.entry.client.until_s,
				[NETWORK] = parsed.entry.network.until_s,
				[KEY_OF_USER] = parsed.entry.key.until_s,
			};

			assert_int_equal(parsed.line.until_s, rows[i].until_s);
			assert_int_equal(until_s[kind], rows[i].until_s);
			assert_int_equal(parsed.line.comment != NULL, rows[i].comment != NULL);
			if (rows[i].comment == NULL)
				continue;
			assert_int_equal(parsed.line.comment_len, strlen(rows[i].comment));
			assert_memory_equal(
				parsed.line.comment, rows[i].comment, parsed.line.comment_len
			);
		}
	}
}

static void
test_what_follows_wrong(void **state)
{
	static const char *const entries[] = {HEX, "-qB46", "10.0.0.0/8", KEY};
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{" x", "must have nothing behind it but"},
		{" until", "must have nothing behind it but"},
		{" until =1", "must have nothing behind it but"},
		{" until=1 until=2", "must have nothing behind it but"},
		{" until=1 x # y", "must have nothing behind it but"},
		{" until=", "must have a date of the form"},
		{" until= 1", "must have a date of the form"},
		{" until=0", "must have a date of the form"},
		{" until=2030-12-31#x", "must have a date of the form"},
		{" until=tomorrow # y", "must have a date of the form"},
	};

	(void)state;
	for (enum kind kind = INFO_HASH; kind <= KEY_OF_USER; kind++)
		for (unsigned i = 0; i < RTE_DIM(rows); i++) {
			char text[200];

			snprintf(text, sizeof(text), "%s%s", entries[kind], rows[i].text);
			assert_wrong(kind, text, strlen(text), rows[i].wanted);
		}
}

static void
test_client(void **state)
{
	static const struct {
		const char *text, *bytes;
		unsigned len;
	} rows[] = {
		{"-qB46", "-qB46", 5},
		{"-", "-", 1},
		{"M#7-!~", "M#7-!~", 6},
		{"%23%20%00%fF%25", "# \0\xff%", 5},
		{"12345678901234567890", "12345678901234567890", 20},
		{"%31%31%31%31%31%31%31%31%31%31%31%31%31%31%31%31%31%31%31%31",
		 "11111111111111111111",
		 20},
		{"until=1", "until=1", 7},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct parsed parsed = parse_entry(CLIENT, rows[i].text);

		assert_int_equal(parsed.entry.client.len, rows[i].len);
		assert_memory_equal(parsed.entry.client.bytes, rows[i].bytes, rows[i].len);
	}
}

static void
test_client_wrong(void **state)
{
	static const char *const texts[] = {
		"123456789012345678901",
		"1234567890123456789%300",
		"%",
		"%1",
		"%g0",
		"%0g",
		"a%",
		"-\x7f",
		"\x80",
		"-q\x01",
		"\xc3\xa4",
	};

	(void)state;
	assert_all_wrong(CLIENT, texts, RTE_DIM(texts), "must be the first 1 to 20 characters");
	assert_wrong(CLIENT, "-q\0", 3, "must be the first 1 to 20 characters");
}

static void
test_network(void **state)
{
	static const struct {
		const char *text;
		enum family family;
		unsigned bits;
		bool allowed;
		uint8_t bytes[16];
	} rows[] = {
		{"192.0.2.1", FAMILY_IPV4, 32, false, {192, 0, 2, 1}},
		{"allow 192.0.2.0/24", FAMILY_IPV4, 24, true, {192, 0, 2}},
		{"\tallow\t10.0.0.0/8", FAMILY_IPV4, 8, true, {10}},
		{"0.0.0.0/0", FAMILY_IPV4, 0, false, {0}},
		{"255.255.255.255/32", FAMILY_IPV4, 32, false, {255, 255, 255, 255}},
		{"192.0.2.128/25", FAMILY_IPV4, 25, false, {192, 0, 2, 128}},
		{"::/0", FAMILY_IPV6, 0, false, {0}},
		{"::", FAMILY_IPV6, 128, false, {0}},
		{"2001:DB8::/32", FAMILY_IPV6, 32, false, {0x20, 1, 0xd, 0xb8}},
		{"2001:db8::8000/113", FAMILY_IPV6, 113, false, {0x20, 1, 0xd, 0xb8, [14] = 0x80}},
		{"allow ::ffff:192.0.2.1/128",
		 FAMILY_IPV6,
		 128,
		 true,
		 {[10] = 0xff, 0xff, 192, 0, 2, 1}},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct network network = parse_entry(NETWORK, rows[i].text).entry.network;

		assert_int_equal(network.family, rows[i].family);
		assert_int_equal(network.bits, rows[i].bits);
		assert_int_equal(network.allowed, rows[i].allowed);
		assert_memory_equal(network.bytes, rows[i].bytes, sizeof(network.bytes));
	}
}

static void
test_network_wrong(void **state)
{
	static const char *const forms[] = {
		"192.0.2",
		"192.0.2.256",
		"192.0.2.01",
		"192.0.2.1/",
		"192.0.2.1/33",
		"192.0.2.1/032",
		"192.0.2.1/3x",
		"192.0.2.1/+8",
		"192.0.2.1/-1",
		"192.0.2.1/1000",
		"192.0.2.1/4294967328",
		"/8",
		"192.0.2.1/8/8",
		"::/129",
		"2001:db8:::1",
		"fe80::1%eth0",
		"2001:db8:0000:0000:0000:0000:0000:0000:0000:0000:0000",
		"[::]",
		"deny 192.0.2.1",
		"Allow 192.0.2.1",
		"allow",
		"allow # x",
		"allow allow ::",
		"tracker.example",
	};
	static const char *const bits[] = {
		"192.0.2.1/31", "10.0.0.0/6", "128.0.0.0/0", "2001:db8::1/127", "::1/0"};

	(void)state;
	assert_all_wrong(NETWORK, forms, RTE_DIM(forms), "must be an IPv4 or IPv6 address");
	assert_all_wrong(NETWORK, bits, RTE_DIM(bits), "must have only zeros in the bits behind");
	assert_wrong(NETWORK, "::1\0", 4, "must be an IPv4 or IPv6 address");
	assert_wrong(NETWORK, "::1\0/12", 7, "must be an IPv4 or IPv6 address");
}

static void
test_key(void **state)
{
	static const char *const texts[] = {
		"0123456789abcdefghijKLMNOPQRSTu",
		KEY "0",
		"0123456789abcdefghijKLMNOPQRSTu-",
		"/123456789abcdefghijKLMNOPQRSTuz",
		"0123456789abcdefghijKLMNOPQRSTu{",
		"0123456789abcdefghijKLMNOPQRSTu[",
		"0123456789abcdefghijKLMNOPQRST\xc3\xa4"};

	(void)state;
	assert_memory_equal(parse_entry(KEY_OF_USER, KEY).entry.key.text, KEY, AUTH_KEY_CHARS);
	assert_all_wrong(KEY_OF_USER, texts, RTE_DIM(texts), "must be 32 letters or digits");
}

// Each day until 32 bits end, compared with libc.
static void
test_dates(void **state)
{
	(void)state;
	for (uint64_t s = 0; s <= UINT32_MAX; s += 86400) {
		uint32_t seconds = 0;
		struct tm tm;
		char text[32];
		time_t time = (time_t)s;

		assert_non_null(gmtime_r(&time, &tm));
		size_t len = strftime(text, sizeof(text), "%Y-%m-%d", &tm);

		assert_int_equal(list_line_date(text, len, &seconds), s != 0);
		assert_int_equal(seconds, s);
		if (s == 0)
			continue;
		time--;
		assert_non_null(gmtime_r(&time, &tm));
		len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
		assert_true(list_line_date(text, len, &seconds));
		assert_int_equal(seconds, s - 1);
	}
}

static void
test_dates_wrong(void **state)
{
	static const char *const texts[] = {
		"",
		"0",
		"-1",
		"+1",
		"1.5",
		"4294967296",
		"00000000001",
		"2030-12-31 ",
		"2030-12-3",
		"2030-1-01",
		"2030/12/31",
		"2030-00-01",
		"2030-13-01",
		"2030-01-00",
		"2030-01-32",
		"2030-01-0a",
		"2030-01-0/",
		"2030-04-31",
		"2023-02-29",
		"2100-02-29",
		"1970-01-01",
		"1969-12-31",
		"2106-02-08",
		"2106-02-07T06:28:16Z",
		"9999-01-01",
		"2030-12-31T24:00:00Z",
		"2030-12-31T00:60:00Z",
		"2030-12-31T00:00:60Z",
		"2030-12-31T00:00:00",
		"2030-12-31T00:00:00z",
		"2030-12-31T00:00:00ZZ",
		"2030-12-31t00:00:00Z",
	};
	uint32_t seconds = 77;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(texts); i++)
		if (list_line_date(texts[i], strlen(texts[i]), &seconds))
			fail_msg("\"%s\" is no date", texts[i]);
	assert_int_equal(seconds, 77);
	assert_true(list_line_date("2024-02-29", 10, &seconds));
	assert_true(list_line_date("2106-02-07T06:28:15Z", 20, &seconds));
	assert_int_equal(seconds, UINT32_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_info_hash),
		cmocka_unit_test(test_hex_digits),
		cmocka_unit_test(test_info_hash_wrong),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_what_follows),
		cmocka_unit_test(test_what_follows_wrong),
		cmocka_unit_test(test_client),
		cmocka_unit_test(test_client_wrong),
		cmocka_unit_test(test_network),
		cmocka_unit_test(test_network_wrong),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_dates_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
