// SPDX-License-Identifier: BSD-3-Clause
// Fast path of an io lcore: ARP, ICMP, neighbour and multicast listener discovery, closed UDP ports. Where a port has an
// exception path, closed UDP ports are the kernel's, and so is what needs no reply.

#pragma once

#include "../../../lib/net/arp.h"
#include "../../../lib/net/icmp.h"
#include "../../../lib/net/mld.h"
#include "../../../lib/net/ndp.h"
#include "exception_inline.h"

// Ping, neighbour and multicast listener discovery. Not inlined, because they would take registers from
// the code around them.
static __rte_noinline enum verdict
host_stack_serve_icmp(struct io *io, struct io_queue *queue, struct frame *frame)
{
	const struct host *host = queue->host;
	uint64_t tsc = io->clock.tsc;
	enum verdict verdict;

	if (!icmp_is_mld_or_ndp(frame, &verdict))
		return verdict != VERDICT_NONE ? verdict
					       : icmp_receive(host, frame, &io->echo_limit, tsc);
	return mld_is_message(frame)
		? mld_receive(host, frame, &queue->notes, tsc)
		: ndp_receive(host, frame, &queue->notes, &io->neighbour_limit, tsc);
}

static inline enum verdict
host_stack_refuse(struct io *io, const struct io_queue *queue, struct frame *frame)
{
	bool refuses = io->settings->port_unreachable && !queue->has_exception;
	struct shares *limit = refuses ? &io->unreachable_limit : NULL;

	return icmp_refuse(queue->host, frame, limit, io->clock.tsc);
}

static inline void
host_stack_serve(struct io *io, struct io_queue *queue, struct rte_mbuf *mbuf, struct frame *frame)
{
	const struct host *host = queue->host;
	uint64_t tsc = io->clock.tsc;
	enum verdict verdict;

	if (frame->kind == FRAME_ARP)
		verdict = arp_receive(host, frame, &queue->notes, &io->neighbour_limit, tsc);
	else if (frame->kind == FRAME_CLOSED)
		verdict = host_stack_refuse(io, queue, frame);
	else
		verdict = host_stack_serve_icmp(io, queue, frame);
	if (verdict_infos[verdict].outcome != OUTCOME_ANSWERED) {
		exception_or_drop(io, queue, mbuf, frame, verdict);
		return;
	}
	mbuf->data_len = frame->len;
	mbuf->pkt_len = frame->len;
	mbuf->ol_flags = 0;
	transmit_frame(io, queue, mbuf, frame->family, verdict);
}
