// SPDX-License-Identifier: BSD-3-Clause

#include "idle.h"

#include <rte_pause.h>

enum { DOUBLINGS_MAX = 7 };

static_assert(1 << DOUBLINGS_MAX == IDLE_SLEEP_MAX_US, "a sleep is doubled up to its maximum");

// --- conditions -----------------------------------------------------------------------------------

// As DPDK calls it: -1 keeps the CPU from waiting.
static int
slot_has_request(const uint64_t value, const uint64_t opaque[RTE_POWER_MONITOR_OPAQUE_SZ])
{
	return ((value ^ opaque[0]) & 3) == 0 ? -1 : 0;
}

static struct rte_power_monitor_cond
request_condition(const struct ring_responder *link)
{
	return (struct rte_power_monitor_cond){
		.addr = &link->taken.slot->tagged,
		.size = sizeof(link->taken.slot->tagged),
		.fn = slot_has_request,
		.opaque = {link->taken.tag},
	};
}

// What the lcore waits for: the next descriptor of each queue, the next slot of each ring from another lcore. Returns
// their number; 0: a port does not tell.
static unsigned
conditions_of(const struct idle *idle, struct rte_power_monitor_cond conditions[IDLE_LINES_MAX])
{
	unsigned count = 0;

	for (unsigned q = 0; idle->io != NULL && q < idle->io->queue_count; q++) {
		const struct io_queue *queue = &idle->io->queues[q];

		if (idle->calls->condition(queue->port, queue->queue, &conditions[count++]) != 0)
			return 0;
	}
	for (unsigned i = 0; idle->worker != NULL && i < idle->worker->link_count; i++)
		if ((int)i != idle->own_link)
			conditions[count++] = request_condition(&idle->worker->links[i]);
	return count;
}

// --- ways to wait ---------------------------------------------------------------------------------

static uint64_t
deadline(const struct idle *idle, uint64_t now, unsigned us)
{
	return now + idle->hz / US_PER_S * us;
}

static void
monitor(struct idle *idle, uint64_t now)
{
	struct rte_power_monitor_cond conditions[IDLE_LINES_MAX];
	unsigned count = conditions_of(idle, conditions);
	uint64_t until = deadline(idle, now, IDLE_MONITOR_MAX_US);

	if (count == 1)
		idle->calls->monitor(conditions, until);
	else if (count > 1)
		idle->calls->monitor_multi(conditions, count, until);
	else
		rte_pause();
	stats_add(&idle->stats->values[STAT_monitors], 1);
}

// `us`: unless something is monitored.
static void
wait_briefly(struct idle *idle, unsigned us)
{
	uint64_t *values = idle->stats->values, before = rte_rdtsc();
	unsigned pause_us = RTE_MIN(us, (unsigned)IDLE_PAUSE_MAX_US);

	switch (idle->way) {
	case IDLE_POLL:
		rte_pause();
		return;
	case IDLE_SLEEP:
		rte_delay_us_sleep(us);
		stats_add(&values[STAT_sleeps], 1);
		break;
	case IDLE_PAUSE:
		idle->calls->pause(deadline(idle, before, pause_us));
		stats_add(&values[STAT_pauses], 1);
		break;
	case IDLE_MONITOR:
		monitor(idle, before);
		break;
	}
	stats_add(&values[STAT_wait_cycles], rte_rdtsc() - before);
}

// A worker owes a reply, which comes soon, and which is not monitored. Threads that sleep may have to: the worker may
// need this CPU.
static bool
stays_awake(const struct idle *idle)
{
	return idle->way != IDLE_SLEEP && idle->io != NULL && idle->io->waiting != 0;
}

bool
idle_wait(struct idle *idle, uint64_t tsc)
{
	unsigned turns = ++idle->empty_turns;

	if (turns == IDLE_AWAKE_TURNS)
		idle->quiet_since = tsc;
	if (turns < IDLE_AWAKE_TURNS || stays_awake(idle)) {
		rte_pause();
		return false;
	}
	if (idle->rests && tsc - idle->quiet_since >= idle->silence)
		return true;
	wait_briefly(idle, 1U << RTE_MIN(turns - IDLE_AWAKE_TURNS, (unsigned)DOUBLINGS_MAX));
	return false;
}

void
idle_rest(struct idle *idle, idle_turns *turns, void *lcore)
{
	struct rest *rest = &idle->rest;
	bool over = false;

	rest_begin(rest);
	while (!over) {
		bool ready = rest_ready(rest);

		if (turns(lcore, ready ? REST_TURNS : 1))
			break;
		if (ready)
			over = rest_wait(rest);
		else
			wait_briefly(idle, IDLE_SLEEP_MAX_US);
	}
	rest_end(rest);
	idle->empty_turns = 0;
}
