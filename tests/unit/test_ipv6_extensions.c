// SPDX-License-Identifier: BSD-3-Clause
// lib/net/ipv6_extensions.c: options one by one. Chains of headers are in test_frame_parse.c.
//
// Each packet lies in a heap buffer of its own length, so that a sanitizer sees a read beyond.

#include "../../lib/net/ipv6_extensions.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>

enum { UDP = 17 };

static enum verdict
walk(const uint8_t *bytes, unsigned len, uint8_t next, struct ipv6_extensions *extensions)
{
	uint8_t *held = malloc(len == 0 ? 1 : len);
	enum verdict verdict;

	memcpy(held, bytes, len);
	verdict = ipv6_extensions_walk(held, (uint16_t)len, next, extensions);
	free(held);
	return verdict;
}

// One header of 8 or 16 bytes; the options in it.
static const struct {
	const char *what;
	uint8_t options[14];
	uint8_t len; // of the options: 6 or 14
	enum verdict verdict;
} rows[] = {
	{"Pad1 alone", {0}, 6, VERDICT_NONE},
	{"PadN of no bytes", {1, 0, 1, 0, 1, 0}, 6, VERDICT_NONE},
	{"PadN to the end", {1, 4}, 6, VERDICT_NONE},
	{"PadN with a message in it", {1, 4, 'h', 'i', '!', 0xff}, 6, VERDICT_NONE},
	{"Pad1, then PadN", {0, 0, 0, 1, 1, 0xff}, 6, VERDICT_NONE},
	{"PadN, then Pad1", {1, 3, 9, 9, 9, 0}, 6, VERDICT_NONE},
	{"PadN one too long", {1, 5}, 6, VERDICT_ipv6_header},
	{"PadN far too long", {1, 255}, 6, VERDICT_ipv6_header},
	{"a type without a length", {0, 0, 0, 0, 0, 1}, 6, VERDICT_ipv6_header},
	{"a length and nothing", {0, 0, 0, 0, 1, 1}, 6, VERDICT_ipv6_header},
	{"skipped", {0x1e, 4, 1, 2, 3, 4}, 6, VERDICT_NONE},
	{"skipped, changes on the way", {0x3e, 4, 1, 2, 3, 4}, 6, VERDICT_NONE},
	{"skipped, too long", {0x1e, 5, 1, 2, 3, 4}, 6, VERDICT_ipv6_header},
	{"01: drop", {0x5e, 4}, 6, VERDICT_ipv6_option},
	{"10: drop, report", {0x9e, 4}, 6, VERDICT_ipv6_option},
	{"11: drop, report if unicast", {0xde, 4}, 6, VERDICT_ipv6_option},
	{"11 of no bytes, last", {1, 2, 0, 0, 0xfe, 0}, 6, VERDICT_ipv6_option},
	{"drop, behind padding", {0, 1, 0, 0, 0x40, 1, 7}, 14, VERDICT_ipv6_option},
	{"drop, behind what is skipped", {0x1e, 2, 0xff, 0xff, 0x80, 0}, 6, VERDICT_ipv6_option},
	{"drop, but too long", {0xc0, 5}, 6, VERDICT_ipv6_header},
	{"drop, but cut short", {0, 0, 0, 0, 0, 0xc0}, 6, VERDICT_ipv6_header},
	{"types in the data of another", {1, 4, 0xc2, 0x40, 0x80, 0xff}, 6, VERDICT_NONE},
	{"jumbogram (RFC 2675)", {0xc2, 4, 0, 1, 0, 0}, 6, VERDICT_ipv6_option},
	{"home address (RFC 6275)", {1, 2, 0, 0, 0xc9, 8}, 14, VERDICT_ipv6_option},
	{"tunnel limit (RFC 2473)", {4, 1, 4, 1, 1, 0}, 6, VERDICT_NONE},
	{"quick start (RFC 4782)", {0x26, 6, 0, 0, 0, 0, 0, 0, 1, 4}, 14, VERDICT_NONE},
	{"router alert of one byte", {5, 1, 0, 1, 1, 0}, 6, VERDICT_NONE},
};

// Hop-by-hop and destination options are of one kind (RFC 8200 4.3, 4.6).
static void
test_options(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2 * RTE_DIM(rows); i++) {
		uint8_t type = i % 2 == 0 ? IPV6_HOP_BY_HOP : IPV6_DESTINATION;
		uint8_t header[16] = {UDP, (uint8_t)((rows[i / 2].len + 2) / 8 - 1)};
		unsigned len = rows[i / 2].len + 2u;
		struct ipv6_extensions extensions;

		memcpy(header + 2, rows[i / 2].options, rows[i / 2].len);
		enum verdict verdict = walk(header, len, type, &extensions);

		if (verdict != rows[i / 2].verdict)
			fail_msg("%s: %s", rows[i / 2].what, verdict_infos[verdict].name);
		if (verdict != VERDICT_NONE)
			continue;
		assert_int_equal(extensions.bytes, len);
		assert_int_equal(extensions.protocol, UDP);
		assert_false(extensions.router_alert);
	}
}

// An option that ends where its header does not is not allowed to go on in the next header.
static void
test_option_into_the_next_header(void **state)
{
	const uint8_t two[16] = {IPV6_DESTINATION, 0, 1, 12, [8] = UDP, 0, 1, 4};
	struct ipv6_extensions extensions;

	(void)state;
	assert_int_equal(walk(two, 16, IPV6_HOP_BY_HOP, &extensions), VERDICT_ipv6_header);
	assert_int_equal(walk(two, 16, IPV6_DESTINATION, &extensions), VERDICT_ipv6_header);
}

// Each header of a chain is looked into.
static void
test_options_of_the_last_header(void **state)
{
	uint8_t three[24] = {IPV6_ROUTING, 0, 1, 4, [8] = IPV6_DESTINATION, [16] = UDP, 0, 1, 4};
	struct ipv6_extensions extensions;

	(void)state;
	assert_int_equal(walk(three, 24, IPV6_DESTINATION, &extensions), VERDICT_NONE);
	assert_int_equal(extensions.bytes, 24);
	three[18] = 0x80;
	assert_int_equal(walk(three, 24, IPV6_DESTINATION, &extensions), VERDICT_ipv6_option);
	three[19] = 5;
	assert_int_equal(walk(three, 24, IPV6_DESTINATION, &extensions), VERDICT_ipv6_header);
}

// RFC 2711 2.1: type 5, two bytes, 0 for MLD; a hop-by-hop option and nothing else.
static void
test_router_alert(void **state)
{
	static const struct {
		const char *what;
		uint8_t type;
		uint8_t options[6];
		bool alert;
	} alerts[] = {
		{"first", IPV6_HOP_BY_HOP, {5, 2, 0, 0, 1, 0}, true},
		{"last", IPV6_HOP_BY_HOP, {1, 0, 5, 2, 0, 0}, true},
		{"between Pad1", IPV6_HOP_BY_HOP, {0, 5, 2, 0, 0, 0}, true},
		{"for RSVP", IPV6_HOP_BY_HOP, {5, 2, 0, 1, 1, 0}, false},
		{"for nobody yet", IPV6_HOP_BY_HOP, {5, 2, 1, 0, 1, 0}, false},
		{"too short", IPV6_HOP_BY_HOP, {5, 1, 0, 1, 1, 0}, false},
		{"too long", IPV6_HOP_BY_HOP, {5, 4, 0, 0, 0, 0}, false},
		{"in the data of padding", IPV6_HOP_BY_HOP, {1, 4, 5, 2, 0, 0}, false},
		{"for the destination", IPV6_DESTINATION, {5, 2, 0, 0, 1, 0}, false},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(alerts); i++) {
		uint8_t header[16] = {UDP, 0};
		struct ipv6_extensions extensions;

		memcpy(header + 2, alerts[i].options, 6);
		assert_int_equal(walk(header, 8, alerts[i].type, &extensions), VERDICT_NONE);
		if (extensions.router_alert != alerts[i].alert)
			fail_msg("%s", alerts[i].what);
		header[0] = IPV6_DESTINATION; // it is still so behind another header
		memcpy(header + 8, (const uint8_t[]){UDP, 0, 1, 4, 0, 0, 0, 0}, 8);
		assert_int_equal(walk(header, 16, alerts[i].type, &extensions), VERDICT_NONE);
		assert_int_equal(extensions.router_alert, alerts[i].alert);
	}
}

// Every length of every header, cut at every byte: a verdict, and never a read beyond the packet.
static void
test_all_lengths(void **state)
{
	static const uint8_t types[] = {IPV6_HOP_BY_HOP, IPV6_ROUTING, IPV6_DESTINATION};
	uint8_t bytes[IPV6_EXTENSION_BYTES_MAX + 16];
	struct ipv6_extensions extensions;

	(void)state;
	for (unsigned option = 0; option < 256; option++) {
		memset(bytes, (int)option, sizeof(bytes));
		for (unsigned i = 0; i < RTE_DIM(types); i++)
			for (unsigned units = 0; units < 18; units++)
				for (unsigned len = 0; len <= sizeof(bytes); len += 1 + units % 3) {
					bytes[0] = UDP;
					bytes[1] = (uint8_t)units;
					if (walk(bytes, len, types[i], &extensions) == VERDICT_NONE)
						assert_in_range(extensions.bytes, 8, len);
				}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_option_into_the_next_header),
		cmocka_unit_test(test_options_of_the_last_header),
		cmocka_unit_test(test_router_alert),
		cmocka_unit_test(test_all_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
