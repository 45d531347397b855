// SPDX-License-Identifier: BSD-3-Clause
// app/weir/datapath/rest.h: lcores that wait for interrupts are woken for all work: frames, jobs, replies, questions.
//
// The lcores are threads with small turns of their own. Instead of ports, the test gives an io lcore frames, as the
// control thread does, and a worker questions. A wake-up that is lost shows as a wait of REST_MAX_MS.

#include "../../app/weir/setup/idle_interrupts.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"

#include <rte_cycles.h>

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum {
	LCORES = 2,
	RING = 16,
	TRIES = 600,
	SILENCE_US =
		300, // before an lcore rests; the silences of the test are up to ten times as long
	LATE_MS = REST_MAX_MS * 9 / 10,
	LATE_MAX = TRIES / 100, // this machine may stand still
	GIVE_UP_MS = 20000,
};

struct lcore {
	pthread_t thread;
	struct io io;
	struct worker worker;
	struct ring_requester requesters[LCORES];
	struct ring_responder responders[LCORES];
	struct stats stats;
	uint32_t frames, questions; // given to it; the test
	uint32_t sent, replies, answers; // it has handed over, got back, answered; the lcore
};

static struct weir weir;
static struct lcore lcores[LCORES];
static struct ring_slot slots[LCORES][LCORES][RING];

static uint32_t
load(const uint32_t *count)
{
	return __atomic_load_n(count, __ATOMIC_ACQUIRE);
}

static void
add(uint32_t *count, uint32_t more)
{
	__atomic_store_n(count, *count + more, __ATOMIC_RELEASE);
}

// Frames go to the workers in turn.
static unsigned
turn_io(struct lcore *lcore)
{
	struct ring_slot job = {8, 0};
	unsigned work = 0, workers = lcore->io.link_count;

	for (unsigned w = 0; w < workers; w++) {
		unsigned count = ring_take_replies(&lcore->requesters[w], &job, 1);

		work += count;
		if (count > 0 && !ring_waits(&lcore->requesters[w]))
			lcore->io.waiting &= ~(UINT64_C(1) << w);
		add(&lcore->replies, count);
	}
	for (; lcore->sent != load(&lcore->frames); add(&lcore->sent, 1), work++) {
		struct ring_requester *requester = &lcore->requesters[lcore->sent % workers];

		job = (struct ring_slot){8, 0};
		ring_put(requester, &job);
		ring_show(requester);
		lcore->io.waiting |= UINT64_C(1) << lcore->sent % workers;
	}
	return work;
}

static unsigned
turn_worker(struct lcore *lcore)
{
	struct ring_slot job;
	unsigned work = 0;

	for (unsigned i = 0; i < lcore->worker.link_count; i++)
		if (ring_take_requests(&lcore->responders[i], &job, 1) > 0) {
			ring_give(&lcore->responders[i], &job, 1);
			work++;
		}
	if (lcore->answers != load(&lcore->questions)) {
		add(&lcore->answers, 1);
		work++;
	}
	return work;
}

static unsigned
turn(struct lcore *lcore)
{
	const struct idle *idle = &weir.idles[lcore - lcores];

	return (idle->io != NULL ? turn_io(lcore) : 0)
		+ (idle->worker != NULL ? turn_worker(lcore) : 0);
}

static bool
stopped(void)
{
	return __atomic_load_n(&weir.stop, __ATOMIC_RELAXED);
}

static bool
turns(void *argument, unsigned max)
{
	for (unsigned i = 0; i < max && !stopped(); i++)
		if (turn(argument) > 0)
			return true;
	return stopped();
}

// As the main function of an lcore.
static void *
run(void *argument)
{
	struct lcore *lcore = argument;
	struct idle *idle = &weir.idles[lcore - lcores];

	while (!stopped()) {
		if (turn(lcore) > 0)
			idle->empty_turns = 0;
		else if (idle_wait(idle, rte_rdtsc()))
			idle_rest(idle, turns, lcore);
	}
	return NULL;
}

// Lcore i gets the io role if io[i] says so, and the worker role likewise.
static void
start(const bool io[LCORES], const bool worker[LCORES])
{
	struct error error;

	memset(lcores, 0, sizeof(lcores));
	memset(slots, 0, sizeof(slots));
	weir = (struct weir){.plan.count = LCORES};
	weir.idles = aligned_alloc(RTE_CACHE_LINE_SIZE, LCORES * sizeof(*weir.idles));
	for (unsigned i = 0; i < LCORES; i++) {
		weir.plan.lcores[i] = (struct lcore_role){
			.io = io[i] ? (int)weir.plan.io_count : LCORE_NO_ROLE,
			.worker = worker[i] ? (int)weir.plan.worker_count : LCORE_NO_ROLE,
		};
		if (io[i])
			weir.ios[weir.plan.io_count++] = &lcores[i].io;
		if (worker[i])
			weir.workers[weir.plan.worker_count++] = &lcores[i].worker;
	}
	for (unsigned i = 0; i < LCORES; i++) {
		struct lcore *lcore = &lcores[i];

		lcore->io = (struct io){
			.link_count = weir.plan.worker_count, .links = lcore->requesters};
		lcore->worker = (struct worker){
			.link_count = weir.plan.io_count, .links = lcore->responders};
		weir.idles[i] = (struct idle){
			.way = IDLE_SLEEP,
			.rests = true,
			.silence = SILENCE_US * rte_get_tsc_hz() / US_PER_S,
			.hz = rte_get_tsc_hz(),
			.io = io[i] ? &lcore->io : NULL,
			.worker = worker[i] ? &lcore->worker : NULL,
			.own_link = weir.plan.lcores[i].io,
			.stats = &lcore->stats,
			.rest =
				{.io = io[i] ? &lcore->io : NULL,
				 .worker = worker[i] ? &lcore->worker : NULL,
				 .bells = &weir.bells,
				 .stats = &lcore->stats},
		};
	}
	for (unsigned i = 0; i < weir.plan.io_count; i++)
		for (unsigned w = 0; w < weir.plan.worker_count; w++)
			ring_init(
				&weir.ios[i]->links[w],
				&weir.workers[w]->links[i],
				slots[i][w],
				RING
			);
	assert_true(idle_interrupts_open(&weir, &error));
	for (unsigned i = 0; i < LCORES; i++)
		assert_int_equal(pthread_create(&lcores[i].thread, NULL, run, &lcores[i]), 0);
}

static void
stop(void)
{
	__atomic_store_n(&weir.stop, true, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < LCORES; i++) {
		bell_ring(weir.bells.ios[i]);
		bell_ring(weir.bells.workers[i]);
	}
	for (unsigned i = 0; i < LCORES; i++)
		pthread_join(lcores[i].thread, NULL);
	idle_interrupts_close(&weir);
	free(weir.idles);
}

static void
sleep_us(unsigned us)
{
	const struct timespec time = {.tv_nsec = us * 1000L};

	nanosleep(&time, NULL);
}

static unsigned
ms_since(uint64_t tsc)
{
	return (unsigned)((rte_rdtsc() - tsc) * MS_PER_S / rte_get_tsc_hz());
}

// Gives one piece of work; returns true if it was done late.
static bool
give(uint32_t *given, const uint32_t *done, struct bell *bell)
{
	uint64_t began = rte_rdtsc();

	add(given, 1);
	bell_ring(bell);
	while (load(done) != *given) {
		assert_true(ms_since(began) < GIVE_UP_MS);
		sleep_us(20);
	}
	return ms_since(began) >= LATE_MS;
}

static void
try_all(void)
{
	unsigned late = 0;

	srand(1);
	for (unsigned try = 0; try < TRIES; try++) {
		struct lcore *lcore = &lcores[rand() % LCORES];
		const struct lcore_role *role = &weir.plan.lcores[lcore - lcores];

		sleep_us((unsigned)rand() % (10 * SILENCE_US));
		if (role->io != LCORE_NO_ROLE && (role->worker == LCORE_NO_ROLE || rand() % 2 == 0))
			late += give(&lcore->frames, &lcore->replies, weir.bells.ios[role->io]);
		else
			late += give(
				&lcore->questions, &lcore->answers, weir.bells.workers[role->worker]
			);
	}
	assert_in_range(late, 0, LATE_MAX);
	for (unsigned i = 0; i < LCORES; i++)
		assert_true(stats_read(&lcores[i].stats.values[STAT_interrupt_wakes]) > 0);
}

static void
test_io_and_worker(void **state)
{
	const bool first[LCORES] = {true, false}, second[LCORES] = {false, true};

	(void)state;
	start(first, second);
	try_all();
	stop();
}

static void
test_both_roles(void **state)
{
	const bool all[LCORES] = {true, true};

	(void)state;
	start(all, all);
	try_all();
	stop();
}

static void
test_two_ios(void **state)
{
	const bool all[LCORES] = {true, true}, second[LCORES] = {false, true};

	(void)state;
	start(all, second);
	try_all();
	stop();
}

static void
test_two_workers(void **state)
{
	const bool all[LCORES] = {true, true}, first[LCORES] = {true, false};

	(void)state;
	start(first, all);
	try_all();
	stop();
}

// Nothing happens: lcores wait as long as they may, and end promptly when they have to.
static void
test_silence(void **state)
{
	const bool all[LCORES] = {true, true};

	(void)state;
	start(all, all);
	uint64_t began = rte_rdtsc();

	sleep_us(600000);
	for (unsigned i = 0; i < LCORES; i++) {
		const uint64_t *values = lcores[i].stats.values;

		assert_in_range(
			stats_read(&values[STAT_interrupt_waits]),
			1,
			ms_since(began) / REST_MAX_MS + 3
		);
		assert_true(
			stats_read(&values[STAT_wait_cycles]) > rte_get_tsc_hz() / 4 // of 0.6 s
		);
	}
	began = rte_rdtsc();
	stop();
	assert_true(ms_since(began) < LATE_MS);
}

static int
set_up(void **state)
{
	(void)state;
	test_eal_init();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_io_and_worker),
		cmocka_unit_test(test_both_roles),
		cmocka_unit_test(test_two_ios),
		cmocka_unit_test(test_two_workers),
		cmocka_unit_test(test_silence),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
