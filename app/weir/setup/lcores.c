// SPDX-License-Identifier: BSD-3-Clause

#include "lcores.h"

#include "../log/log.h"
#include "filters.h"

#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>

// When there is no work, an lcore first keeps polling, then sleeps for times that double.
enum {
	IDLE_AWAKE_TURNS = 256,
	IDLE_SLEEP_MIN_US = 1,
	IDLE_SLEEP_MAX_US = 128,
	LAST_TURNS_MAX = 16, // after the request to stop, while there is work
};

static void
idle(unsigned *empty_turns, bool sleeps)
{
	if (++*empty_turns < IDLE_AWAKE_TURNS || !sleeps) {
		rte_pause();
		return;
	}
	unsigned doublings = RTE_MIN(*empty_turns - IDLE_AWAKE_TURNS, 7u);

	rte_delay_us_sleep(RTE_MIN(IDLE_SLEEP_MIN_US << doublings, IDLE_SLEEP_MAX_US));
}

static bool
stopped(const struct weir *weir)
{
	return __atomic_load_n(&weir->stop, __ATOMIC_RELAXED);
}

// One turn of each role that the lcore has.
static unsigned
turn(struct io *io, struct worker *worker)
{
	unsigned work = 0;

	if (io != NULL)
		work += io_turn(io);
	if (worker != NULL)
		work += worker_turn(worker);
	return work;
}

// How busy an lcore is. A turn lasts until the start of the next one, so that all time is counted and the
// cycle counter is read only once a turn.
struct load {
	const struct clock *clock; // of the role that runs first: io, if there is one
	struct stats *stats; // of the same role
	uint64_t since; // start of the last turn
	bool busy; // the last turn found work
};

static struct load
load_of(const struct io *io, const struct worker *worker)
{
	return (struct load){
		.clock = io != NULL ? &io->clock : &worker->clock,
		.stats = io != NULL ? io->stats : worker->stats,
	};
}

static void
load_note(struct load *load, bool found_work)
{
	uint64_t *values = load->stats->values;

	if (load->busy)
		stats_add(&values[STAT_busy_cycles], load->clock->tsc - load->since);
	if (!found_work)
		stats_add(&values[STAT_idle_turns], 1);
	load->since = load->clock->tsc;
	load->busy = found_work;
}

// Main function of an lcore. A few last turns process packets that are still on their way: a frame that a
// port loops back can be freed only after it is received.
static int
lcore_main(void *argument)
{
	const struct weir *weir = argument;
	unsigned index = rte_lcore_id() - 1;
	const struct lcore_role *role = &weir->plan.lcores[index];
	struct io *io = role->io == LCORE_NO_ROLE ? NULL : weir->ios[role->io];
	struct worker *worker = role->worker == LCORE_NO_ROLE ? NULL : weir->workers[role->worker];
	struct load load = load_of(io, worker);
	unsigned empty_turns = 0;
	struct error error;

	if (!filters_install_lcore(weir, &error))
		log_warning("lcore %u: %s", index + 1, error.text);
	publisher_join(&weir->publisher, index);
	bool sleeps = config_sleeps(weir_config(weir));

	while (!stopped(weir)) {
		unsigned work = turn(io, worker);

		publisher_quiescent(&weir->publisher, index);
		load_note(&load, work > 0);
		if (work == 0)
			idle(&empty_turns, sleeps);
		else
			empty_turns = 0;
	}
	for (unsigned left = LAST_TURNS_MAX; left > 0 && turn(io, worker) > 0; left--)
		;
	publisher_leave(&weir->publisher, index);
	return 0;
}

bool
lcores_up(struct weir *weir, struct error *error)
{
	weir->stop = false;
	for (unsigned i = 0; i < weir->plan.count; i++) {
		if (rte_eal_remote_launch(lcore_main, weir, i + 1) == 0)
			continue;
		error_set(error, NULL, "lcore %u cannot be started", i + 1);
		lcores_down(weir);
		return false;
	}
	for (unsigned i = 0; i < weir->plan.count; i++) {
		const struct lcore_role *role = &weir->plan.lcores[i];

		log_info(
			"lcore %u on CPU %u:%s%s",
			i + 1,
			role->cpu,
			role->io == LCORE_NO_ROLE ? "" : " io",
			role->worker == LCORE_NO_ROLE ? "" : " worker"
		);
	}
	return true;
}

void
lcores_down(struct weir *weir)
{
	__atomic_store_n(&weir->stop, true, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
}
