// SPDX-License-Identifier: BSD-3-Clause

#include "control.h"

#include "../log/log.h"
#include "../setup/beside.h"
#include "../setup/errands.h"
#include "../setup/exception.h"
#include "../setup/mtu.h"
#include "../setup/unplug.h"
#include "governor_look.h"
#include "health_look.h"
#include "ready.h"
#include "reload.h"
#include "supervision.h"
#include "tally.h"

#include <rte_cycles.h>
#include <rte_mbuf.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum { TICK_MS = 100 };

// The signals that the control thread waits for. SIGHUP and SIGUSR1 would end the process otherwise.
static void
taken_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, errands_signal());
}

void
control_block_signals(void)
{
	sigset_t set;

	taken_signals(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void
control_read_wall_clock(struct weir *weir)
{
	uint32_t fixed_s = weir->config->test_time_s;
	uint32_t wall_s = fixed_s != 0 ? fixed_s : (uint32_t)time(NULL);

	__atomic_store_n(&weir->wall_s, wall_s, __ATOMIC_RELAXED);
}

bool
control_up(struct weir *weir, struct error *error)
{
	(void)error;
	for (unsigned i = 0; i < weir->port_count; i++) {
		struct host *host = &weir->ports[i].own_host;

		neighbours_init(
			&weir->neighbours[i], host, weir->config->dad && !weir->config->isolate
		);
		memberships_init(&weir->memberships[i], host, weir->keys.seed + i);
	}
	return true;
}

static uint64_t
packets_decided(const struct weir *weir)
{
	struct stats sum;
	uint64_t packets = 0;

	tally_stats(weir, &sum);
	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			packets += sum.verdicts[f][v];
	return packets;
}

// Where a frame of the control thread is sent: by the io lcore that has queue 0 of the port.
struct outlet {
	const struct weir *weir;
	const struct port *port;
	unsigned io; // number of that lcore
};

// The kernel is the host on a port whose card gives Weir the tracker's datagrams alone.
static void
leave_to_kernel(void *context, const uint8_t *bytes, uint16_t len)
{
	(void)context, (void)bytes, (void)len;
}

static void
send_frame(void *context, const uint8_t *bytes, uint16_t len)
{
	const struct outlet *outlet = context;
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(outlet->port->mbufs);

	if (mbuf == NULL)
		return; // a later tick sends it again
	memcpy(rte_pktmbuf_append(mbuf, len), bytes, len);
	mbuf->port = outlet->port->id;
	if (rte_ring_enqueue(outlet->weir->ios[outlet->io]->outbox, mbuf) != 0)
		rte_pktmbuf_free(mbuf);
	else
		bell_ring(outlet->weir->bells.ios[outlet->io]);
}

// The sum of the notes of all io lcores about one port.
static struct host_notes
fold_notes(const struct weir *weir, uint16_t port)
{
	struct host_notes sum = {0};

	for (unsigned i = 0; i < weir->plan.io_count; i++)
		for (unsigned q = 0; q < weir->ios[i]->queue_count; q++)
			if (weir->ios[i]->queues[q].port == port)
				host_notes_add(&sum, &weir->ios[i]->queues[q].notes);
	return sum;
}

// Reports groups first: a switch that snoops forwards solicitations for our addresses only after a report.
static void
follow_port(struct weir *weir, unsigned index, uint64_t now_ms)
{
	struct port *port = &weir->ports[index];
	struct neighbours *neighbours = &weir->neighbours[index];
	struct memberships *memberships = &weir->memberships[index];
	struct outlet outlet = {weir, port, lcore_plan_poller(&weir->plan, index, 0)};
	bool changed = port_follow_link(port);

	if (beside_is_open(&port->beside)) {
		beside_serve(port, weir->config);
		return;
	}
	if (changed) {
		neighbours_link(neighbours, port->link_up, now_ms);
		memberships_link(memberships, port->link_up);
	}
	struct host_notes notes = fold_notes(weir, port->id);
	tick_carry carry = weir->config->isolate ? leave_to_kernel : send_frame;

	memberships_tick(memberships, &notes, now_ms, carry, &outlet);
	neighbours_tick(neighbours, &notes, now_ms, carry, &outlet);
}

// Checks for devices that were unplugged and, once a second, the kernel interfaces below the ports. False if a port
// is lost until a restart, or all of them.
static bool
look_below_ports(struct weir *weir, uint32_t now_s)
{
	struct error error;

	if (!unplug_look(weir, &error)) {
		log_error("%s", error.text);
		return false;
	}
	if (now_s == weir->looked_below_s)
		return true;
	weir->looked_below_s = now_s;
	for (unsigned i = 0; i < weir->port_count; i++) {
		if (weir->ports[i].gone)
			continue;
		if (!port_look_below(&weir->ports[i], &error) || !beside_follow(weir, i, &error)) {
			log_error("%s", error.text);
			return false;
		}
		mtu_follow(weir, i);
	}
	exception_look(weir);
	return true;
}

// Waits one tick. Returns the signal that arrived, or 0.
static int
wait_tick(void)
{
	const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
	sigset_t set;

	taken_signals(&set);
	return RTE_MAX(sigtimedwait(&set, NULL, &tick), 0);
}

static bool
is_over(const struct weir *weir, const struct clock *clock)
{
	if (weir->run_for_s != 0 && clock->tsc - weir->start_tsc >= weir->run_for_s * clock->hz) {
		log_info("stopping: %u seconds have passed", weir->run_for_s);
		return true;
	}
	if (weir->config->test_packets != 0
	    && packets_decided(weir) >= weir->config->test_packets) {
		log_info("stopping: %u packets decided", weir->config->test_packets);
		return true;
	}
	return false;
}

// One tick. False: Weir ends.
static bool
tick(struct weir *weir, struct clock *clock, bool *right)
{
	clock_tick(clock, rte_rdtsc());
	control_read_wall_clock(weir);
	*right = look_below_ports(weir, clock->mono_s);
	if (!*right)
		return false;
	for (unsigned i = 0; i < weir->port_count; i++)
		follow_port(weir, i, clock_ms(clock));
	ready_look(weir, clock->mono_s);
	health_look(weir, clock->tsc, clock->mono_s);
	governor_look(weir, clock->mono_s);
	supervision_look(weir, clock->mono_s);
	log_tick();
	if (publisher_reclaim(&weir->publisher) == 0)
		unplug_release(weir);
	errands_serve(weir);
	return !is_over(weir, clock);
}

// Ticks until a signal or an event ends Weir. False: a port is lost.
static bool
run(struct weir *weir)
{
	struct clock clock;
	bool right = true;

	clock_init(&clock, weir->start_tsc, rte_get_tsc_hz());
	while (tick(weir, &clock, &right)) {
		int signal = wait_tick();

		if (signal == SIGHUP)
			reload(weir, NULL);
		if (signal == 0 || signal == SIGHUP || signal == errands_signal())
			continue;
		log_info("stopping: %s", strsignal(signal));
		break;
	}
	return right;
}

bool
control_run(struct weir *weir)
{
	errands_begin();
	bool right = run(weir);

	__atomic_store_n(&weir->ready, false, __ATOMIC_RELAXED);
	errands_end();
	return right;
}
