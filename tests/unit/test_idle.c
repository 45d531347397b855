// SPDX-License-Identifier: BSD-3-Clause
// app/weir/datapath/idle.h: when an lcore waits, how long, and for what. The CPU is one of the test: this one may have no
// instruction for it.

#include "../../app/weir/datapath/idle.h"
#include "../support/cmocka_wrap.h"
#include "../support/io_fixture.h"

#include <rte_cycles.h>

#include <string.h>

enum { LINKS = 2 };

// What the CPU was asked for.
static struct {
	unsigned pauses;
	unsigned monitored; // lines, at the last call; 0: no call
	bool refused; // one of them is written already, so that the CPU would not wait
	unsigned us; // to the deadline of the last call; less where this program had to wait
	bool no_address; // ports do not tell
} cpu;

static struct idle idle;
static struct worker worker;
static struct ring_requester ios[LINKS];
static struct ring_responder links[LINKS];
static struct ring_slot slots[LINKS][8];
static uint64_t tsc;

static unsigned
us_until(uint64_t until_tsc)
{
	uint64_t now = rte_rdtsc();

	return until_tsc < now ? 0 : (unsigned)((until_tsc - now) * US_PER_S / rte_get_tsc_hz());
}

static int
pause_cpu(uint64_t until_tsc)
{
	cpu.pauses++;
	cpu.us = us_until(until_tsc);
	return 0;
}

static int
monitor_lines(const struct rte_power_monitor_cond *conditions, uint32_t count, uint64_t until_tsc)
{
	cpu.monitored = count;
	cpu.us = us_until(until_tsc);
	cpu.refused = false;
	for (unsigned i = 0; i < count; i++) {
		uint64_t value = 0;

		memcpy(&value, (const void *)(uintptr_t)conditions[i].addr, conditions[i].size);
		cpu.refused |= conditions[i].fn(value, conditions[i].opaque) != 0;
	}
	return 0;
}

static int
monitor_line(const struct rte_power_monitor_cond *condition, uint64_t until_tsc)
{
	return monitor_lines(condition, 1, until_tsc);
}

static int
condition_of(uint16_t port, uint16_t number, struct rte_power_monitor_cond *condition)
{
	return cpu.no_address ? -ENOTSUP : idle_calls.condition(port, number, condition);
}

static const struct idle_calls calls = {
	.pause = pause_cpu,
	.monitor = monitor_line,
	.monitor_multi = monitor_lines,
	.condition = condition_of,
};

static int
each(void **state)
{
	memset(&cpu, 0, sizeof(cpu));
	memset(slots, 0, sizeof(slots));
	for (unsigned i = 0; i < LINKS; i++)
		ring_init(&ios[i], &links[i], slots[i], RTE_DIM(slots[i]));
	worker = (struct worker){.link_count = LINKS, .links = links};
	idle = (struct idle){
		.hz = rte_get_tsc_hz(),
		.calls = &calls,
		.own_link = -1,
		.stats = &stats,
	};
	tsc = 1000;
	io.waiting = 0;
	return each_test(state);
}

// Takes `count` turns without work. Returns whether it was time to rest.
static bool
turns(unsigned count)
{
	bool rest = false;

	for (unsigned i = 0; i < count; i++)
		rest = idle_wait(&idle, tsc);
	return rest;
}

static uint64_t
waits(void)
{
	return stats.values[STAT_sleeps] + stats.values[STAT_pauses] + stats.values[STAT_monitors];
}

static void
test_poll(void **state)
{
	(void)state;
	idle.way = IDLE_POLL;
	assert_false(turns(3 * IDLE_AWAKE_TURNS));
	assert_int_equal(waits(), 0);
	assert_int_equal(stats.values[STAT_wait_cycles], 0);
}

static void
test_sleep(void **state)
{
	(void)state;
	idle.way = IDLE_SLEEP;
	turns(IDLE_AWAKE_TURNS - 1);
	assert_int_equal(waits(), 0);
	turns(10);
	assert_int_equal(stats.values[STAT_sleeps], 10);
	// 1, 2, 4, up to 128 us, three times, at least
	assert_true(stats.values[STAT_wait_cycles] >= idle.hz / US_PER_S * (127 + 3 * 128));
	idle.empty_turns = 0; // work
	turns(IDLE_AWAKE_TURNS - 1);
	assert_int_equal(waits(), 10);
}

// A sleeping lcore sleeps on while a worker owes it a reply: the worker may need its CPU.
static void
test_sleep_lets_the_worker_run(void **state)
{
	(void)state;
	idle.way = IDLE_SLEEP;
	idle.io = &io;
	io.waiting = 1;
	turns(IDLE_AWAKE_TURNS);
	assert_int_equal(waits(), 1);
}

static void
test_pause(void **state)
{
	static const unsigned us[] = {1, 2, 4, 8, 16, 16, 16, 16, 16, 16};
	unsigned longest = 0;

	(void)state;
	idle.way = IDLE_PAUSE;
	idle.io = &io;
	turns(IDLE_AWAKE_TURNS - 1);
	for (unsigned i = 0; i < RTE_DIM(us); i++) {
		turns(1);
		assert_int_equal(cpu.pauses, i + 1);
		assert_in_range(cpu.us, 0, us[i]);
		longest = RTE_MAX(longest, cpu.us);
	}
	assert_in_range(longest, us[3], IDLE_PAUSE_MAX_US);
	assert_int_equal(stats.values[STAT_pauses], RTE_DIM(us));
	io.waiting = 1; // a reply that nothing would wake it for
	turns(5);
	assert_int_equal(cpu.pauses, RTE_DIM(us));
}

// A packet that has arrived since the last turn keeps the CPU awake.
static void
test_monitor_queue(void **state)
{
	(void)state;
	idle.way = IDLE_MONITOR;
	idle.io = &io;
	turns(IDLE_AWAKE_TURNS);
	assert_int_equal(cpu.monitored, 1);
	assert_false(cpu.refused);
	assert_in_range(cpu.us, 0, IDLE_MONITOR_MAX_US);
	assert_int_equal(stats.values[STAT_monitors], 1);
	cpu.no_address = true; // no longer
	cpu.monitored = 0;
	turns(1);
	assert_int_equal(cpu.monitored, 0);
}

// A worker monitors the next slot of each ring, wherever it lies, but not of that from its own lcore.
static void
test_monitor_rings(void **state)
{
	struct ring_slot job = {8, 0};

	(void)state;
	idle.way = IDLE_MONITOR;
	idle.worker = &worker;
	turns(IDLE_AWAKE_TURNS);
	for (unsigned lap = 0; lap < 3 * RTE_DIM(slots[0]); lap++) {
		turns(1);
		assert_int_equal(cpu.monitored, LINKS);
		assert_false(cpu.refused);
		ring_put(&ios[1], &job);
		ring_show(&ios[1]);
		turns(1);
		assert_true(cpu.refused);
		assert_int_equal(ring_take_requests(&links[1], &job, 1), 1);
		turns(1);
		assert_false(cpu.refused); // taken; the reply is no request
		ring_give(&links[1], &job, 1);
		turns(1);
		assert_false(cpu.refused);
		assert_int_equal(ring_take_replies(&ios[1], &job, 1), 1);
	}
	idle.own_link = 1;
	turns(1);
	assert_int_equal(cpu.monitored, 1);
}

// Both roles: what each waits for.
static void
test_monitor_both(void **state)
{
	(void)state;
	idle.way = IDLE_MONITOR;
	idle.io = &io;
	idle.worker = &worker;
	idle.own_link = 0;
	turns(IDLE_AWAKE_TURNS);
	assert_int_equal(cpu.monitored, 2);
}

static void
test_silence(void **state)
{
	(void)state;
	idle.way = IDLE_SLEEP;
	idle.rests = true;
	idle.silence = 500;
	assert_false(turns(IDLE_AWAKE_TURNS)); // from here on
	tsc += 499;
	assert_false(turns(1));
	tsc++;
	assert_true(turns(1));
	assert_int_equal(waits(), 2);
	idle.empty_turns = 0; // work
	assert_false(turns(IDLE_AWAKE_TURNS + 1));
	idle.rests = false;
	tsc += 5000;
	assert_false(turns(1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_poll, each),
		cmocka_unit_test_setup(test_sleep, each),
		cmocka_unit_test_setup(test_sleep_lets_the_worker_run, each),
		cmocka_unit_test_setup(test_pause, each),
		cmocka_unit_test_setup(test_monitor_queue, each),
		cmocka_unit_test_setup(test_monitor_rings, each),
		cmocka_unit_test_setup(test_monitor_both, each),
		cmocka_unit_test_setup(test_silence, each),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
