// SPDX-License-Identifier: BSD-3-Clause
// lib/guard/pressure.h with queues that are simulated: who loses, how much, and for how long.

#include "../../lib/base/rng.h"
#include "../../lib/guard/pressure.h"
#include "../support/cmocka_wrap.h"

enum {
	HZ = 1000000000, // a cycle is a nanosecond
	BURST = 32,
	QUEUE = 1024, // packets that the receive queue holds
	RING = 4096, // requests that the ring of a worker holds
	IDLE_NS = 100, // a turn without packets
	PACKET_NS = 50, // to receive and judge a packet
	SERVE_NS = 400, // more to serve it
};

#define MS UINT64_C(1000000)

// An io lcore, whose worker is another lcore or itself.
struct lcore {
	struct pressure pressure;
	uint64_t tsc;
	double owed; // packets that are about to arrive
	unsigned queue, ring;
	bool has_worker; // another lcore serves the ring
	double serves; // requests that it is about to serve
	// Counters.
	uint64_t arrived[PRESSURE_CLASSES], served[PRESSURE_CLASSES], shed[PRESSURE_CLASSES];
	uint64_t lost; // because the queue or the ring was full
	uint64_t heavy_refused;
	unsigned level_max, level_min;
};

// What arrives: packets a second of each class, and of heavy sources.
struct arrivals {
	double per_s[PRESSURE_CLASSES];
	double heavy_per_s;
};

static void
lcore_start(struct lcore *lcore, bool has_worker)
{
	*lcore = (struct lcore){.has_worker = has_worker, .tsc = HZ};
	pressure_init(&lcore->pressure, QUEUE / BURST, HZ);
	lcore->pressure.last_tsc = HZ;
}

// Heavy sources are at the end of their bursts: the more the burst in force shrinks, the less they get.
static bool
is_heavy_refused(const struct lcore *lcore, struct rng *rng)
{
	return rng_below(rng, PRESSURE_OF_BUDGET) < pressure_of_budget(&lcore->pressure);
}

static void
lcore_serve(struct lcore *lcore, enum pressure_class class, unsigned *ns)
{
	if (!lcore->has_worker) {
		*ns += SERVE_NS;
		lcore->served[class]++;
	} else if (lcore->ring < RING) {
		lcore->ring++;
		lcore->served[class]++;
	} else {
		lcore->lost++;
		pressure_note_ring(&lcore->pressure, 0, RING);
	}
}

static void
lcore_judge(struct lcore *lcore, const struct arrivals *arrivals, struct rng *rng, unsigned *ns)
{
	double total = arrivals->heavy_per_s, at = 0;

	*ns += PACKET_NS;
	for (unsigned c = 0; c < PRESSURE_CLASSES; c++)
		total += arrivals->per_s[c];
	double pick = total * (double)(rng_next(rng) >> 11) / (double)(UINT64_C(1) << 53);

	for (unsigned c = 0; c < PRESSURE_CLASSES; c++) {
		at += arrivals->per_s[c];
		if (pick >= at)
			continue;
		lcore->arrived[c]++;
		if (pressure_sheds(&lcore->pressure, c))
			lcore->shed[c]++;
		else
			lcore_serve(lcore, c, ns);
		return;
	}
	if (is_heavy_refused(lcore, rng))
		lcore->heavy_refused++;
	else
		lcore_serve(lcore, PRESSURE_KNOWN, ns);
}

static void
lcore_turn(struct lcore *lcore, const struct arrivals *arrivals, struct rng *rng)
{
	unsigned count = RTE_MIN(lcore->queue, (unsigned)BURST), ns = IDLE_NS;
	double total = arrivals->heavy_per_s;

	for (unsigned c = 0; c < PRESSURE_CLASSES; c++)
		total += arrivals->per_s[c];
	lcore->queue -= count;
	if (count == BURST)
		pressure_note_burst(&lcore->pressure);
	for (unsigned i = 0; i < count; i++)
		lcore_judge(lcore, arrivals, rng, &ns);
	pressure_note_ring(&lcore->pressure, RING - lcore->ring, RING);
	lcore->tsc += ns;
	lcore->owed += total * ns / HZ;
	unsigned come = (unsigned)lcore->owed;

	lcore->owed -= come;
	lcore->lost += come > QUEUE - lcore->queue ? come - (QUEUE - lcore->queue) : 0;
	lcore->queue = RTE_MIN(lcore->queue + come, (unsigned)QUEUE);
	lcore->serves += (double)ns / SERVE_NS;
	unsigned done = (unsigned)lcore->serves;

	lcore->serves = lcore->ring < done ? 0 : lcore->serves - done;
	lcore->ring -= RTE_MIN(lcore->ring, done);
	pressure_turn(&lcore->pressure, lcore->tsc);
	lcore->level_max = RTE_MAX(lcore->level_max, lcore->pressure.level);
	lcore->level_min = RTE_MIN(lcore->level_min, lcore->pressure.level);
}

static void
lcore_run(struct lcore *lcore, const struct arrivals *arrivals, uint64_t ns)
{
	struct rng rng = {17};
	uint64_t end = lcore->tsc + ns;

	lcore->level_max = 0;
	lcore->level_min = PRESSURE_MAX;
	for (unsigned c = 0; c < PRESSURE_CLASSES; c++)
		lcore->arrived[c] = lcore->served[c] = lcore->shed[c] = 0;
	lcore->lost = lcore->heavy_refused = 0;
	while (lcore->tsc < end)
		lcore_turn(lcore, arrivals, &rng);
}

static uint64_t
sum(const uint64_t *values)
{
	uint64_t total = 0;

	for (unsigned c = 0; c < PRESSURE_CLASSES; c++)
		total += values[c];
	return total;
}

static double
part_served(const struct lcore *lcore, enum pressure_class class)
{
	return (double)lcore->served[class] / (double)lcore->arrived[class];
}

// 90 % of what one can do is no overload, on either kind of lcore.
static void
test_keeping_up(void **state)
{
	const struct arrivals arrivals = {.per_s = {200e3, 600e3, 200e3, 800e3}};

	(void)state;
	for (unsigned has_worker = 0; has_worker < 2; has_worker++) {
		struct lcore lcore;

		lcore_start(&lcore, has_worker);
		lcore_run(&lcore, &arrivals, 2000 * MS);
		assert_int_equal(lcore.level_max, 0);
		assert_int_equal(sum(lcore.shed) + lcore.lost, 0);
	}
}

// A full queue that is emptied again and again is what queues are for.
static void
test_bursts_that_fit(void **state)
{
	const struct arrivals nothing = {0}, flood = {.per_s = {0, 20e6, 0, 0}};
	struct lcore lcore;

	(void)state;
	lcore_start(&lcore, false);
	for (unsigned i = 0; i < 100; i++) {
		lcore.queue = QUEUE;
		lcore_run(&lcore, &nothing, 1 * MS);
		assert_int_equal(lcore.level_max, 0);
	}
	lcore_start(&lcore, true);
	for (unsigned i = 0; i < 100; i++) { // up to three quarters of a ring
		lcore_run(&lcore, &flood, UINT64_C(1000) * RING / 2 / 20);
		lcore_run(&lcore, &nothing, 4 * MS);
		assert_int_equal(lcore.level_max, 0);
	}
	assert_int_equal(sum(lcore.shed) + lcore.lost, 0);
}

// Twice what it can do, most of it from heavy sources: only they lose.
static void
test_heavy_lose_first(void **state)
{
	const struct arrivals arrivals = {
		.per_s = {100e3, 300e3, 100e3, 500e3}, .heavy_per_s = 3e6};

	(void)state;
	for (unsigned has_worker = 0; has_worker < 2; has_worker++) {
		struct lcore lcore;

		lcore_start(&lcore, has_worker);
		lcore_run(&lcore, &arrivals, 500 * MS); // until it is steady
		lcore_run(&lcore, &arrivals, 3000 * MS);
		assert_true(lcore.heavy_refused > 0);
		assert_true(sum(lcore.shed) * 10000 <= sum(lcore.arrived));
		assert_int_equal(lcore.lost, 0);
	}
}

// Nobody is heavy: scrapes lose, then connects, then new peers; known peers are served.
static void
test_order_of_classes(void **state)
{
	static const struct {
		double times; // of what a worker serves
		enum pressure_class last; // that loses
	} rows[] = {
		{1.1, PRESSURE_SCRAPE},
		{1.5, PRESSURE_CONNECT},
		{2.5, PRESSURE_STARTED},
		{5.0, PRESSURE_KNOWN},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		double each = rows[i].times * HZ / SERVE_NS / 4;
		const struct arrivals arrivals = {.per_s = {each, each, each, each}};
		struct lcore lcore;

		lcore_start(&lcore, true);
		lcore_run(&lcore, &arrivals, 1000 * MS);
		lcore_run(&lcore, &arrivals, 3000 * MS);
		for (unsigned c = 0; c < PRESSURE_CLASSES; c++) {
			if (c < rows[i].last)
				assert_true(part_served(&lcore, c) < 0.2);
			else if (c > rows[i].last)
				assert_int_equal(lcore.shed[c], 0);
			else
				assert_true(part_served(&lcore, c) > 0.02);
		}
		// It does what it can do all the time.
		assert_true((double)sum(lcore.served) > 0.97 * 3 * HZ / SERVE_NS);
		assert_int_equal(lcore.lost, 0);
	}
}

// Of the class that loses, a part is served in each hundredth of a second: nobody starves.
static void
test_nobody_starves(void **state)
{
	const struct arrivals arrivals = {.per_s = {800e3, 800e3, 400e3, 1200e3}};

	(void)state;
	for (unsigned has_worker = 0; has_worker < 2; has_worker++) {
		struct lcore lcore;
		unsigned starved = 0;

		lcore_start(&lcore, has_worker);
		lcore_run(&lcore, &arrivals, 1000 * MS);
		for (unsigned i = 0; i < 200; i++) {
			lcore_run(&lcore, &arrivals, 10 * MS);
			assert_int_equal(lcore.shed[PRESSURE_KNOWN], 0);
			assert_true(lcore.level_max - lcore.level_min < PRESSURE_OF_CLASS);
			starved += lcore.served[PRESSURE_CONNECT] == 0
				&& lcore.served[PRESSURE_SCRAPE] == 0;
		}
		assert_int_equal(starved, 0);
	}
}

// Once the load is normal again all are served, within a second, from whatever pressure.
static void
test_recovers(void **state)
{
	const struct arrivals flood = {.per_s = {0, 0, 0, 20e6}};
	const struct arrivals normal = {.per_s = {100e3, 100e3, 100e3, 100e3}};

	(void)state;
	for (unsigned has_worker = 0; has_worker < 2; has_worker++) {
		struct lcore lcore;

		lcore_start(&lcore, has_worker);
		lcore_run(&lcore, &flood, 2000 * MS);
		assert_true(lcore.level_max > PRESSURE_OF_BUDGET);
		lcore_run(&lcore, &normal, 600 * MS);
		assert_int_equal(lcore.pressure.level, 0);
		lcore_run(&lcore, &normal, 400 * MS);
		assert_int_equal(sum(lcore.shed) + lcore.lost, 0);
	}
}

// A lcore that did not run for a while, as when a debugger stops it, is not overloaded by that.
static void
test_stall(void **state)
{
	struct pressure pressure;
	uint64_t tsc = HZ;

	(void)state;
	pressure_init(&pressure, QUEUE / BURST, HZ);
	pressure_turn(&pressure, tsc);
	pressure_note_ring(&pressure, 0, RING);
	pressure_turn(&pressure, tsc += 10 * (uint64_t)HZ);
	assert_true(pressure.level <= PRESSURE_MAX / 4 + PRESSURE_MAX * 16 / 1000 + 1);
}

// What is shed is spread evenly.
static void
test_sheds_evenly(void **state)
{
	struct pressure pressure;
	unsigned shed = 0;

	(void)state;
	pressure_init(&pressure, QUEUE / BURST, HZ);
	pressure.level = PRESSURE_OF_BUDGET + PRESSURE_OF_CLASS / 4;
	for (unsigned i = 1; i <= 4000; i++) {
		shed += pressure_sheds(&pressure, PRESSURE_SCRAPE);
		assert_int_equal(shed, i / 4);
		assert_false(pressure_sheds(&pressure, PRESSURE_CONNECT));
	}
	pressure.level = PRESSURE_MAX; // even then some are served
	shed = 0;
	for (unsigned i = 0; i < 1280; i++)
		shed += pressure_sheds(&pressure, PRESSURE_KNOWN);
	assert_in_range(shed, 1269, 1271);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeping_up),
		cmocka_unit_test(test_bursts_that_fit),
		cmocka_unit_test(test_heavy_lose_first),
		cmocka_unit_test(test_order_of_classes),
		cmocka_unit_test(test_nobody_starves),
		cmocka_unit_test(test_recovers),
		cmocka_unit_test(test_stall),
		cmocka_unit_test(test_sheds_evenly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
