// SPDX-License-Identifier: BSD-3-Clause

#include "sim.h"

#include "appliance.h"
#include "clients.h"
#include "dice.h"
#include "fail.h"
#include "faults.h"
#include "flight.h"
#include "incidents.h"
#include "judge.h"
#include "ledger.h"
#include "naive.h"
#include "port.h"
#include "quota.h"
#include "replies.h"
#include "saved.h"
#include "torrents.h"
#include "virtual.h"
#include "virtual_threads.h"
#include "wire.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	TURNS_MAX = 4, // of the same lcore
	TURN_NS = 3000, // that a turn takes, at most
	IDLE_NS = 100000000, // lcores without work get a turn this often
	CHECK_STEPS = 512, // between two looks at the books
	TOTALS_STEPS = 1 << 16, // between two looks at all swarms
	QUOTA_STEPS = 1 << 13, // between two looks at the peers of each source
	REST_TURNS_MAX = 1000000,
	LONG_TIMEOUT_S = 604800,
};

static struct options run;
static struct profile profile;
static struct dice dice;
static uint64_t step, frames_hash, frames_sent;
static unsigned vain_turns; // since an lcore has found work

void
fail(const char *format, ...)
{
	struct options repeat = run;
	char words[1024], what[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	repeat.steps = step + 1;
	options_print(&repeat, words, sizeof(words));
	fprintf(stderr,
		"step %" PRIu64 ", %.6f s, start %u: %s\nrepeat: weir_sim %s\n",
		step,
		(double)virtual_ns() / 1e9,
		appliance_starts(),
		what,
		words);
	exit(EXIT_FAILURE);
}

// --- frames that Weir sends -----------------------------------------------------------------------

static bool
is_datagram(const uint8_t *frame, unsigned len)
{
	bool ipv4 = frame[12] == 8 && frame[13] == 0, ipv6 = frame[12] == 0x86 && frame[13] == 0xdd;

	return (ipv4 && len > 34 && frame[23] == 17) || (ipv6 && len > 54 && frame[20] == 17);
}

static void
answer(const struct flight *flight, const struct reply *reply)
{
	const struct packet *packet = flight->packet;

	wire_answer(&(struct wire_reply){
		.client = packet->client,
		.transaction = packet->transaction,
		.kind = reply->kind,
		.id = {.id = reply->id,
		       .wall_s = appliance_wall_s(),
		       .keys = appliance_weir()->config->test_seed},
	});
}

static void
sent(struct rte_mbuf *mbuf)
{
	const uint8_t *frame = rte_pktmbuf_mtod(mbuf, const uint8_t *);
	struct flight *flight = flight_of(mbuf);
	struct reply reply = {0};

	frames_hash = (frames_hash ^ flight_hash(frame, mbuf->data_len) ^ virtual_ns())
		* UINT64_C(0x9e3779b97f4a7c15);
	frames_hash ^= frames_hash >> 31;
	frames_sent++;
	if (is_datagram(frame, mbuf->data_len)) {
		reply_judge(flight, frame, mbuf->data_len, &reply);
		ledger_replied(flight->packet, reply.verdict);
		quota_served(flight->packet, reply.verdict);
		answer(flight, &reply);
	}
	flight_end(flight);
}

// --- turns ------------------------------------------------------------------------------------------

static bool
turn(unsigned lcore)
{
	int io = appliance_weir()->plan.lcores[lcore].io;
	bool worked = appliance_turn(lcore);

	if (io >= 0 && !transmit_is_full((unsigned)io))
		port_send((unsigned)io, sent);
	return worked;
}

static uint64_t
next_ns(void)
{
	uint64_t next = wire_next_ns(), thread = threads_next_ns(), incident = incidents_next_ns();

	next = thread < next ? thread : next;
	return incident < next ? incident : next;
}

// Passes time, up to the next event.
static void
pass(uint64_t ns)
{
	uint64_t next = next_ns(), now = virtual_ns();
	uint64_t most = next > now ? next - now : 0;

	virtual_advance(ns < most ? ns : most);
}

static bool
is_at_rest(void)
{
	return !appliance_is_busy() && port_unsent_all() == 0;
}

// Nobody has work: time jumps, and each lcore has a turn, since sweeps go on.
static void
idle(void)
{
	unsigned count = appliance_lcores(), first = dice_below(&dice, count);

	pass(IDLE_NS);
	for (unsigned i = 0; i < count; i++)
		if (!lcore_is_stalled((first + i) % count))
			turn((first + i) % count);
}

// Some lcore goes on. The longer none finds work, the longer a turn lasts: they wait for one that stands still.
static void
go_on(void)
{
	unsigned lcore = dice_below(&dice, appliance_lcores());
	unsigned turns = 1 + dice_below(&dice, TURNS_MAX);
	unsigned shift = vain_turns / (8 * appliance_lcores());
	bool worked = false;

	for (unsigned i = 0; i < turns && !lcore_is_stalled(lcore); i++) {
		worked |= turn(lcore);
		pass(dice_below(&dice, TURN_NS));
	}
	vain_turns = worked ? 0 : vain_turns + 1;
	if (!worked)
		pass((uint64_t)(1 + dice_below(&dice, TURN_NS)) << (shift < 14 ? shift : 14));
}

static void
check(void)
{
	if (step % CHECK_STEPS == 0)
		ledger_check(false);
	if (step % QUOTA_STEPS == 0)
		quota_check_peers();
	if (step % TOTALS_STEPS == 0 && incidents_are_over())
		judge_totals();
}

static void
one_step(void)
{
	threads_run();
	incidents_run();
	wire_run(true);
	if (vain_turns > 0 && is_at_rest())
		idle();
	else
		go_on();
	check();
	step++;
}

void
sim_come_to_rest(void)
{
	for (unsigned n = 0; !is_at_rest(); n++) {
		fail_unless(n < REST_TURNS_MAX, "Weir does not come to rest");
		for (unsigned i = 0; i < appliance_lcores(); i++)
			turn(i);
		virtual_advance(TURN_NS);
		threads_run();
	}
}

// --- the run ------------------------------------------------------------------------------------------

static uint32_t
choose(uint32_t wanted, const uint32_t *values, unsigned count)
{
	uint32_t drawn = values[dice_below(&dice, count)];

	return wanted != 0 ? wanted : drawn;
}

static void
open_lcores(void)
{
	static const uint8_t shapes[][3] = {
		{1, 1, 0},
		{1, 2, 0},
		{1, 7, 0},
		{2, 2, 0},
		{2, 3, 0},
		{3, 1, 0},
		{4, 7, 0},
		{1, 1, 1},
		{2, 2, 1},
		{5, 5, 1}};
	const uint8_t *shape = shapes[dice_below(&dice, sizeof(shapes) / sizeof(*shapes))];

	profile.ios = run.ios != 0 ? run.ios : shape[0];
	profile.workers = run.ios != 0 ? run.workers : shape[1];
	profile.shared = run.ios != 0 ? run.shared : shape[2] != 0;
}

static void
open_all(void)
{
	static const uint32_t clients[] = {20, 300, 3000, 3000, 10000};
	static const uint32_t torrents[] = {1, 10, 300, 3000};
	static const uint32_t rates[] = {10, 100, 100, 1000, 20000};

	faults_open(run.seed, run.faults, run.often);
	dice = dice_of(run.seed, 0);
	open_lcores();
	profile_draw(&profile, run.seed);
	if (run.acts != 0)
		profile.timeout_s = LONG_TIMEOUT_S;
	struct clients_plan plan = {
		.count = choose(run.clients, clients, 5),
		.rate = choose(run.rate, rates, 5),
		.acts = run.acts,
		.careful = run.acts != 0,
	};

	torrents_open(run.seed, choose(run.torrents, torrents, 4));
	wire_open(run.seed);
	appliance_open(profile.ios);
	incidents_open(&profile);
	threads_run();
	clients_open(run.seed, &plan);
}

static bool
goes_on(void)
{
	return (run.steps == 0 || step < run.steps)
		&& (run.seconds == 0 || virtual_ns() < run.seconds * VIRTUAL_S)
		&& (run.acts == 0 || clients_left() > 0);
}

static double
cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
report(double took_s)
{
	uint64_t requests = ledger_requests();

	printf("seed %" PRIu64 ": frames %016" PRIx64 ", swarms %016" PRIx64 "\n",
	       run.seed,
	       frames_hash,
	       naive_digest(appliance_now_s()));
	if (run.quiet)
		return;
	printf("%u+%u lcores%s, %u clients, %u torrents; %" PRIu64
	       " steps, %.0f virtual s, %" PRIu64 " requests, %" PRIu64 " frames sent, %" PRIu64
	       " ops judged, %u starts, %" PRIu64
	       " snapshots judged; %.0f requests in a CPU second\n",
	       profile.ios,
	       profile.workers,
	       profile.steered		? " with both roles, steered by the NIC"
		       : profile.shared ? " with both roles"
					: "",
	       clients_count(),
	       torrents_count(),
	       step,
	       (double)virtual_ns() / 1e9,
	       requests,
	       frames_sent,
	       judge_ops(),
	       appliance_starts(),
	       saved_count(),
	       (double)requests / took_s);
	for (enum fault f = 0; f < FAULT_COUNT; f++)
		if (fault_count(f) > 0)
			printf("  %-14s %" PRIu64 "\n", fault_infos[f].name, fault_count(f));
}

void
sim_run(const struct options *options)
{
	run = *options;
	open_all();
	double start_s = cpu_s();

	while (goes_on())
		one_step();
	incidents_end();
	sim_come_to_rest();
	ledger_check(true);
	if (incidents_are_over())
		judge_totals();
	incidents_stop();
	report(cpu_s() - start_s);
}
