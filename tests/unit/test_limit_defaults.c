// SPDX-License-Identifier: BSD-3-Clause
// Defaults of limits.*: a carrier-grade NAT with 10,000 clients of five torrents each is not limited.

#include "../../app/weir/config/config.h"
#include "../../lib/base/rng.h"
#include "../../lib/guard/budget_charge.h"
#include "../../lib/tracker/price.h"
#include "../support/cmocka_wrap.h"

#include <stdlib.h>

enum {
	HZ = 16000000,
	CLIENTS = 10000,
	TORRENTS = 5,
	PAIRS = CLIENTS * TORRENTS, // each with a UDP port, and so a connect, of its own
	NUM_WANT = 200,
	INTERVAL_S = 1800,
	START_S = 60, // all of them start within, as after a failure of power
};

static struct budget *budget;
static struct budget_source source;

static uint32_t
default_of(const char *path)
{
	const struct config_option *option = config_find(path);

	assert_non_null(option);
	return (uint32_t)strtoul(option->default_value, NULL, 10);
}

static int
set_up(void **state)
{
	static const struct siphash_key key = {3, 4};
	static const uint8_t address[4] = {100, 64, 0, 1};

	(void)state;
	budget = calloc(1, sizeof(*budget));
	budget_init(budget, &key, default_of("limits.ipv6_prefix"), HZ);
	budget_set(
		budget,
		&(struct budget_limits){
			.work = default_of("limits.budget"),
			.burst = default_of("limits.burst"),
			.connects = default_of("limits.connects"),
		}
	);
	budget_source_of(budget, FAMILY_IPV4, address, &source);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	free(budget);
	return 0;
}

// PAIRS announces, each after a connect, at random times within `seconds`. Returns how many were refused.
static unsigned
announce_all(struct rng *rng, uint64_t *tsc, unsigned seconds)
{
	unsigned price = price_announce(FAMILY_IPV4, NUM_WANT);
	uint64_t mean = (uint64_t)HZ * seconds / PAIRS;
	unsigned refused = 0;

	for (unsigned i = 0; i < PAIRS; i++) {
		*tsc += rng_below(rng, (uint32_t)(2 * mean));
		refused += !budget_take_connect(budget, &source, *tsc);
		refused += budget_is_spent(budget, &source, *tsc)
			|| !budget_charge(budget, &source, price, *tsc);
	}
	return refused;
}

// All start within a minute, and then announce for two hours.
static void
test_carrier_grade_nat(void **state)
{
	struct rng rng = {5};
	uint64_t tsc = HZ;

	(void)state;
	assert_int_equal(default_of("tracker.interval"), INTERVAL_S);
	assert_int_equal(announce_all(&rng, &tsc, START_S), 0);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(announce_all(&rng, &tsc, INTERVAL_S), 0);
}

// A client that announces as fast as it can is limited before it has used a million units.
static void
test_flood(void **state)
{
	uint64_t tsc = UINT64_C(100000) * HZ;
	unsigned admitted = 0;

	(void)state;
	for (unsigned i = 0; i < 1000000; i++)
		admitted += budget_charge(budget, &source, 2 * PRICE_CONNECT, tsc);
	assert_in_range(admitted, 1, 500000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_carrier_grade_nat),
		cmocka_unit_test(test_flood),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
