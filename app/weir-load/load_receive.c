// SPDX-License-Identifier: BSD-3-Clause
// Start reading at load_receive(), at the end.

#include "load_receive.h"

#include "load.h"

#include <rte_branch_prediction.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_prefetch.h>

// What a good reply adds to sums and latency, which are of clients that are not abusive.
static void
note_good(struct load *load, const struct reply *reply)
{
	struct results_part *part = &load->results->parts[reply->pending->part];

	stats_add(&part->peers_listed, reply->peers);
	stats_add(&part->self_listed, reply->lists_self);
	stats_add(&load->results->good_replies, 1);
	histogram_record(&part->latency, load->now_tsc - reply->pending->due_tsc);
}

static void
take_good(struct load *load, const struct reply *reply)
{
	struct pending *pending = reply->pending;

	stats_add(&load_tally(load, pending)->answered, 1);
	if (likely(!flow_is_abusive(&load->generator.flows, pending->flow)))
		note_good(load, reply);
	load->last_reply_tsc = load->now_tsc;
	if (pending->kind == KIND_CONNECT) {
		const struct bep15_connect_reply *connect = (const void *)reply->payload;

		generator_connected(
			&load->generator, pending->flow, &connect->connection_id, load->now_ms
		);
	}
	flight_complete(&load->flight, pending);
}

// Ends a request whose reply is wrong or an error.
static void
take_bad(struct load *load, const struct reply *reply, bool is_error)
{
	struct pending *pending = reply->pending;

	if (pending == NULL)
		return;
	if (is_error) {
		stats_add(&load_tally(load, pending)->errors, 1);
		generator_disconnect(&load->generator, pending->flow);
	} else if (pending->kind == KIND_CONNECT) {
		generator_connected(&load->generator, pending->flow, NULL, load->now_ms);
	}
	flight_complete(&load->flight, pending);
}

// Replies to ARP requests and neighbour solicitations in the same mbuf. True: the mbuf was sent.
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
		port_send_one(load->port, mbuf, len);
	return len != 0;
}

// True: the mbuf was sent.
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

// The time is read after the burst: a latency may be too long by one turn, and is never too short.
void
load_receive(struct load *load)
{
	struct rte_mbuf *mbufs[PORT_BURST];
	uint16_t kept = 0;
	uint16_t count = rte_eth_rx_burst(load->port->id, 0, mbufs, PORT_BURST);

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
