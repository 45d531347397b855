// SPDX-License-Identifier: BSD-3-Clause
// lib/tracker/price.h: prices follow what was measured.

#include "../../lib/bep15/wire.h"
#include "../../lib/guard/budget.h"
#include "../../lib/tracker/price.h"
#include "../support/cmocka_wrap.h"

enum { CONNECT_IPV4 = 672, CONNECT_IPV6 = 718 }; // instructions

// A price is at most a sixth away from the instructions that were counted.
static void
check_price(unsigned price, unsigned instructions, unsigned connect)
{
	unsigned counted = instructions * PRICE_CONNECT / connect;

	assert_in_range(price, counted * 5 / 6, counted * 7 / 6 + 1);
}

static void
test_measured(void **state)
{
	(void)state;
	check_price(price_announce(FAMILY_IPV4, 2), 1448, CONNECT_IPV4);
	check_price(price_announce(FAMILY_IPV4, 200), 7619, CONNECT_IPV4);
	check_price(price_announce(FAMILY_IPV6, 2), 2046, CONNECT_IPV6);
	check_price(price_announce(FAMILY_IPV6, 50), 6757, CONNECT_IPV6);
	check_price(price_announce(FAMILY_IPV6, 66), 8285, CONNECT_IPV6);
	check_price(price_scrape(1), 1579, CONNECT_IPV4);
	check_price(price_scrape(10), 5080, CONNECT_IPV4);
	check_price(price_scrape(70), 28352, CONNECT_IPV4);
}

// A unit is a connect, and the largest price is one that a budget always has room for.
static void
test_unit_and_largest(void **state)
{
	(void)state;
	assert_int_equal(PRICE_CONNECT, BUDGET_SIXTEENTHS);
	assert_true(price_announce(FAMILY_IPV4, BEP15_PEERS_IPV4_MAX) <= BUDGET_PRICE_MAX);
	assert_true(price_announce(FAMILY_IPV6, BEP15_PEERS_IPV6_MAX) <= BUDGET_PRICE_MAX);
	assert_true(price_scrape(BEP15_SCRAPE_IPV4_MAX) <= BUDGET_PRICE_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_measured),
		cmocka_unit_test(test_unit_and_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
