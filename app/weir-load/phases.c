// SPDX-License-Identifier: BSD-3-Clause

#include "phases.h"

#include "load.h"
#include "options.h"

#include <rte_branch_prediction.h>

enum {
	CONNECT_WINDOW = 128, // connects in flight before the load: fits a small socket buffer
	ASK_STATION_MS = 100,
	GIVE_UP_MS = 5000, // without any answer
};

static uint64_t
tsc_of_seconds(const struct load *load, double seconds)
{
	return (uint64_t)(seconds * load->hz);
}

static void
enter(struct load *load, enum load_phase phase)
{
	__atomic_store_n(&load->phase, phase, __ATOMIC_RELAXED);
	load->phase_tsc = load->now_tsc;
	load->progress_tsc = load->now_tsc;
}

static void
fail(struct load *load, const char *why)
{
	load->failure = why;
	enter(load, LOAD_DRAIN);
}

// Nobody has answered anything for a while.
static bool
is_silent(const struct load *load)
{
	uint64_t last = RTE_MAX(load->last_answer_tsc, load->phase_tsc);

	return load->now_tsc - last > tsc_of_seconds(load, GIVE_UP_MS / 1e3);
}

static void
ask_for_stations(struct load *load)
{
	for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
		struct rte_mbuf *mbuf = rte_pktmbuf_alloc(load->port->mbufs);

		if (mbuf == NULL)
			return;
		uint16_t len =
			neighbour_ask(&load->neighbour, ipv6, rte_pktmbuf_mtod(mbuf, uint8_t *));

		if (len != 0)
			port_send_one(load->port, mbuf, len);
		else
			rte_pktmbuf_free(mbuf);
	}
}

static void
resolve_step(struct load *load)
{
	uint64_t every = tsc_of_seconds(load, ASK_STATION_MS / 1e3);

	if (neighbour_is_resolved(&load->neighbour)) {
		request_init(
			&load->generator.requests,
			load->options,
			&load->port->mac,
			load->neighbour.tracker_mac
		);
		pace_closed(&load->pace, RTE_MIN(load->options->window, (uint32_t)CONNECT_WINDOW));
		enter(load, LOAD_CONNECT);
	} else if (is_silent(load)) {
		fail(load, "no station says that it has the tracker's address");
	} else if (load->progress_tsc <= load->now_tsc) {
		ask_for_stations(load);
		load->progress_tsc = load->now_tsc + every;
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
	load->answers_before = load->results->answers;
	load->asked_before = load->asked;
	enter(load, LOAD_MEASURE);
}

static void
connect_step(struct load *load)
{
	if (generator_is_connected(&load->generator) && load->flight.waiting == 0) {
		begin_load(load);
		if (load->options->fill)
			begin_measuring(load);
		else
			enter(load, LOAD_WARM_UP);
	} else if (is_silent(load)) {
		fail(load, "connects are not answered");
	}
}

// Without answers the end may never come: the time does not bring it.
static bool
needs_answers(const struct load *load)
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
		return load->asked - load->asked_before >= options->count;
	return load->now_tsc - load->phase_tsc >= tsc_of_seconds(load, options->duration_s);
}

static void
end_measuring(struct load *load)
{
	struct results *results = load->results;

	results->unsent = load->pace.skipped + pace_behind(&load->pace, load->now_tsc);
	results->finished = load->failure == NULL;
	results->seconds = (double)(load->now_tsc - load->phase_tsc) / load->hz;
	results->rate = (double)(results->answers - load->answers_before) / results->seconds;
	enter(load, LOAD_DRAIN);
}

// Where the number of requests is given, the last answer ends the measurement.
static void
finish(struct load *load)
{
	struct results *results = load->results;

	if (results->finished && needs_answers(load)) {
		double more = ((double)load->last_answer_tsc - (double)load->phase_tsc) / load->hz;

		results->seconds += RTE_MAX(more, 0.0);
		results->rate =
			(double)(results->answers - load->answers_before) / results->seconds;
	}
	enter(load, LOAD_DONE);
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
		if (needs_answers(load) && is_silent(load))
			load->failure = "no request is answered any more";
		if (measured_enough(load) || load->failure != NULL)
			end_measuring(load);
		break;
	case LOAD_DRAIN:
		if (load->flight.waiting == 0 && load->backlog.count == 0)
			finish(load);
		else if (load->now_tsc - load->phase_tsc > 2 * load->timeout_tsc)
			finish(load); // the port takes nothing any more
		break;
	case LOAD_DONE:
		break;
	}
	if (unlikely(load->failure != NULL) && load->phase < LOAD_MEASURE)
		enter(load, LOAD_DRAIN);
}
