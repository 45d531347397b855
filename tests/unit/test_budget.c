// SPDX-License-Identifier: BSD-3-Clause
// lib/guard/budget.h: whoever floods gets its budget and no more, and nobody else notices.

#include "../../lib/base/rng.h"
#include "../../lib/guard/budget_charge.h"
#include "../support/cmocka_wrap.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	HZ = 16000000, // a sixteenth of a unit has an exact price at most rates
	WORK = 2000, // units a second
	BURST = 4000,
	ANNOUNCE = 3 * BUDGET_SIXTEENTHS, // price
	SIXTEENTHS = BUDGET_SIXTEENTHS,
};

static const struct siphash_key key = {3, 4};
static struct budget *budget;

static int
set_up(void **state)
{
	(void)state;
	budget = calloc(1, sizeof(*budget));
	return budget == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	free(budget);
	return 0;
}

static void
start(uint32_t work, uint32_t burst, uint32_t connects)
{
	budget_init(budget, &key, 64, HZ);
	budget_set(budget, &(struct budget_limits){work, burst, connects});
}

static struct budget_source
ipv4_source(uint32_t number)
{
	rte_be32_t address = rte_cpu_to_be_32(number);
	struct budget_source source;

	budget_source_of(budget, FAMILY_IPV4, (const uint8_t *)&address, &source);
	return source;
}

static struct budget_source
ipv6_source(const char *text)
{
	struct budget_source source;
	uint8_t address[16];

	assert_int_equal(inet_pton(AF_INET6, text, address), 1);
	budget_source_of(budget, FAMILY_IPV6, address, &source);
	return source;
}

// Charges `price` every `step` cycles; returns how many requests were admitted.
static unsigned
ask(const struct budget_source *source, unsigned price, unsigned count, uint64_t step, uint64_t *tsc
)
{
	unsigned admitted = 0;

	for (unsigned i = 0; i < count; i++, *tsc += step)
		admitted += !budget_is_spent(budget, source, *tsc)
			&& budget_charge(budget, source, price, *tsc);
	return admitted;
}

// A source gets its burst at once, then its rate, and after a pause its burst again.
static void
test_burst_then_rate(void **state)
{
	struct budget_source source = ipv4_source(0x01020304);
	uint64_t tsc = HZ;

	(void)state;
	start(WORK, BURST, 0);
	source = ipv4_source(0x01020304);
	assert_in_range(ask(&source, SIXTEENTHS, 3 * BURST, 0, &tsc), BURST, BURST + 1);
	unsigned second = ask(&source, SIXTEENTHS, 10 * WORK, HZ / (10 * WORK), &tsc);

	assert_in_range(second, WORK - 2, WORK + 2);
	tsc += (uint64_t)HZ * BURST / WORK;
	assert_in_range(ask(&source, SIXTEENTHS, 3 * BURST, 0, &tsc), BURST, BURST + 1);
}

// The price counts, not the packet.
static void
test_prices(void **state)
{
	uint64_t tsc = HZ;

	(void)state;
	start(WORK, BURST, 0);
	struct budget_source source = ipv4_source(7);

	assert_in_range(ask(&source, 8 * SIXTEENTHS, BURST, 0, &tsc), BURST / 8, BURST / 8 + 1);
}

// Even with the smallest burst an idle source can afford each request.
static void
test_one_request_always_fits(void **state)
{
	uint64_t tsc = HZ;

	(void)state;
	start(1, 1, 1);
	struct budget_source source = ipv4_source(7);

	for (unsigned pressure = 0; pressure <= BUDGET_PRESSURE_MAX; pressure += 32) {
		budget_press(budget, pressure);
		assert_true(budget_charge(budget, &source, BUDGET_PRICE_MAX, tsc));
		assert_false(budget_charge(budget, &source, BUDGET_PRICE_MAX, tsc));
		tsc += UINT64_C(10000) * HZ;
	}
	assert_true(budget_take_connect(budget, &source, tsc));
}

// Rates above the frequency of the cycle counter.
static void
test_large_rates(void **state)
{
	uint64_t tsc = HZ;

	(void)state;
	start(1000000000, 1, 1000000000);
	struct budget_source source = ipv4_source(7);
	unsigned admitted = ask(&source, BUDGET_PRICE_MAX, HZ / 8, 8, &tsc); // 2 M a second

	// 1 G units a second are 15.6 M of these requests.
	assert_int_equal(admitted, HZ / 8);
}

// Without a limit nothing is refused, and work is counted all the same.
static void
test_no_limit(void **state)
{
	uint64_t tsc = HZ;

	(void)state;
	start(0, 1, 0);
	struct budget_source source = ipv4_source(7);

	assert_int_equal(ask(&source, BUDGET_PRICE_MAX, 100000, 0, &tsc), 100000);
	for (unsigned i = 0; i < 100000; i++)
		assert_true(budget_take_connect(budget, &source, tsc));
	assert_int_equal(budget->work, UINT64_C(100000) * BUDGET_PRICE_MAX);
}

// Connects have a limit of their own: neither uses up the other.
static void
test_connects_apart(void **state)
{
	enum { CONNECTS = 100 };
	uint64_t tsc = HZ;
	unsigned admitted = 0;

	(void)state;
	start(WORK, BURST, CONNECTS);
	struct budget_source source = ipv4_source(9);

	for (unsigned i = 0; i < 100 * CONNECTS; i++)
		admitted += budget_take_connect(budget, &source, tsc);
	assert_in_range(admitted, CONNECTS * BUDGET_CONNECTS_S, CONNECTS * BUDGET_CONNECTS_S + 1);
	assert_in_range(ask(&source, SIXTEENTHS, 3 * BURST, 0, &tsc), BURST, BURST + 1);
}

// Looking charges nothing, however often.
static void
test_looking_is_free(void **state)
{
	uint64_t tsc = HZ;

	(void)state;
	start(WORK, BURST, 0);
	struct budget_source source = ipv4_source(9);

	for (unsigned i = 0; i < 100 * BURST; i++)
		assert_false(budget_is_spent(budget, &source, tsc));
	assert_in_range(ask(&source, SIXTEENTHS, 3 * BURST, 0, &tsc), BURST, BURST + 1);
	assert_true(budget_is_spent(budget, &source, tsc));
}

// Addresses of one /64 are one source; the /64s of a /48 together get 16 times as much.
static void
test_ipv6(void **state)
{
	uint64_t tsc = HZ;
	unsigned admitted = 0;

	(void)state;
	start(WORK, BURST, WORK);
	struct budget_source one = ipv6_source("2a00:1:2:3::1");
	struct budget_source same = ipv6_source("2a00:1:2:3:ffff::9");

	assert_int_equal(one.name, same.name);
	assert_int_equal(one.hash, same.hash);
	assert_in_range(ask(&one, SIXTEENTHS, 3 * BURST, 0, &tsc), BURST, BURST + 1);
	for (unsigned i = 0; i < 64; i++) {
		char text[40];

		snprintf(text, sizeof(text), "2a00:1:9:%x::1", i);
		struct budget_source source = ipv6_source(text);

		admitted += ask(&source, SIXTEENTHS, 2 * BURST, 0, &tsc);
	}
	assert_in_range(admitted, 16 * BURST, 16 * BURST + 17);
	struct budget_source other = ipv6_source("2a00:1:a::1");

	assert_in_range(ask(&other, SIXTEENTHS, 3 * BURST, 0, &tsc), BURST, BURST + 1);
	unsigned connects = 0;

	for (unsigned i = 0; i < 64 * 20 * WORK; i++) {
		char text[40];

		snprintf(text, sizeof(text), "2a00:1:9:%x::1", i % 64);
		struct budget_source source = ipv6_source(text);

		connects += budget_take_connect(budget, &source, tsc);
	}
	assert_in_range(connects, 16 * 10 * WORK, 16 * 10 * WORK + 17);
}

// A prefix of 48 bits is a source of its own, without a network around it.
static void
test_ipv6_prefix_48(void **state)
{
	uint64_t tsc = HZ;
	char text[INET6_ADDRSTRLEN + 4];

	(void)state;
	budget_init(budget, &key, 48, HZ);
	budget_set(budget, &(struct budget_limits){WORK, BURST, 0});
	struct budget_source one = ipv6_source("2a00:1:2:3::1");
	struct budget_source same = ipv6_source("2a00:1:2:ffff::1");

	assert_int_equal(one.hash, same.hash);
	assert_int_equal(one.network, 0);
	assert_in_range(ask(&one, SIXTEENTHS, 3 * BURST, 0, &tsc), BURST, BURST + 1);
	assert_false(budget_charge(budget, &same, SIXTEENTHS, tsc));
	budget_name_text(budget, one.name, text, sizeof(text));
	assert_string_equal(text, "2a00:1:2::/48");
	struct budget_source ipv4 = ipv4_source(0xc0000201);

	budget_name_text(budget, ipv4.name, text, sizeof(text));
	assert_string_equal(text, "192.0.2.1");
}

// New limits hold at once; a source that had used up a large burst is not punished for it.
static void
test_new_limits(void **state)
{
	uint64_t tsc = HZ;

	(void)state;
	start(10, 1000000, 0); // more than a day until the bucket is full again
	struct budget_source source = ipv4_source(9);

	ask(&source, SIXTEENTHS, 1000001, 0, &tsc);
	budget_set(budget, &(struct budget_limits){WORK, BURST, 0});
	assert_int_equal(ask(&source, SIXTEENTHS, 10, 0, &tsc), 0);
	tsc += HZ;
	assert_in_range(ask(&source, SIXTEENTHS, BURST, 0, &tsc), WORK - 2, WORK + 2);
}

// Pressure first stops those that have used most, and shrinks the rate of all.
static void
test_pressure(void **state)
{
	uint64_t tsc = HZ;

	(void)state;
	start(WORK, 256 * BURST, 0);
	struct budget_source heavy = ipv4_source(1), light = ipv4_source(2);

	ask(&heavy, SIXTEENTHS, 16 * BURST, 0, &tsc);
	ask(&light, SIXTEENTHS, BURST / 16, 0, &tsc);
	budget_press(budget, 64); // half the burst: nobody has used that much
	assert_true(budget_charge(budget, &heavy, SIXTEENTHS, tsc));
	budget_press(budget, 320); // a thirty-second of it
	assert_false(budget_charge(budget, &heavy, SIXTEENTHS, tsc));
	assert_true(budget_charge(budget, &light, SIXTEENTHS, tsc));
	budget_press(budget, BUDGET_PRESSURE_MAX);
	assert_false(budget_charge(budget, &heavy, SIXTEENTHS, tsc));
	assert_true(budget_charge(budget, &light, SIXTEENTHS, tsc));
	assert_in_range(
		ask(&light, SIXTEENTHS, 10 * BURST, 0, &tsc), 0, BURST / 8 // prices are eightfold
	);
	unsigned second = ask(&light, SIXTEENTHS, 10 * WORK, HZ / (10 * WORK), &tsc);

	assert_in_range(second, WORK / 8 - 2, WORK / 8 + 2);
	budget_press(budget, 0);
	assert_true(budget_charge(budget, &heavy, SIXTEENTHS, tsc));
}

// --- crowds -----------------------------------------------------------------------------------

struct crowd {
	uint32_t first, count; // addresses
	uint32_t per_s; // requests of each
	uint64_t asked, admitted;
	uint32_t *each; // [count] admitted
};

// Serves requests of all crowds in random order, in proportion to their rates, for `seconds`.
static void
run_crowds(struct crowd *crowds, unsigned count, unsigned price, unsigned seconds, uint64_t tsc)
{
	struct rng rng = {11};
	uint64_t per_s = 0;

	for (unsigned c = 0; c < count; c++)
		per_s += (uint64_t)crowds[c].count * crowds[c].per_s;
	for (uint64_t i = 0; i < per_s * seconds; i++) {
		uint64_t pick = rng_next(&rng) % per_s;
		unsigned c = 0;

		while (pick >= (uint64_t)crowds[c].count * crowds[c].per_s)
			pick -= (uint64_t)crowds[c].count * crowds[c].per_s, c++;
		uint32_t who = (uint32_t)(pick / crowds[c].per_s);
		struct budget_source source = ipv4_source(crowds[c].first + who);
		uint64_t now = tsc + i * HZ / per_s;
		bool good = !budget_is_spent(budget, &source, now)
			&& budget_charge(budget, &source, price, now);

		crowds[c].asked++;
		crowds[c].admitted += good;
		if (crowds[c].each != NULL)
			crowds[c].each[who] += good;
	}
}

// 1,000 sources that ask for 20 times their budget among 100,000 that ask now and then.
static void
test_abusive_among_good(void **state)
{
	enum { ABUSERS = 1000, GOOD = 100000, SECONDS = 10, ABUSER_WORK = 100 };
	static uint32_t each[ABUSERS];
	const unsigned of_work = ABUSER_WORK * SIXTEENTHS / ANNOUNCE * SECONDS;
	const unsigned of_burst = 2 * ABUSER_WORK * SIXTEENTHS / ANNOUNCE;
	struct crowd crowds[] = {
		{.first = 0x50000000, .count = ABUSERS, .per_s = 700, .each = each},
		{.first = 0x60000000, .count = GOOD, .per_s = 2},
	};

	(void)state;
	start(ABUSER_WORK, 2 * ABUSER_WORK, 0);
	run_crowds(crowds, RTE_DIM(crowds), ANNOUNCE, SECONDS, HZ);
	for (unsigned i = 0; i < ABUSERS; i++) {
		assert_in_range(
			each[i], (of_work + of_burst) * 95 / 100, (of_work + of_burst) * 105 / 100
		);
	}
	uint64_t lost = crowds[1].asked - crowds[1].admitted;

	assert_true(lost * 1000 <= crowds[1].asked);
	assert_true(crowds[1].asked > 1900000);
}

// The same without the abusive ones: nobody is limited.
static void
test_good_alone(void **state)
{
	struct crowd good = {.first = 0x60000000, .count = 100000, .per_s = 2};

	(void)state;
	start(100, 200, 0);
	run_crowds(&good, 1, ANNOUNCE, 5, HZ);
	assert_int_equal(good.admitted, good.asked);
}

// Sources share cells with busy ones only by chance, and then their own buckets rescue them.
static void
test_rescue_from_shared_cells(void **state)
{
	uint64_t tsc = HZ;
	struct budget_source busy[2];
	struct budget_source victim;

	(void)state;
	start(WORK, BURST, 0);
	victim = ipv4_source(1);
	busy[0] = busy[1] = victim; // each shares one cell with the victim, and no set
	busy[0].name++;
	busy[0].hash ^= UINT64_C(0x00ff00ff) << 32 | 0x01ff0000;
	busy[1].name += 2;
	busy[1].hash ^= 0x00ff00ff;
	for (unsigned i = 0; i < 2; i++)
		assert_in_range(ask(&busy[i], SIXTEENTHS, 3 * BURST, 0, &tsc), BURST, BURST + 1);
	assert_false(budget_charge(budget, &victim, SIXTEENTHS, tsc)); // it gets an entry
	tsc += HZ / 100;
	for (unsigned i = 0; i < 2; i++)
		ask(&busy[i], SIXTEENTHS, BURST, 0, &tsc); // they use up what came back
	assert_in_range(ask(&victim, SIXTEENTHS, 100, 0, &tsc), WORK / 100 - 1, WORK / 100 + 1);
}

// --- the largest sources ----------------------------------------------------------------------

static const struct busy_row *
find_row(struct busy_row *row, uint64_t name, uint64_t tsc)
{
	for (unsigned i = 0; i < BUSY_SETS * BUSY_WAYS; i++)
		if (busy_read(&budget->busy, i, tsc, row) && row->name == name)
			return row;
	return NULL;
}

// Who does much work is in the table, with its rate, though it is far from its budget.
static void
test_largest_are_known(void **state)
{
	enum { SECONDS = 30 };
	struct crowd crowds[] = {
		{.first = 0x50000000, .count = 3, .per_s = 1000},
		{.first = 0x60000000, .count = 20000, .per_s = 1},
	};
	uint64_t end = (uint64_t)(SECONDS + 1) * HZ;
	struct busy_row row;

	(void)state;
	start(100000, 200000, 0);
	run_crowds(crowds, RTE_DIM(crowds), ANNOUNCE, SECONDS, HZ);
	double span_s = busy_span_s(&budget->busy, HZ);

	assert_true(span_s >= 4 && span_s <= 8);
	for (unsigned i = 0; i < 3; i++) {
		assert_non_null(find_row(&row, ipv4_source(0x50000000 + i).name, end));
		double rate = (double)row.recent / ANNOUNCE / span_s;

		assert_true(rate > 900 && rate < 1100);
		assert_true(row.work > UINT64_C(20) * 1000 * ANNOUNCE);
		assert_int_equal(row.refused, 0);
	}
	double all = (double)busy_recent(&budget->busy, &budget->all, end) / ANNOUNCE / span_s;

	assert_true(all > 22000 && all < 24000);
	assert_true(find_row(&row, ipv4_source(0x50000000).name, end + 10 * HZ) != NULL);
	assert_int_equal(row.recent, 0); // it has stopped
}

// Refusals are counted, looks that find the budget used up included.
static void
test_refusals_are_counted(void **state)
{
	uint64_t tsc = HZ;
	struct busy_row row;

	(void)state;
	start(WORK, BURST, 0);
	struct budget_source source = ipv4_source(77);
	unsigned admitted = ask(&source, SIXTEENTHS, 2 * BURST, 0, &tsc);

	assert_non_null(find_row(&row, source.name, tsc));
	assert_int_equal(row.refused, 2 * BURST - admitted);
}

// A set full of sources that are busy takes nobody else in; the sketch still limits those.
static void
test_full_set(void **state)
{
	uint64_t tsc = HZ;
	struct busy_row row;

	(void)state;
	start(WORK, BURST, 0);
	struct budget_source source = ipv4_source(1);

	for (unsigned i = 0; i <= BUSY_WAYS; i++) { // one set, cells of their own
		source.name++;
		source.hash += UINT64_C(1) << 32 | 1;
		assert_in_range(ask(&source, SIXTEENTHS, 2 * BURST, 0, &tsc), BURST, BURST + 1);
	}
	assert_null(find_row(&row, source.name, tsc));
	tsc += (uint64_t)HZ * BURST / WORK + 1; // all are idle
	ask(&source, SIXTEENTHS, 2 * BURST, 0, &tsc);
	assert_non_null(find_row(&row, source.name, tsc));
}

// Sources of one set with the same tag are told apart by their names.
static void
test_same_tags(void **state)
{
	uint64_t tsc = HZ;
	struct busy_row row;

	(void)state;
	start(WORK, BURST, 0);
	struct budget_source first = ipv4_source(1);

	for (unsigned i = 0; i < BUSY_WAYS; i++) {
		struct budget_source source = first;

		source.name += i;
		source.hash += (UINT64_C(1) << 32 | 1) * i;
		assert_int_equal(source.hash >> 48, first.hash >> 48);
		ask(&source, SIXTEENTHS, BURST + 10 + i, 0, &tsc);
	}
	for (unsigned i = 0; i < BUSY_WAYS; i++) {
		assert_non_null(find_row(&row, first.name + i, tsc));
		assert_in_range(row.refused, 9 + i, 10 + i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst_then_rate),
		cmocka_unit_test(test_prices),
		cmocka_unit_test(test_one_request_always_fits),
		cmocka_unit_test(test_large_rates),
		cmocka_unit_test(test_no_limit),
		cmocka_unit_test(test_connects_apart),
		cmocka_unit_test(test_looking_is_free),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_ipv6_prefix_48),
		cmocka_unit_test(test_new_limits),
		cmocka_unit_test(test_pressure),
		cmocka_unit_test(test_abusive_among_good),
		cmocka_unit_test(test_good_alone),
		cmocka_unit_test(test_rescue_from_shared_cells),
		cmocka_unit_test(test_largest_are_known),
		cmocka_unit_test(test_refusals_are_counted),
		cmocka_unit_test(test_full_set),
		cmocka_unit_test(test_same_tags),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
