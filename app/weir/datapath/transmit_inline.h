// SPDX-License-Identifier: BSD-3-Clause
// Fast path of an io lcore: sends or drops frames, and counts the verdict of every received packet.

#pragma once

#include "loops.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>

// Ends the current latency sample if its packet was sent or dropped.
static inline void
transmit_end_sample(struct latency *latency, const struct io_queue *queue, uint16_t sent)
{
	uint16_t i = 0;

	while (i < queue->tx_count && queue->tx[i] != latency->packet)
		i++;
	if (i < sent)
		latency_complete(latency, queue->tx_verdict[i], rte_rdtsc());
	else if (i < queue->tx_count)
		latency_cancel(latency, queue->tx[i]);
}

// Gives waiting frames to the port, which gets a second try for those that it does not accept at first. Returns how
// many it has taken.
static inline uint16_t
transmit_give(struct io_queue *queue)
{
	if (unlikely(queue->unplugged))
		return 0;
	uint16_t sent = rte_eth_tx_burst(queue->port, queue->queue, queue->tx, queue->tx_count);

	if (unlikely(sent < queue->tx_count))
		sent += rte_eth_tx_burst(
			queue->port, queue->queue, queue->tx + sent, queue->tx_count - sent
		);
	return sent;
}

// Sends the waiting frames. Those that the port does not take are dropped: waiting would stop receiving.
static inline void
transmit_flush(struct io *io, struct io_queue *queue)
{
	enum stage before = loop_stage(&io->stages, STAGE_send, queue->tx_count);
	uint16_t sent = transmit_give(queue);
	uint64_t bytes = 0;
	uint64_t own = 0;

	for (uint16_t i = 0; i < sent; i++) {
		bytes += queue->tx_bytes[i];
		if (queue->tx_verdict[i] == VERDICT_NONE)
			own++;
		else
			loop_count(io->stats, queue->tx_family[i], queue->tx_verdict[i]);
	}
	stats_add(&io->stats->values[STAT_tx_packets], sent);
	stats_add(&io->stats->values[STAT_tx_bytes], bytes);
	stats_add(&io->stats->values[STAT_tx_own_packets], own);
	for (uint16_t i = sent; i < queue->tx_count; i++) {
		if (queue->tx_verdict[i] == VERDICT_NONE)
			stats_add(&io->stats->values[STAT_tx_own_dropped], 1);
		else
			loop_count(io->stats, queue->tx_family[i], VERDICT_tx_full);
	}
	if (unlikely(sent < queue->tx_count))
		rte_pktmbuf_free_bulk(queue->tx + sent, queue->tx_count - sent);
	if (unlikely(io->latency.packet != NULL))
		transmit_end_sample(&io->latency, queue, sent);
	queue->tx_count = 0;
	loop_resume(&io->stages, before);
}

static inline void
transmit_frame(
	struct io *io,
	struct io_queue *queue,
	struct rte_mbuf *mbuf,
	enum family family,
	enum verdict verdict
)
{
	uint16_t i = queue->tx_count++;

	queue->tx[i] = mbuf;
	queue->tx_bytes[i] = mbuf->data_len;
	queue->tx_verdict[i] = verdict;
	queue->tx_family[i] = family;
	if (queue->tx_count == LOOP_BURST)
		transmit_flush(io, queue);
}

static inline void
transmit_drop(struct io *io, struct rte_mbuf *mbuf, enum family family, enum verdict verdict)
{
	loop_count(io->stats, family, verdict);
	latency_cancel(&io->latency, mbuf);
	rte_pktmbuf_free(mbuf);
}
