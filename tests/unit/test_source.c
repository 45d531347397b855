// SPDX-License-Identifier: BSD-3-Clause
// lib/net/source.c: the first and last address of each block, and their neighbours outside.

#include "../../lib/net/source.h"
#include "../support/cmocka_wrap.h"

#include <arpa/inet.h>
#include <stdio.h>

static const char *const names[] = {"public", "private", "link", "invalid"};

struct row {
	const char *address;
	enum source source;
};

static const struct row ipv4_rows[] = {
	{"0.0.0.0", SOURCE_INVALID},	     {"0.255.255.255", SOURCE_INVALID},
	{"1.0.0.0", SOURCE_PUBLIC},	     {"9.255.255.255", SOURCE_PUBLIC},
	{"10.0.0.0", SOURCE_PRIVATE},	     {"10.255.255.255", SOURCE_PRIVATE},
	{"11.0.0.0", SOURCE_PUBLIC},	     {"100.63.255.255", SOURCE_PUBLIC},
	{"100.64.0.0", SOURCE_PRIVATE},	     {"100.127.255.255", SOURCE_PRIVATE},
	{"100.128.0.0", SOURCE_PUBLIC},	     {"126.255.255.255", SOURCE_PUBLIC},
	{"127.0.0.0", SOURCE_INVALID},	     {"127.0.0.1", SOURCE_INVALID},
	{"127.255.255.255", SOURCE_INVALID}, {"128.0.0.0", SOURCE_PUBLIC},
	{"169.253.255.255", SOURCE_PUBLIC},  {"169.254.0.0", SOURCE_PRIVATE},
	{"169.254.255.255", SOURCE_PRIVATE}, {"169.255.0.0", SOURCE_PUBLIC},
	{"172.15.255.255", SOURCE_PUBLIC},   {"172.16.0.0", SOURCE_PRIVATE},
	{"172.31.255.255", SOURCE_PRIVATE},  {"172.32.0.0", SOURCE_PUBLIC},
	{"192.167.255.255", SOURCE_PUBLIC},  {"192.168.0.0", SOURCE_PRIVATE},
	{"192.168.255.255", SOURCE_PRIVATE}, {"192.169.0.0", SOURCE_PUBLIC},
	{"198.51.100.1", SOURCE_PUBLIC}, // documentation, served: labs use it
	{"223.255.255.255", SOURCE_PUBLIC},  {"224.0.0.0", SOURCE_INVALID},
	{"239.255.255.255", SOURCE_INVALID}, {"240.0.0.0", SOURCE_INVALID},
	{"255.255.255.254", SOURCE_INVALID}, {"255.255.255.255", SOURCE_INVALID},
};

static const struct row ipv6_rows[] = {
	{"::", SOURCE_INVALID},
	{"::1", SOURCE_INVALID},
	{"::2", SOURCE_PUBLIC},
	{"::fffe:ffff:ffff", SOURCE_PUBLIC},
	{"::ffff:0:0", SOURCE_INVALID}, // mapped
	{"::ffff:203.0.113.7", SOURCE_INVALID},
	{"::ffff:255.255.255.255", SOURCE_INVALID},
	{"::1:0:0:0", SOURCE_PUBLIC},
	{"64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_PUBLIC},
	{"64:ff9b::", SOURCE_INVALID}, // translators
	{"64:ff9b::ffff:ffff", SOURCE_INVALID},
	{"64:ff9b::1:0:0", SOURCE_PUBLIC},
	{"1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_PUBLIC},
	{"2000::", SOURCE_PUBLIC},
	{"2001::1", SOURCE_PUBLIC}, // Teredo
	{"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_PUBLIC},
	{"2001:db8::", SOURCE_INVALID}, // documentation
	{"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_INVALID},
	{"2001:db9::", SOURCE_PUBLIC},
	{"2002:cb00:7107::1", SOURCE_PUBLIC}, // 6to4
	{"2a02:db8::1", SOURCE_PUBLIC}, // only looks like documentation
	{"2000:db8::1", SOURCE_PUBLIC},
	{"3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_PUBLIC},
	{"fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_PUBLIC},
	{"fc00::", SOURCE_PRIVATE}, // unique local
	{"fd00::1", SOURCE_PRIVATE},
	{"fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_PRIVATE},
	{"fe00::", SOURCE_PUBLIC},
	{"fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_PUBLIC},
	{"fe80::", SOURCE_LINK},
	{"febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_LINK},
	{"fec0::", SOURCE_PUBLIC},
	{"feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_PUBLIC},
	{"ff00::", SOURCE_INVALID}, // multicast
	{"ff02::1", SOURCE_INVALID},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SOURCE_INVALID},
};

static void
check(const struct row *row, enum source source)
{
	if (source != row->source)
		fail_msg("%s is %s, not %s", row->address, names[source], names[row->source]);
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
			: a == 0 || a == 127 || a >= 224 ? SOURCE_INVALID
							 : SOURCE_PUBLIC;

		assert_int_equal(source_ipv4(htonl(a << 24 | 0x800000)), expected);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4_blocks),
		cmocka_unit_test(test_ipv6_blocks),
		cmocka_unit_test(test_ipv4_eighths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
