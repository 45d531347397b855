// SPDX-License-Identifier: BSD-3-Clause

#include "incidents.h"

#include "appliance.h"
#include "clients.h"
#include "fail.h"
#include "faults.h"
#include "ledger.h"
#include "naive.h"
#include "port.h"
#include "questions.h"
#include "quota.h"
#include "replies.h"
#include "saved.h"
#include "sim.h"
#include "torrents.h"
#include "virtual.h"

#include <string.h>

enum {
	LCORES_HERE = 32,
	HELD_MAX = 4096,
	SETTLE_S = 120, // after which counts can be judged
	DAD_S = 10, // until addresses are in use
	DAY_S = 86400,
	AGES = 1 << 15, // of peers, in seconds where the timeout is short (lib/swarm/shard_sweep.c)
	MS = 1000000,
};

static struct profile *profile;
static unsigned workers_max;
static uint64_t stall_until[LCORES_HERE], full_until[LCORES_HERE], held_until, link_until,
	settles_ns;
static struct rte_mbuf *held[HELD_MAX];
static unsigned held_count;
static uint64_t first_over = UINT64_MAX;

// --- what ends ------------------------------------------------------------------------------------

static uint64_t
in_ms(struct dice *dice, unsigned ms_max)
{
	uint64_t at = virtual_ns() + UINT64_C(1) * MS * (1 + dice_below(dice, ms_max));

	first_over = at < first_over ? at : first_over;
	return at;
}

static void
note_over(uint64_t at)
{
	first_over = at != 0 && at < first_over ? at : first_over;
}

static bool
is_over(uint64_t *until)
{
	if (*until == 0 || virtual_ns() < *until)
		return false;
	*until = 0;
	return true;
}

static void
unsettle(void)
{
	settles_ns = virtual_ns() + SETTLE_S * VIRTUAL_S;
	naive_disturbed(appliance_now_s());
}

bool
incidents_are_over(void)
{
	return virtual_ns() >= settles_ns;
}

bool
lcore_is_stalled(unsigned lcore)
{
	return stall_until[lcore] != 0;
}

bool
transmit_is_full(unsigned queue)
{
	return full_until[queue] != 0;
}

static void
miss_addresses(void)
{
	uint64_t ms = profile->dad ? 1000 * DAD_S : 300;

	ledger_addresses_missing(virtual_ns() + ms * MS);
}

static void
free_held(void)
{
	ledger_hold(-(int)held_count);
	while (held_count > 0)
		rte_pktmbuf_free(held[--held_count]);
}

static void
set_link(bool up)
{
	port_set_link(up);
	wire_set_link(up);
	if (up)
		miss_addresses();
}

static void
end_what_is_over(void)
{
	for (unsigned i = 0; i < LCORES_HERE; i++) {
		if (is_over(&stall_until[i]))
			unsettle();
		is_over(&full_until[i]);
	}
	if (is_over(&held_until))
		free_held();
	if (is_over(&link_until))
		set_link(true);
	first_over = UINT64_MAX;
	for (unsigned i = 0; i < LCORES_HERE; i++) {
		note_over(stall_until[i]);
		note_over(full_until[i]);
	}
	note_over(held_until);
	note_over(link_until);
}

void
incidents_end(void)
{
	memset(stall_until, 0, sizeof(stall_until));
	memset(full_until, 0, sizeof(full_until));
	held_until = 0;
	free_held();
	if (link_until != 0)
		set_link(true);
	link_until = 0;
	first_over = UINT64_MAX;
}

// --- starts ---------------------------------------------------------------------------------------

static void
start(void)
{
	appliance_start(profile);
	ledger_open();
	quota_open();
	miss_addresses();
	naive_reset(&(struct naive_sizes){
		.timeout_s = profile->timeout_s,
		.keep_completed_s = profile->keep_completed_s,
		.trims = torrents_count() > profile->max_torrents / profile->workers / 8,
	});
	torrents_forget_list();
	saved_restore();
	unsettle();
}

// Right before the time at which a number that comes from it has one bit more, or begins again.
static void
set_clocks(void)
{
	static const uint64_t tscs[] = {
		UINT64_C(1) << 32, UINT64_C(1) << 40, UINT64_C(1) << 53, UINT64_C(1) << 60};
	static const uint64_t walls[] = {
		UINT64_C(86400) * 20000, // an epoch of connection ids
		UINT64_C(64) * 256 * 103000, // the slots of connection ids
		UINT64_C(1) << 31, // 2038
		UINT64_C(1) << 32, // 2106
	};
	struct dice *dice = fault_dice(FAULT_wraps);
	uint64_t tsc = VIRTUAL_HZ * 100000, wall_s = 1700000000;

	if (fault_strikes(FAULT_wraps)) {
		tsc = tscs[dice_below(dice, 4)] - VIRTUAL_HZ / 1000 * dice_below(dice, 1000) - 1;
		wall_s = walls[dice_below(dice, 4)] - 1 - dice_below(dice, 600);
	}
	virtual_set(tsc, wall_s);
}

void
incidents_open(struct profile *first)
{
	profile = first;
	workers_max = profile->workers;
	set_clocks();
	start();
}

static void
restart(void)
{
	struct dice *dice = fault_dice(FAULT_crash);

	if (fault_strikes(FAULT_new_keys))
		profile->test_seed = 1 + dice_below(fault_dice(FAULT_new_keys), INT32_MAX - 1);
	if (!profile->shared)
		profile->workers = 1 + dice_below(dice, workers_max);
	virtual_advance(VIRTUAL_S * dice_below(dice, 20));
	start();
}

static void
crash(void)
{
	ledger_check(false);
	incidents_end();
	saved_forget();
	questions_forget();
	appliance_crash();
	restart();
}

static void
stop(void)
{
	incidents_end();
	sim_come_to_rest();
	ledger_check(true);
	appliance_stop();
	questions_forget();
	saved_forget();
	saved_judge_last();
}

void
incidents_stop(void)
{
	stop();
}

// --- what happens -----------------------------------------------------------------------------------

static void
hold_mbufs(void)
{
	struct dice *dice = fault_dice(FAULT_no_mbufs);
	unsigned left = dice_once_in(dice, 2) ? 0 : dice_below(dice, 40);

	if (held_until != 0)
		return;
	while (held_count < HELD_MAX && rte_mempool_avail_count(appliance_pool()) > left) {
		held[held_count] = rte_pktmbuf_alloc(appliance_pool());
		if (held[held_count] == NULL)
			break;
		held_count++;
	}
	ledger_hold((int)held_count);
	held_until = in_ms(dice, 200);
}

static void
step_wall(void)
{
	static const int32_t steps[] = {-1, 1, -64, 64, -3600, 3600, 100000, -100000, 40000000};
	struct dice *dice = fault_dice(FAULT_wall_clock);
	int64_t seconds = steps[dice_below(dice, sizeof(steps) / sizeof(*steps))];

	if ((int64_t)virtual_wall_s() + seconds > 1000000)
		virtual_step_wall(seconds);
	replies_clock_stepped();
}

// Up to a day; one time in four so long that ages of peers, which have 15 bits, are small again.
static uint64_t
suspended_s(struct dice *dice)
{
	if (dice_once_in(dice, 4))
		return AGES + dice_below(dice, profile->timeout_s);
	return 1 + dice_skewed(dice, 17) % DAY_S;
}

static void
suspend(void)
{
	bool missing = ledger_misses_addresses();

	virtual_advance(VIRTUAL_S * suspended_s(fault_dice(FAULT_suspend)));
	replies_clock_stepped();
	if (missing) // the control thread has not counted that time
		miss_addresses();
	unsettle();
}

static void
stall(void)
{
	struct dice *dice = fault_dice(FAULT_stall);

	stall_until[dice_below(dice, appliance_lcores())] = in_ms(dice, 3000);
}

static void
break_link(void)
{
	if (link_until != 0)
		return;
	set_link(false);
	link_until = in_ms(fault_dice(FAULT_link), 3000);
}

static void
flood(void)
{
	struct dice *dice = fault_dice(FAULT_flood);

	clients_flood(dice_below(dice, clients_count()), 1 + dice_below(dice, 5000));
}

static void
reload(void)
{
	profile_draw_reload(profile);
	appliance_reload(profile);
}

static void
change_list(void)
{
	torrents_change_list();
	unsettle();
}

static void
happen(enum fault fault)
{
	uint64_t now_ns = virtual_ns();
	struct dice *dice = fault_dice(fault);

	if (!fault_is_due(fault, now_ns))
		return;
	switch (fault) {
	case FAULT_flood:
		flood();
		break;
	case FAULT_full_transmit:
		full_until[dice_below(dice, profile->ios)] = in_ms(dice, 300);
		break;
	case FAULT_no_mbufs:
		hold_mbufs();
		break;
	case FAULT_link:
		break_link();
		break;
	case FAULT_stall:
		stall();
		break;
	case FAULT_reload:
		reload();
		break;
	case FAULT_lists:
		change_list();
		break;
	case FAULT_questions:
		questions_ask(dice);
		break;
	case FAULT_snapshot:
		saved_take();
		break;
	case FAULT_crash:
		crash();
		break;
	case FAULT_stop:
		stop();
		restart();
		break;
	case FAULT_wall_clock:
		step_wall();
		break;
	case FAULT_suspend:
		suspend();
		break;
	default:
		break;
	}
}

void
incidents_run(void)
{
	if (virtual_ns() >= first_over)
		end_what_is_over();
	if (virtual_ns() >= faults_next_ns())
		for (enum fault f = 0; f < FAULT_COUNT; f++)
			if (fault_infos[f].kind == FAULT_TIMED)
				happen(f);
	saved_judge();
}

uint64_t
incidents_next_ns(void)
{
	uint64_t next = faults_next_ns();

	return first_over < next ? first_over : next;
}
