// SPDX-License-Identifier: BSD-3-Clause
// THE loop: receive and check, give up what waits too long, send what may be sent, move on to the
// next phase. Read load_turn, at the end, first.

#include "load_loop.h"

#include "options.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_prefetch.h>

#include <string.h>

enum {
	CONNECT_WINDOW = 128, // connects in flight before the load: fits a small socket buffer
	ASK_STATION_MS = 100,
	GIVE_UP_MS = 5000, // without any answer, before the load
	CLOSED_RATE = 5000000, // requests a second that the ring is made for
	CLOSED_ROOM_MAX = 1 << 22, // requests
	FLIGHT_ROOM_MAX = 1 << 26,
};

const char *const load_phase_names[LOAD_DONE + 1] = {
	"looking for the tracker",
	"connecting",
	"warm-up",
	"measuring",
	"draining",
	"done",
};

static struct results_part *
part_now(struct load *load)
{
	return &load->results->parts[load->flight.part];
}

// --- receiving ------------------------------------------------------------------------------------

static struct tally *
tally_of(struct load *load, const struct asked *asked)
{
	bool ipv6 = flow_is_ipv6(&load->generator.flows, asked->flow);

	return &load->results->parts[asked->part].tallies[ipv6][asked->kind];
}

static void
take_good(struct load *load, const struct reply *reply)
{
	struct asked *asked = reply->asked;
	struct results_part *part = &load->results->parts[asked->part];

	stats_add(&tally_of(load, asked)->answered, 1);
	stats_add(&part->peers_listed, reply->peers);
	stats_add(&part->self_listed, reply->lists_self);
	stats_add(&load->results->answers, 1);
	histogram_record(&part->latency, load->now_tsc - asked->due_tsc);
	load->last_answer_tsc = load->now_tsc;
	if (asked->kind == KIND_CONNECT) {
		const struct bep15_connect_reply *answer = (const void *)reply->payload;

		generator_connected(
			&load->generator, asked->flow, &answer->connection_id, load->now_ms
		);
	}
	flight_land(&load->flight, asked);
}

// An answer of a kind: what waited has it, but it is worth nothing.
static void
take_bad(struct load *load, const struct reply *reply, bool is_error)
{
	struct asked *asked = reply->asked;

	if (asked == NULL)
		return;
	if (is_error) {
		stats_add(&tally_of(load, asked)->errors, 1);
		generator_disconnect(&load->generator, asked->flow);
	} else if (asked->kind == KIND_CONNECT) {
		generator_connected(&load->generator, asked->flow, NULL, load->now_ms);
	}
	flight_land(&load->flight, asked);
}

static void
send_now(struct load *load, struct rte_mbuf *mbuf, uint16_t len)
{
	mbuf->data_len = len;
	mbuf->pkt_len = len;
	if (rte_eth_tx_burst(load->port->id, 0, &mbuf, 1) == 0)
		rte_pktmbuf_free(mbuf);
}

// A neighbour's question is answered in the same buffer; true: the buffer is gone.
static bool
take_other(struct load *load, struct rte_mbuf *mbuf)
{
	uint16_t len = neighbour_receive(
		&load->neighbour,
		rte_pktmbuf_mtod(mbuf, uint8_t *),
		mbuf->data_len,
		mbuf->buf_len - mbuf->data_off
	);

	stats_add(&load->results->other, 1);
	if (len != 0)
		send_now(load, mbuf, len);
	return len != 0;
}

// True: the buffer is gone.
static bool
take_frame(struct load *load, struct rte_mbuf *mbuf)
{
	const uint8_t *frame = rte_pktmbuf_mtod(mbuf, const uint8_t *);
	struct reply reply;

	reply_check(&load->checks, frame, mbuf->data_len, &reply);
	switch (reply.outcome) {
	case REPLY_GOOD:
		take_good(load, &reply);
		return false;
	case REPLY_EXPIRED:
		take_bad(load, &reply, true);
		return false;
	case REPLY_WRONG:
		results_note_wrong(load->results, &load->checks, &reply, frame, mbuf->data_len);
		take_bad(load, &reply, reply.wrong == WRONG_error_reply);
		return false;
	case REPLY_LATE:
		stats_add(&load->results->late, 1);
		return false;
	case REPLY_REFUSED:
		stats_add(&load->results->refused, 1);
		return false;
	case REPLY_OTHER:
		break;
	}
	return take_other(load, mbuf);
}

// The time of a turn is read once its replies are there: a latency may be a turn too long, never too
// short.
static void
receive(struct load *load)
{
	struct rte_mbuf *mbufs[LOAD_BURST];
	uint16_t kept = 0;
	uint16_t count = rte_eth_rx_burst(load->port->id, 0, mbufs, LOAD_BURST);

	load->now_tsc = rte_rdtsc();
	load->now_ms = (uint32_t)((double)(load->now_tsc - load->start_tsc) * load->ms_of_cycle);

	for (uint16_t i = 0; i < count; i++) {
		const uint8_t *frame = rte_pktmbuf_mtod(mbufs[i], const uint8_t *);

		rte_prefetch0(flight_at(&load->flight, reply_peek(frame)));
	}
	for (uint16_t i = 0; i < count; i++)
		if (likely(!take_frame(load, mbufs[i])))
			mbufs[kept++] = mbufs[i];
	if (kept > 0)
		rte_pktmbuf_free_bulk(mbufs, kept);
}

// --- giving up ------------------------------------------------------------------------------------

static void
expire(struct load *load)
{
	uint64_t since_tsc = load->now_tsc - load->timeout_tsc;
	struct asked *asked;

	while ((asked = flight_expire(&load->flight, since_tsc)) != NULL) {
		stats_add(&tally_of(load, asked)->lost, 1);
		if (asked->kind == KIND_CONNECT)
			generator_connected(&load->generator, asked->flow, NULL, load->now_ms);
	}
}

// --- sending --------------------------------------------------------------------------------------

// Hands frames to the port. What it does not take waits; nothing else is made meanwhile.
static void
transmit(struct load *load, struct rte_mbuf **mbufs, unsigned count)
{
	unsigned sent = rte_eth_tx_burst(load->port->id, 0, mbufs, (uint16_t)count);

	load->waiting_count = count - sent;
	if (unlikely(sent < count))
		memmove(load->waiting, mbufs + sent, (count - sent) * sizeof(*mbufs));
}

static uint16_t
write_request(struct load *load, enum kind kind, uint64_t due_tsc, uint8_t *frame)
{
	switch (kind) {
	case KIND_CONNECT:
		return load->phase == LOAD_CONNECT
			? generator_first_connect(&load->generator, due_tsc, frame)
			: generator_connect(&load->generator, due_tsc, frame);
	case KIND_ANNOUNCE:
		return generator_announce(&load->generator, due_tsc, load->now_ms, frame);
	case KIND_SCRAPE:
		return generator_scrape(&load->generator, due_tsc, load->now_ms, frame);
	case KIND_JUNK:
	case KIND_COUNT:
		break;
	}
	stats_add(&part_now(load)->junk_sent, 1);
	return generator_junk(&load->generator, frame);
}

// Which kinds, so many in all.
static void
choose_kinds(struct load *load, uint32_t count, uint32_t counts[KIND_COUNT])
{
	if (load->phase == LOAD_CONNECT)
		memcpy(counts, (uint32_t[KIND_COUNT]){[KIND_CONNECT] = count}, KIND_COUNT * 4);
	else if (load->options->fill)
		memcpy(counts, (uint32_t[KIND_COUNT]){[KIND_ANNOUNCE] = count}, KIND_COUNT * 4);
	else
		generator_draw(&load->generator, count, counts);
}

// Writes `count` requests into buffers; returns how many there were to write.
static unsigned
write_burst(struct load *load, struct rte_mbuf **mbufs, uint32_t count)
{
	uint32_t counts[KIND_COUNT];
	unsigned made = 0;

	choose_kinds(load, count, counts);
	for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
		for (uint32_t i = 0; i < counts[kind]; i++) {
			struct rte_mbuf *mbuf = mbufs[made];
			uint64_t due_tsc = pace_due(&load->pace, load->now_tsc, made);
			uint16_t len = write_request(
				load, kind, due_tsc, rte_pktmbuf_mtod(mbuf, uint8_t *)
			);

			if (unlikely(len == 0))
				break;
			mbuf->data_len = len;
			mbuf->pkt_len = len;
			made++;
		}
	}
	return made;
}

// The most that may be asked before the run's own end.
static uint32_t
burst_limit(const struct load *load)
{
	uint64_t most = RTE_MIN((uint32_t)LOAD_BURST, flight_room(&load->flight));
	const struct options *options = load->options;

	if (load->phase == LOAD_MEASURE && options->count > 0)
		most = RTE_MIN(most, options->count - (load->asked - load->asked_before));
	if (load->phase == LOAD_MEASURE && options->fill)
		most = RTE_MIN(most, options->peers - load->generator.announced);
	return (uint32_t)most;
}

static void
send_requests(struct load *load)
{
	struct rte_mbuf *mbufs[LOAD_BURST];

	if (unlikely(load->waiting_count > 0)) {
		transmit(load, load->waiting, load->waiting_count);
		if (load->waiting_count > 0)
			return;
	}
	if (load->phase < LOAD_CONNECT || load->phase > LOAD_MEASURE)
		return;
	uint32_t count =
		pace_allow(&load->pace, load->now_tsc, load->flight.waiting, burst_limit(load));

	if (count == 0 || rte_pktmbuf_alloc_bulk(load->port->mbufs, mbufs, count) != 0)
		return;
	uint32_t from = load->flight.head;
	unsigned made = write_burst(load, mbufs, count);

	results_count_sent(load->results, &load->flight, &load->generator.flows, from);
	pace_take(&load->pace, made);
	load->asked += made;
	if (unlikely(made < count))
		rte_pktmbuf_free_bulk(mbufs + made, count - made);
	if (made > 0)
		transmit(load, mbufs, made);
}

// --- phases -----------------------------------------------------------------------------------------

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
			send_now(load, mbuf, len);
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
	} else if (load->now_tsc - load->phase_tsc > tsc_of_seconds(load, GIVE_UP_MS / 1e3)) {
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
	uint64_t last = RTE_MAX(load->last_answer_tsc, load->phase_tsc);

	if (generator_is_connected(&load->generator) && load->flight.waiting == 0) {
		begin_load(load);
		if (load->options->fill)
			begin_measuring(load);
		else
			enter(load, LOAD_WARM_UP);
	} else if (load->now_tsc > last + tsc_of_seconds(load, GIVE_UP_MS / 1e3)) {
		fail(load, "nobody answers connects");
	}
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

	results->unsent = load->pace.skipped;
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
	const struct options *options = load->options;

	if (results->finished && (options->fill || options->count > 0)) {
		double more = ((double)load->last_answer_tsc - (double)load->phase_tsc) / load->hz;

		results->seconds += RTE_MAX(more, 0.0);
		results->rate =
			(double)(results->answers - load->answers_before) / results->seconds;
	}
	enter(load, LOAD_DONE);
}

static void
step(struct load *load)
{
	if (unlikely(load->stop) && load->failure == NULL)
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
		if (measured_enough(load) || load->failure != NULL)
			end_measuring(load);
		break;
	case LOAD_DRAIN:
		if (load->flight.waiting == 0 && load->waiting_count == 0)
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

// --- the whole ----------------------------------------------------------------------------------------

// Everything that is sent within a time-out must have its place; half of it again, as what is due may
// be sent late. A closed loop whose ring is full of lost requests waits until they are given up.
static uint32_t
flight_room_needed(const struct options *options)
{
	double rate = options->rate > 0 ? options->rate : CLOSED_RATE;
	double most = options->rate > 0 ? FLIGHT_ROOM_MAX : CLOSED_ROOM_MAX;
	double room = rate * options->timeout_ms / 1e3 * 1.5 + 4.0 * LOAD_BURST;

	return (uint32_t)RTE_MAX(RTE_MIN(room, most), 2.0 * options->window);
}

void
load_init(
	struct load *load,
	const struct options *options,
	struct port *port,
	struct results *results
)
{
	*load = (struct load){
		.options = options,
		.port = port,
		.results = results,
		.hz = results->hz,
		.ms_of_cycle = 1e3 / results->hz,
		.timeout_tsc = (uint64_t)(options->timeout_ms * results->hz / 1e3),
	};
	load->start_tsc = load->phase_tsc = load->progress_tsc = rte_rdtsc();
	flight_init(&load->flight, flight_room_needed(options));
	generator_init(&load->generator, options, &load->flight);
	reply_checks_init(&load->checks, options, &load->generator.flows, &load->flight);
	neighbour_init(&load->neighbour, options, &load->generator.flows, &port->mac);
}

void
load_free(struct load *load)
{
	rte_pktmbuf_free_bulk(load->waiting, load->waiting_count);
	generator_free(&load->generator);
	flight_free(&load->flight);
}

void
load_turn(struct load *load)
{
	receive(load);
	expire(load);
	send_requests(load);
	step(load);
}

int
load_run(void *argument)
{
	struct load *load = argument;

	while (load->phase != LOAD_DONE)
		load_turn(load);
	return 0;
}
