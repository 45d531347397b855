// SPDX-License-Identifier: BSD-3-Clause
// Fast path of an io lcore: frames that are not Weir's. Without ports[].exception they end here; nothing of this file
// but a branch behind the decision to drop a frame, and one at the end of a turn, is ever reached.

#pragma once

#include "../../../lib/net/exception.h"
#include "transmit_inline.h"

// Puts a frame aside that is the kernel's, or drops it where the limit is reached. False: it is nobody's.
static __rte_noinline bool
exception_keep(
	struct io *io,
	const struct io_queue *queue,
	struct rte_mbuf *mbuf,
	const struct frame *frame,
	enum verdict verdict
)
{
	struct exception *exception = io->exception;
	uint64_t tsc = io->clock.tsc;

	if (!exception_wants(queue->host, frame, verdict))
		return false;
	if (!shares_take_upper(&exception->limit, tsc)) {
		struct shares_source source = exception_source(frame);

		if (!shares_take(&exception->limit, &source, tsc)) {
			transmit_drop(io, mbuf, frame->family, VERDICT_kernel_limited);
			return true;
		}
	}
	if (exception->aside_count == EXCEPTION_ASIDE_MAX) {
		transmit_drop(io, mbuf, frame->family, VERDICT_kernel_full);
		return true;
	}
	exception->aside[exception->aside_count++] = (struct exception_aside){
		.mbuf = mbuf,
		.port = (uint8_t)queue->port,
		.l2_len = frame->l2_len,
		.family = frame->family,
		.router_alert = frame->kind == FRAME_ICMP6 && frame->router_alert,
	};
	return true;
}

// Ends a frame that Weir does not answer: it is the kernel's, or it is dropped.
static inline void
exception_or_drop(
	struct io *io,
	const struct io_queue *queue,
	struct rte_mbuf *mbuf,
	const struct frame *frame,
	enum verdict verdict
)
{
	if (unlikely(queue->has_exception) && exception_keep(io, queue, mbuf, frame, verdict))
		return;
	transmit_drop(io, mbuf, frame->family, verdict);
}

// --- the end of a turn --------------------------------------------------------------------------

// Copies a frame into the ring to the kernel.
static inline enum verdict
exception_pass(struct frame_ring *ring, const struct exception_aside *aside)
{
	struct frame_slot *slot = frame_ring_room(ring);
	uint16_t len = aside->mbuf->data_len;

	if (slot == NULL || len > FRAME_SLOT_BYTES - EXCEPTION_ROUTER_ALERT_BYTES)
		return VERDICT_kernel_full;
	slot->port = aside->port;
	slot->len = exception_write(
		slot->bytes,
		rte_pktmbuf_mtod(aside->mbuf, const uint8_t *),
		len,
		aside->l2_len,
		aside->router_alert
	);
	frame_ring_put(ring);
	return VERDICT_kernel_passed;
}

// Sends a frame of the kernel. It takes a buffer of the port's pool, as all that a port sends does (port_setup.c), for as
// long as the card needs it. Without one the frame is lost.
static inline void
exception_send(struct io *io, const struct frame_slot *slot)
{
	struct io_queue *queue = &io->queues[io->queue_of_port[slot->port]];
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(queue->mbufs);
	char *bytes = mbuf == NULL ? NULL : rte_pktmbuf_append(mbuf, slot->len);

	if (bytes == NULL) {
		rte_pktmbuf_free(mbuf);
		stats_add(&io->stats->values[STAT_tx_own_dropped], 1);
		return;
	}
	memcpy(bytes, slot->bytes, slot->len);
	mbuf->port = queue->port;
	transmit_frame(io, queue, mbuf, FAMILY_LINK, VERDICT_NONE);
	stats_add(&io->stats->values[STAT_kernel_packets], 1);
}

// When the replies of a turn are with the ports: the frames that it put aside go to the kernel, and a few of the kernel's
// to the ports. Returns the number of the latter.
static __rte_noinline unsigned
exception_turn(struct io *io)
{
	struct exception *exception = io->exception;
	const struct frame_slot *slot;
	unsigned sent = 0;

	for (unsigned i = 0; i < exception->aside_count; i++) {
		struct exception_aside *aside = &exception->aside[i];

		transmit_drop(
			io, aside->mbuf, aside->family, exception_pass(&exception->to_kernel, aside)
		);
	}
	exception->aside_count = 0;
	while (sent < EXCEPTION_SEND_MAX
	       && (slot = frame_ring_first(&exception->from_kernel)) != NULL) {
		exception_send(io, slot);
		frame_ring_take(&exception->from_kernel);
		sent++;
	}
	for (unsigned q = 0; sent > 0 && q < io->queue_count; q++)
		if (io->queues[q].tx_count > 0)
			transmit_flush(io, &io->queues[q]);
	return sent;
}
