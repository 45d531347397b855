// SPDX-License-Identifier: BSD-3-Clause

#include "lcores.h"

#include "../log/log.h"
#include "dpdk_munmap.h"
#include "filters.h"

#include <rte_launch.h>
#include <rte_lcore.h>

enum { LAST_TURNS_MAX = 16 }; // after the request to stop, while there is work

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

// An lcore, for its main function.
struct lcore {
	const struct weir *weir;
	unsigned index; // in plan.lcores
	struct io *io; // NULL: it has no such role, as below
	struct worker *worker;
	struct idle *idle;
	struct load load;
};

static bool
stopped(const struct lcore *lcore)
{
	return __atomic_load_n(&lcore->weir->stop, __ATOMIC_RELAXED);
}

// One turn of each role that the lcore has.
static unsigned
turn(struct lcore *lcore)
{
	unsigned work = 0;

	if (lcore->io != NULL)
		work += io_turn(lcore->io);
	if (lcore->worker != NULL)
		work += worker_turn(lcore->worker);
	publisher_quiescent(&lcore->weir->publisher, lcore->index);
	load_note(&lcore->load, work > 0);
	return work;
}

// As idle_rest calls it.
static bool
turns(void *argument, unsigned max)
{
	struct lcore *lcore = argument;

	for (unsigned i = 0; i < max && !stopped(lcore); i++)
		if (turn(lcore) > 0)
			return true;
	return stopped(lcore);
}

static struct lcore
lcore_of(const struct weir *weir, unsigned index)
{
	const struct lcore_role *role = &weir->plan.lcores[index];
	struct io *io = role->io == LCORE_NO_ROLE ? NULL : weir->ios[role->io];
	struct worker *worker = role->worker == LCORE_NO_ROLE ? NULL : weir->workers[role->worker];

	return (struct lcore){
		.weir = weir,
		.index = index,
		.io = io,
		.worker = worker,
		.idle = &weir->idles[index],
		.load = load_of(io, worker),
	};
}

// Main function of an lcore. A few last turns process packets that are still on their way: a frame that a
// port loops back can be freed only after it is received.
static int
lcore_main(void *argument)
{
	const struct weir *weir = argument;
	struct lcore lcore = lcore_of(weir, rte_lcore_id() - 1);
	struct error error;

	if (!filters_install_lcore(weir, &error))
		log_warning("lcore %u: %s", lcore.index + 1, error.text);
	publisher_join(&weir->publisher, lcore.index);
	while (!stopped(&lcore)) {
		if (turn(&lcore) > 0)
			lcore.idle->empty_turns = 0;
		else if (unlikely(idle_wait(lcore.idle, lcore.load.since)))
			idle_rest(lcore.idle, turns, &lcore);
	}
	for (unsigned left = LAST_TURNS_MAX; left > 0 && turn(&lcore) > 0; left--)
		;
	publisher_leave(&weir->publisher, lcore.index);
	return 0;
}

bool
lcores_up(struct weir *weir, struct error *error)
{
	weir->stop = false;
	dpdk_munmap_wait_for(&weir->publisher);
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
	for (unsigned i = 0; i < LOOP_LINKS_MAX; i++) {
		bell_ring(weir->bells.ios[i]);
		bell_ring(weir->bells.workers[i]);
	}
	rte_eal_mp_wait_lcore();
	dpdk_munmap_wait_for(NULL);
}
