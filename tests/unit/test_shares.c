// SPDX-License-Identifier: BSD-3-Clause
// lib/guard/shares.h: a flooder leaves the other sources their shares.

#include "../../lib/base/rng.h"
#include "../../lib/guard/shares.h"
#include "../support/cmocka_wrap.h"

enum {
	HZ = 1000000, // a tick is a microsecond
	RATE = 500,
	BURST = RATE / 10 + 1,
	FLOOD_RATE = 3000,
	FAIR_RATE = 10,
	SECONDS = 12,
};

enum { KEYS = 5 };

// For several keys, because lines are shared at random.
static struct siphash_key keys[KEYS];

// Requests of one source, spread evenly over time.
struct asker {
	struct shares_source source;
	uint32_t rate;
	unsigned members; // number of addresses in its group that it uses in turn
	unsigned asked, answered;
};

static bool
is_due(const struct asker *asker, uint64_t tsc)
{
	return asker->rate > 0 && tsc * asker->rate / HZ != (tsc + 1) * asker->rate / HZ;
}

static void
run_askers(struct shares *shares, struct asker *askers, unsigned count)
{
	for (uint64_t tsc = 0; tsc < (uint64_t)SECONDS * HZ; tsc++)
		for (unsigned i = 0; i < count; i++) {
			struct shares_source source = askers[i].source;

			if (!is_due(&askers[i], tsc))
				continue;
			if (askers[i].members > 1)
				source.member += askers[i].asked % askers[i].members;
			askers[i].asked++;
			askers[i].answered += shares_take(shares, &source, tsc);
		}
}

static void
run(struct asker *askers, unsigned count)
{
	for (unsigned i = 0; i < KEYS; i++) {
		struct shares shares;

		shares_init(&shares, RATE, BURST, HZ, &keys[i]);
		run_askers(&shares, askers, count);
	}
}

static void
assert_served(const struct asker *asker, unsigned percent)
{
	if (asker->answered * 100 < asker->asked * percent)
		fail_msg("%u of %u answered", asker->answered, asker->asked);
}

// A fair source beside a flooder: with one bucket for all, and with shares.
static void
test_one_floods(void **state)
{
	struct asker askers[] = {
		{.source = {1, 1}, .rate = FLOOD_RATE},
		{.source = {2, 2}, .rate = FAIR_RATE},
	};
	struct limit limit;
	unsigned answered = 0;

	(void)state;
	limit_init(&limit, RATE, BURST, HZ);
	for (uint64_t tsc = 0; tsc < (uint64_t)SECONDS * HZ; tsc++) {
		if (is_due(&askers[0], tsc))
			limit_take(&limit, tsc);
		if (is_due(&askers[1], tsc))
			answered += limit_take(&limit, tsc);
	}
	assert_true(answered < FAIR_RATE * SECONDS / 2);
	run(askers, 2);
	assert_served(&askers[1], 100);
	// No token is wasted: the flooder gets those that the other does not need.
	assert_in_range(
		askers[0].answered + askers[1].answered,
		KEYS * (RATE * SECONDS - 1),
		KEYS * (RATE * SECONDS + BURST)
	);
}

// The same MAC address or network, another address.
static void
test_one_floods_in_the_same_group(void **state)
{
	struct asker askers[] = {
		{.source = {1, 1}, .rate = FLOOD_RATE},
		{.source = {1, 2}, .rate = FAIR_RATE},
	};

	(void)state;
	run(askers, 2);
	assert_served(&askers[1], 95);
}

// A host that uses many addresses.
static void
test_one_floods_under_many_names(void **state)
{
	struct asker askers[] = {
		{.source = {1, 1}, .rate = FLOOD_RATE, .members = 100000},
		{.source = {2, 2}, .rate = FAIR_RATE},
	};

	(void)state;
	run(askers, 2);
	assert_served(&askers[1], 95);
}

// Several sources in different groups, all at the same times: eight sources get up to half of the rate,
// three groups that flood from many addresses up to three quarters of it.
static void
test_several_flood(void **state)
{
	struct asker askers[9];

	(void)state;
	for (unsigned names = 1; names <= 1000; names += 999) {
		unsigned flooders = names > 1 ? 3 : 8;

		for (unsigned i = 0; i <= flooders; i++)
			askers[i] = (struct asker){
				.source = {i + 1, 1},
				.rate = i < flooders ? FLOOD_RATE : FAIR_RATE,
				.members = names,
			};
		run(askers, flooders + 1);
		assert_served(&askers[flooders], 95);
	}
}

// For any keys and addresses, a fair source shares both of its lines with a flooder once in 30,000.
static void
test_any_key(void **state)
{
	struct rng rng = {16};
	unsigned refused = 0;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		struct siphash_key other = {rng_next(&rng), rng_next(&rng)};
		struct shares_source flooder = {rng_next(&rng), rng_next(&rng)};
		struct shares_source fair = {rng_next(&rng), rng_next(&rng)};
		struct shares shares;

		shares_init(&shares, RATE, BURST, HZ, &other);
		while (shares_take(&shares, &flooder, 7))
			;
		refused += !shares_take(&shares, &fair, 7);
	}
	assert_in_range(refused, 0, 3);
}

// Alone, a source may take the whole rate, and never more.
static void
test_alone(void **state)
{
	static const uint32_t rates[] = {0, 1, 10, 500, 1000, 1000000};

	(void)state;
	for (unsigned i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		struct asker asker = {.source = {3, 4}, .rate = HZ / 4};
		uint32_t burst = rates[i] / 10 + 1;
		uint64_t most = (uint64_t)rates[i] * SECONDS + burst;
		struct shares shares;

		shares_init(&shares, rates[i], burst, HZ, &keys[0]);
		run_askers(&shares, &asker, 1);
		assert_true(asker.answered <= most);
		assert_true(
			rates[i] <= 1 || rates[i] > HZ / 4
			|| asker.answered >= (uint64_t)rates[i] * (SECONDS - 1)
		);
	}
}

static int
set_up(void **state)
{
	struct rng rng = {15};

	(void)state;
	for (unsigned i = 0; i < KEYS; i++)
		keys[i] = (struct siphash_key){rng_next(&rng), rng_next(&rng)};
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_floods),
		cmocka_unit_test(test_one_floods_in_the_same_group),
		cmocka_unit_test(test_one_floods_under_many_names),
		cmocka_unit_test(test_several_flood),
		cmocka_unit_test(test_any_key),
		cmocka_unit_test(test_alone),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
