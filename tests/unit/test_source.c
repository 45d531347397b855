// SPDX-License-Identifier: BSD-3-Clause
// lib/net/source.c: the first and last address of each block, and their neighbours outside.

#include "../../lib/net/source.h"
#include "../support/cmocka_wrap.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

struct row {
	const char *address;
	enum source source;
};

static const struct row ipv4_rows[] = {
	{"0.0.0.0", SOURCE_NEVER},	     {"0.255.255.255", SOURCE_NEVER},
	{"1.0.0.0", SOURCE_PUBLIC},	     {"9.255.255.255", SOURCE_PUBLIC},
	{"10.0.0.0", SOURCE_PRIVATE},	     {"10.255.255.255", SOURCE_PRIVATE},
	{"11.0.0.0", SOURCE_PUBLIC},	     {"100.63.255.255", SOURCE_PUBLIC},
	{"100.64.0.0", SOURCE_PRIVATE},	     {"100.127.255.255", SOURCE_PRIVATE},
	{"100.128.0.0", SOURCE_PUBLIC},	     {"126.255.255.255", SOURCE_PUBLIC},
	{"127.0.0.0", SOURCE_NEVER},	     {"127.0.0.1", SOURCE_NEVER},
	{"127.255.255.255", SOURCE_NEVER},   {"128.0.0.0", SOURCE_PUBLIC},
	{"169.253.255.255", SOURCE_PUBLIC},  {"169.254.0.0", SOURCE_PRIVATE},
	{"169.254.255.255", SOURCE_PRIVATE}, {"169.255.0.0", SOURCE_PUBLIC},
	{"172.15.255.255", SOURCE_PUBLIC},   {"172.16.0.0", SOURCE_PRIVATE},
	{"172.31.255.255", SOURCE_PRIVATE},  {"172.32.0.0", SOURCE_PUBLIC},
	{"192.167.255.255", SOURCE_PUBLIC},  {"192.168.0.0", SOURCE_PRIVATE},
	{"192.168.255.255", SOURCE_PRIVATE}, {"192.169.0.0", SOURCE_PUBLIC},
	{"191.255.255.255", SOURCE_PUBLIC},  {"192.0.0.0", SOURCE_RESERVED},
	{"192.0.0.8", SOURCE_RESERVED},	     {"192.0.0.9", SOURCE_PUBLIC},
	{"192.0.0.10", SOURCE_PUBLIC},	     {"192.0.0.11", SOURCE_RESERVED},
	{"192.0.0.255", SOURCE_RESERVED},    {"192.0.1.0", SOURCE_PUBLIC},
	{"192.0.1.255", SOURCE_PUBLIC},	     {"192.0.2.0", SOURCE_RESERVED},
	{"192.0.2.255", SOURCE_RESERVED},    {"192.0.3.0", SOURCE_PUBLIC},
	{"192.31.196.1", SOURCE_PUBLIC},     {"192.88.98.255", SOURCE_PUBLIC},
	{"192.88.99.0", SOURCE_RESERVED},    {"192.88.99.255", SOURCE_RESERVED},
	{"192.88.100.0", SOURCE_PUBLIC},     {"192.175.48.1", SOURCE_PUBLIC},
	{"198.17.255.255", SOURCE_PUBLIC},   {"198.18.0.0", SOURCE_PRIVATE},
	{"198.19.255.255", SOURCE_PRIVATE},  {"198.20.0.0", SOURCE_PUBLIC},
	{"198.51.99.255", SOURCE_PUBLIC},    {"198.51.100.0", SOURCE_RESERVED},
	{"198.51.100.255", SOURCE_RESERVED}, {"198.51.101.0", SOURCE_PUBLIC},
	{"203.0.112.255", SOURCE_PUBLIC},    {"203.0.113.0", SOURCE_RESERVED},
	{"203.0.113.255", SOURCE_RESERVED},  {"203.0.114.0", SOURCE_PUBLIC},
	{"223.255.255.255", SOURCE_PUBLIC},  {"224.0.0.0", SOURCE_NEVER},
	{"239.255.255.255", SOURCE_NEVER},   {"240.0.0.0", SOURCE_NEVER},
	{"255.255.255.254", SOURCE_NEVER},   {"255.255.255.255", SOURCE_NEVER},
};

static const struct row ipv6_rows[] = {
	{"::", SOURCE_NEVER},
	{"::1", SOURCE_NEVER},
	{"::8.8.8.8", SOURCE_NEVER}, // compatible
	{"::255.255.255.255", SOURCE_NEVER},
	{"::1:0:0", SOURCE_PUBLIC},
	{"::fffe:ffff:ffff", SOURCE_PUBLIC},
	{"::ffff:0:0", SOURCE_NEVER}, // mapped
	{"::ffff:203.0.113.7", SOURCE_NEVER},
	{"::ffff:255.255.255.255", SOURCE_NEVER},
	{"::1:0:0:0", SOURCE_PUBLIC},
	{"64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_PUBLIC},
	{"64:ff9b::", SOURCE_RESERVED}, // translators
	{"64:ff9b::ffff:ffff", SOURCE_RESERVED},
	{"64:ff9b::1:0:0", SOURCE_PUBLIC},
	{"64:ff9b:0:ffff::", SOURCE_PUBLIC},
	{"64:ff9b:1::", SOURCE_PRIVATE},
	{"64:ff9b:1:ffff::1", SOURCE_PRIVATE},
	{"64:ff9b:2::", SOURCE_PUBLIC},
	{"ff:ffff::", SOURCE_PUBLIC},
	{"100::", SOURCE_RESERVED}, // discard
	{"100::ffff:ffff:ffff:ffff", SOURCE_RESERVED},
	{"100:0:0:1::", SOURCE_RESERVED},
	{"100:0:0:2::", SOURCE_PUBLIC},
	{"1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_PUBLIC},
	{"2000::", SOURCE_PUBLIC},
	{"2000:ffff::", SOURCE_PUBLIC},
	{"2001::1", SOURCE_PUBLIC}, // Teredo
	{"2001:0:ffff::1", SOURCE_PUBLIC},
	{"2001:1::", SOURCE_RESERVED},
	{"2001:1::1", SOURCE_PUBLIC},
	{"2001:1::2", SOURCE_PUBLIC},
	{"2001:1::3", SOURCE_PUBLIC},
	{"2001:1::4", SOURCE_RESERVED},
	{"2001:2::", SOURCE_PRIVATE}, // benchmarking
	{"2001:2:0:ffff::1", SOURCE_PRIVATE},
	{"2001:2:1::", SOURCE_RESERVED},
	{"2001:3::1", SOURCE_PUBLIC},
	{"2001:4:112::1", SOURCE_PUBLIC},
	{"2001:4:113::", SOURCE_RESERVED},
	{"2001:f::", SOURCE_RESERVED},
	{"2001:10::", SOURCE_RESERVED}, // ORCHID
	{"2001:1f:ffff::", SOURCE_RESERVED},
	{"2001:20::", SOURCE_PUBLIC},
	{"2001:2f:ffff::", SOURCE_PUBLIC},
	{"2001:3f:ffff::", SOURCE_PUBLIC},
	{"2001:40::", SOURCE_RESERVED},
	{"2001:1ff:ffff::", SOURCE_RESERVED},
	{"2001:200::", SOURCE_PUBLIC}, // a registry's
	{"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_PUBLIC},
	{"2001:db8::", SOURCE_RESERVED}, // documentation
	{"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_RESERVED},
	{"2001:db9::", SOURCE_PUBLIC},
	{"2002:808:808::1", SOURCE_PUBLIC}, // 6to4, with what IPv4 address?
	{"2002:cb00:7107::1", SOURCE_RESERVED},
	{"2002:a4d:1::1", SOURCE_RESERVED},
	{"2002:c0a8:101::1", SOURCE_RESERVED},
	{"2002:7f00:1::1", SOURCE_RESERVED},
	{"2002:e000:1::1", SOURCE_RESERVED},
	{"2003::1", SOURCE_PUBLIC},
	{"2620:4f:8000::1", SOURCE_PUBLIC},
	{"3ffe:ffff::", SOURCE_PUBLIC},
	{"3fff::", SOURCE_RESERVED}, // documentation
	{"3fff:fff:ffff::1", SOURCE_RESERVED},
	{"3fff:1000::", SOURCE_PUBLIC},
	{"2a02:db8::1", SOURCE_PUBLIC}, // only looks like documentation
	{"2000:db8::1", SOURCE_PUBLIC},
	{"3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_PUBLIC},
	{"5eff:ffff::", SOURCE_PUBLIC},
	{"5f00::", SOURCE_RESERVED}, // segment identifiers
	{"5f00:ffff::1", SOURCE_RESERVED},
	{"5f01::", SOURCE_PUBLIC},
	{"fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_PUBLIC},
	{"fc00::", SOURCE_PRIVATE}, // unique local
	{"fd00::1", SOURCE_PRIVATE},
	{"fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_PRIVATE},
	{"fe00::", SOURCE_PUBLIC},
	{"fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_PUBLIC},
	{"fe80::", SOURCE_LINK},
	{"febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_LINK},
	{"fec0::", SOURCE_RESERVED},
	{"feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_RESERVED},
	{"ff00::", SOURCE_NEVER}, // multicast
	{"ff02::1", SOURCE_NEVER},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_NEVER},
};

static void
check(const struct row *row, enum source source)
{
	if (source != row->source)
		fail_msg(
			"%s is %s, not %s",
			row->address,
			source_kinds[source].name,
			source_kinds[row->source].name
		);
}

static void
test_ipv4_blocks(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(ipv4_rows) / sizeof(ipv4_rows[0]); i++) {
		struct in_addr address;

		assert_int_equal(inet_pton(AF_INET, ipv4_rows[i].address, &address), 1);
		check(&ipv4_rows[i], source_ipv4(address.s_addr));
	}
}

static void
test_ipv6_blocks(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(ipv6_rows) / sizeof(ipv6_rows[0]); i++) {
		struct in6_addr address;

		assert_int_equal(inet_pton(AF_INET6, ipv6_rows[i].address, &address), 1);
		check(&ipv6_rows[i], source_ipv6(address.s6_addr));
	}
}

// Every /8 of IPv4 by its middle: nothing is classed by accident.
static void
test_ipv4_eighths(void **state)
{
	(void)state;
	for (unsigned a = 0; a < 256; a++) {
		enum source expected = a == 10		 ? SOURCE_PRIVATE
			: a == 0 || a == 127 || a >= 224 ? SOURCE_NEVER
							 : SOURCE_PUBLIC;

		assert_int_equal(source_ipv4(htonl(a << 24 | 0x800000)), expected);
	}
}

// The table itself: every prefix has no bits behind its end, and is there once.
static void
test_blocks_are_prefixes(void **state)
{
	(void)state;
	for (unsigned i = 0; i < source_block_count; i++) {
		const struct source_block *block = &source_blocks[i];
		int family = strchr(block->prefix, ':') != NULL ? AF_INET6 : AF_INET;
		unsigned bits = family == AF_INET ? 32 : 128;
		uint8_t bytes[16];

		assert_int_equal(inet_pton(family, block->prefix, bytes), 1);
		assert_true(block->bits > 0 && block->bits <= bits);
		for (unsigned bit = block->bits; bit < bits; bit++)
			assert_int_equal(bytes[bit / 8] >> (7 - bit % 8) & 1, 0);
		for (unsigned j = 0; j < i; j++)
			assert_false(
				source_blocks[j].bits == block->bits
				&& strcmp(source_blocks[j].prefix, block->prefix) == 0
			);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4_blocks),
		cmocka_unit_test(test_ipv6_blocks),
		cmocka_unit_test(test_ipv4_eighths),
		cmocka_unit_test(test_blocks_are_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
