// SPDX-License-Identifier: BSD-3-Clause
// Start reading at load_send(), at the end.

#include "load_send.h"

#include "load.h"
#include "options.h"

#include <rte_branch_prediction.h>

#include <string.h>

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
	stats_add(&load->results->parts[load->flight.part].junk_sent, 1);
	return generator_junk(&load->generator, frame);
}

// Chooses the kinds of `count` requests.
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

// Requests are written kind by kind, but must not be sent in that order.
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

// Writes up to `count` requests into mbufs; returns their number.
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

// Maximum number of requests before the ring is full or the run ends.
static uint32_t
burst_limit(const struct load *load)
{
	uint64_t max = RTE_MIN((uint32_t)PORT_BURST, flight_slots_left(&load->flight));
	const struct options *options = load->options;

	if (load->phase == LOAD_MEASURE && options->count > 0)
		max = RTE_MIN(max, options->count - (load->sent - load->sent_before));
	if (load->phase == LOAD_MEASURE && options->fill)
		max = RTE_MIN(max, options->peers - load->generator.announced);
	return (uint32_t)max;
}

void
load_send(struct load *load)
{
	struct rte_mbuf *mbufs[PORT_BURST];

	if (unlikely(load->backlog.count > 0)) {
		port_send(load->port, &load->backlog, load->backlog.mbufs, load->backlog.count);
		if (load->backlog.count > 0)
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
	pace_advance(&load->pace, made);
	load->sent += made;
	if (unlikely(made < count))
		rte_pktmbuf_free_bulk(mbufs + made, count - made);
	if (made > 0)
		port_send(load->port, &load->backlog, mbufs, made);
}
