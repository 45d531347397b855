// SPDX-License-Identifier: BSD-3-Clause
// lib/bep15/mtu.h: the sizes of replies that fit a packet.

#include "../../lib/bep15/mtu.h"
#include "../support/cmocka_wrap.h"

static void
test_peers(void **state)
{
	static const struct {
		unsigned mtu;
		enum family family;
		unsigned peers;
	} rows[] = {
		{1500, FAMILY_IPV4, (1500 - 28 - 20) / 6},
		{1248, FAMILY_IPV4, BEP15_PEERS_IPV4_MAX}, // the minimum for all of them
		{1247, FAMILY_IPV4, BEP15_PEERS_IPV4_MAX - 1},
		{1256, FAMILY_IPV6, BEP15_PEERS_IPV6_MAX},
		{1255, FAMILY_IPV6, BEP15_PEERS_IPV6_MAX - 1},
		{1000, FAMILY_IPV4, 158},
		{600, FAMILY_IPV4, 92},
		{576, FAMILY_IPV4, 88},
		{54, FAMILY_IPV4, 1},
		{53, FAMILY_IPV4, 0},
		{0, FAMILY_IPV4, 0},
		{0, FAMILY_IPV6, 0},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		assert_int_equal(mtu_peers(rows[i].mtu, rows[i].family), rows[i].peers);
}

// For any MTU a reply with this number fits, and one with one more does not.
static void
test_bounds(void **state)
{
	(void)state;
	for (unsigned mtu = MTU_IPV4_MIN; mtu <= 1500; mtu++) {
		assert_true(28 + 20 + mtu_peers(mtu, FAMILY_IPV4) * 6 <= mtu);
		assert_true(28 + 20 + (mtu_peers(mtu, FAMILY_IPV4) + 1) * 6 > mtu);
		assert_true(48 + 20 + mtu_peers(mtu, FAMILY_IPV6) * 18 <= mtu);
		assert_true(48 + 20 + (mtu_peers(mtu, FAMILY_IPV6) + 1) * 18 > mtu);
		assert_true(28 + 8 + mtu_scrape_rows(mtu, FAMILY_IPV4) * 12 <= mtu);
		assert_true(48 + 8 + mtu_scrape_rows(mtu, FAMILY_IPV6) * 12 <= mtu);
	}
}

static void
test_scrape_rows(void **state)
{
	static const struct {
		unsigned mtu;
		enum family family;
		unsigned rows;
	} rows[] = {
		{9000, FAMILY_IPV4, 72},
		{1500, FAMILY_IPV4, 72},
		{900, FAMILY_IPV4, 72}, // 28 + 8 + 72 * 12, the least that holds them all
		{899, FAMILY_IPV4, 71},
		{1500, FAMILY_IPV6, 71},
		{908, FAMILY_IPV6, 71},
		{907, FAMILY_IPV6, 70},
		{600, FAMILY_IPV4, 47},
		{576, FAMILY_IPV4, 45},
		{68, FAMILY_IPV4, 2}, // the least of any link (RFC 791 3.2)
		{48, FAMILY_IPV4, 1},
		{0, FAMILY_IPV4, 1}, // unknown: never 0 rows
		{0, FAMILY_IPV6, 1},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		assert_int_equal(mtu_scrape_rows(rows[i].mtu, rows[i].family), rows[i].rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_scrape_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
