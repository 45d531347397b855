// SPDX-License-Identifier: BSD-3-Clause
// THE loop: receive and check, give up what waits too long, send what may be sent, move on to the
// next phase (phases.c). Read load_turn, at the end, first.

#include "load_loop.h"

#include "options.h"
#include "phases.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_prefetch.h>

#include <string.h>

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

void
load_send_one(struct load *load, struct rte_mbuf *mbuf, uint16_t len)
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
		load_send_one(load, mbuf, len);
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

// Requests were written kind by kind; a tracker shall not get them so.
static void
shuffle(struct load *load, struct rte_mbuf **mbufs, unsigned count)
{
	for (unsigned i = count; i > 1; i--) {
		unsigned other = rng_below(&load->generator.rng, i);
		struct rte_mbuf *mbuf = mbufs[other];

		mbufs[other] = mbufs[i - 1];
		mbufs[i - 1] = mbuf;
	}
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
	if (load->phase != LOAD_CONNECT)
		shuffle(load, mbufs, made);
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

void
load_turn(struct load *load)
{
	receive(load);
	expire(load);
	send_requests(load);
	phase_step(load);
}

int
load_run(void *argument)
{
	struct load *load = argument;

	while (load->phase != LOAD_DONE)
		load_turn(load);
	return 0;
}
