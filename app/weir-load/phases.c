// SPDX-License-Identifier: BSD-3-Clause

#include "phases.h"

#include "load.h"
#include "options.h"

#include <rte_branch_prediction.h>

enum {
	CONNECT_WINDOW = 128, // connects in flight at the start: fits a small socket buffer
	SOLICIT_EVERY_MS = 100,
	SILENCE_MAX_MS = 5000, // without any reply: the run fails
};

static uint64_t
tsc_of_seconds(const struct load *load, double seconds)
{
	return (uint64_t)(seconds * load->hz);
}

static void
enter_phase(struct load *load, enum load_phase phase)
{
	__atomic_store_n(&load->phase, phase, __ATOMIC_RELAXED);
	load->phase_tsc = load->now_tsc;
}

static void
fail(struct load *load, const char *why)
{
	load->failure = why;
	enter_phase(load, LOAD_DRAIN);
}

// No reply has come for SILENCE_MAX_MS.
static bool
is_silent(const struct load *load)
{
	uint64_t last = RTE_MAX(load->last_reply_tsc, load->phase_tsc);

	return load->now_tsc - last > tsc_of_seconds(load, SILENCE_MAX_MS / 1e3);
}

static void
send_solicitations(struct load *load)
{
	for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
		struct rte_mbuf *mbuf = rte_pktmbuf_alloc(load->port->mbufs);

		if (mbuf == NULL)
			return;
		uint16_t len = neighbour_solicit(
			&load->neighbour, ipv6, rte_pktmbuf_mtod(mbuf, uint8_t *)
		);

		if (len != 0)
			port_send_one(load->port, mbuf, len);
		else
			rte_pktmbuf_free(mbuf);
	}
}

static void
resolve_step(struct load *load)
{
	uint64_t every = tsc_of_seconds(load, SOLICIT_EVERY_MS / 1e3);

	if (neighbour_is_resolved(&load->neighbour)) {
		request_init(
			&load->generator.requests,
			load->options,
			&load->port->mac,
			load->neighbour.tracker_mac
		);
		pace_closed(&load->pace, RTE_MIN(load->options->window, (uint32_t)CONNECT_WINDOW));
		enter_phase(load, LOAD_CONNECT);
	} else if (is_silent(load)) {
		fail(load,
		     "no reply to ARP requests or neighbour solicitations for the address of the "
		     "tracker");
	} else if (load->solicit_tsc <= load->now_tsc) {
		send_solicitations(load);
		load->solicit_tsc = load->now_tsc + every;
	}
}

static void
begin_load(struct load *load)
{
	const struct options *options = load->options;

	if (options->rate > 0)
		pace_open(
			&load->pace, load->now_tsc, load->hz / options->rate, load->timeout_tsc / 2
		);
	else
		pace_closed(&load->pace, options->window);
}

static void
begin_measuring(struct load *load)
{
	load->flight.part = PART_MEASURED;
	load->pace.skipped = 0;
	load->replies_before = load->results->good_replies;
	load->sent_before = load->sent;
	enter_phase(load, LOAD_MEASURE);
}

static void
connect_step(struct load *load)
{
	if (generator_is_connected(&load->generator) && load->flight.waiting == 0) {
		begin_load(load);
		if (load->options->fill)
			begin_measuring(load);
		else
			enter_phase(load, LOAD_WARM_UP);
	} else if (is_silent(load)) {
		fail(load, "no reply to connects");
	}
}

// The run ends by the number of requests, which a silent tracker never lets it reach.
static bool
needs_replies(const struct load *load)
{
	return load->options->fill || load->options->count > 0;
}

static bool
measured_enough(const struct load *load)
{
	const struct options *options = load->options;

	if (options->fill)
		return load->generator.announced >= options->peers;
	if (options->count > 0)
		return load->sent - load->sent_before >= options->count;
	return load->now_tsc - load->phase_tsc >= tsc_of_seconds(load, options->duration_s);
}

static void
end_measuring(struct load *load)
{
	struct results *results = load->results;

	results->unsent = load->pace.skipped + pace_behind(&load->pace, load->now_tsc);
	results->finished = load->failure == NULL;
	results->seconds = (double)(load->now_tsc - load->phase_tsc) / load->hz;
	results->rate = (double)(results->good_replies - load->replies_before) / results->seconds;
	enter_phase(load, LOAD_DRAIN);
}

// Where the number of requests is set, the measurement ends with the last reply.
static void
finish(struct load *load)
{
	struct results *results = load->results;

	if (results->finished && needs_replies(load)) {
		double more = ((double)load->last_reply_tsc - (double)load->phase_tsc) / load->hz;

		results->seconds += RTE_MAX(more, 0.0);
		results->rate =
			(double)(results->good_replies - load->replies_before) / results->seconds;
	}
	enter_phase(load, LOAD_DONE);
}

void
phase_step(struct load *load)
{
	if (unlikely(__atomic_load_n(&load->stop, __ATOMIC_RELAXED)) && load->failure == NULL)
		load->failure = "interrupted";
	switch (load->phase) {
	case LOAD_RESOLVE:
		resolve_step(load);
		break;
	case LOAD_CONNECT:
		connect_step(load);
		break;
	case LOAD_WARM_UP:
		if (load->now_tsc - load->phase_tsc
		    >= tsc_of_seconds(load, load->options->warm_up_s))
			begin_measuring(load);
		break;
	case LOAD_MEASURE:
		if (needs_replies(load) && is_silent(load))
			load->failure = "the tracker has stopped replying";
		if (measured_enough(load) || load->failure != NULL)
			end_measuring(load);
		break;
	case LOAD_DRAIN:
		if (load->flight.waiting == 0 && load->backlog.count == 0)
			finish(load);
		else if (load->now_tsc - load->phase_tsc > 2 * load->timeout_tsc)
			finish(load); // the port no longer accepts frames
		break;
	case LOAD_DONE:
		break;
	}
	if (unlikely(load->failure != NULL) && load->phase < LOAD_MEASURE)
		enter_phase(load, LOAD_DRAIN);
}
