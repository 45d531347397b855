// SPDX-License-Identifier: BSD-3-Clause
// Fast path of an io lcore. Start reading at io_turn(), at the end.

#include "../../../lib/net/udp_partial.h"
#include "denied_source_inline.h"
#include "host_stack_inline.h"
#include "io_follow_inline.h"
#include "received_inline.h"
#include "request_admit_inline.h"

#include <rte_prefetch.h>

// --- receiving --------------------------------------------------------------------------------

// Drops invalid frames and those of denied sources, or puts them aside for the kernel, hands ARP, ICMP, NDP and MLD to the
// host stack, and accepts tracker requests.
static void
classify_frame(
	struct io *io,
	struct io_queue *queue,
	struct rte_mbuf *mbuf,
	struct requests *requests
)
{
	struct frame frame;
	enum verdict verdict = received_parse(queue, mbuf, &frame);

	if (unlikely(verdict != VERDICT_NONE)
	    && (verdict != VERDICT_udp_checksum
		|| (verdict = udp_partial_accept(queue->host, &frame)) != VERDICT_NONE))
		exception_or_drop(io, queue, mbuf, &frame, verdict);
	else if (denied_source(io, &frame))
		transmit_drop(io, mbuf, frame.family, VERDICT_source_denied);
	else if (likely(frame.kind == FRAME_UDP))
		request_accept(io, mbuf, &frame, requests);
	else
		host_stack_serve(io, queue, mbuf, &frame);
}

// Classifies all frames of a burst, with prefetching.
static void
classify(
	struct io *io,
	struct io_queue *queue,
	struct rte_mbuf **mbufs,
	uint16_t count,
	struct requests *requests
)
{
	uint64_t bytes = 0;

	for (uint16_t i = 0; i < RTE_MIN(count, LOOP_PREFETCH); i++)
		rte_prefetch0(rte_pktmbuf_mtod(mbufs[i], void *));
	for (uint16_t i = 0; i < count; i++) {
		if (i + LOOP_PREFETCH < count)
			rte_prefetch0(rte_pktmbuf_mtod(mbufs[i + LOOP_PREFETCH], void *));
		bytes += mbufs[i]->pkt_len;
		classify_frame(io, queue, mbufs[i], requests);
	}
	stats_add(&io->stats->values[STAT_rx_packets], count);
	stats_add(&io->stats->values[STAT_rx_bytes], bytes);
}

// Receives a burst and takes it through the phases: classify frames, limit sources, verify connection ids,
// find the workers that own the torrents, admit requests and hand them over. Any phase may reply to a request
// or drop it; replies are finished together, at the end.
static unsigned
receive(struct io *io, struct io_queue *queue)
{
	struct rte_mbuf *mbufs[LOOP_BURST];
	struct requests requests;
	struct own_jobs *own = io->own;

	if (unlikely(queue->unplugged))
		return 0;
	uint16_t count = rte_eth_rx_burst(queue->port, queue->queue, mbufs, LOOP_BURST);

	if (count == 0)
		return 0;
	if (count == LOOP_BURST)
		pressure_note_burst(&io->pressure);
	stages_count(&io->stages, STAGE_receive, count);
	loop_stage(&io->stages, STAGE_parse, count);
	if (unlikely(io->stages.timed)) // a random packet: the first one waits longest
		latency_start(&io->latency, mbufs[io->clock.tsc % count], io->stages.since);
	requests_start(&requests);
	classify(io, queue, mbufs, count, &requests);
	if (io->budget != NULL)
		requests_limit(io, &requests);
	loop_stage(&io->stages, STAGE_verify, requests.count);
	connid_burst_compute(&io->connid, &requests.ids);
	loop_stage(&io->stages, STAGE_answer, requests.count);
	for (unsigned i = 0; i < requests.count; i++)
		request_check_id(io, queue, &requests, i);
	loop_stage(&io->stages, STAGE_steer, requests.torrents.count);
	steer_burst_compute(io->steer, &requests.torrents);
	if (unlikely(io->lists.auth_keys != NULL))
		requests_look_keys(io, &requests);
	for (unsigned i = 0; i < requests.torrents.count; i++)
		if (likely(request_admit(io, queue, &requests, i)))
			request_hand_over(
				io,
				own,
				queue,
				requests.proved[i],
				steer_burst_hash(&requests.torrents, i)
			);
	loop_resume(&io->stages, STAGE_answer);
	requests_finish(io, queue, &requests);
	return count;
}

// --- sending ----------------------------------------------------------------------------------

// Sends replies. A scrape that needs more workers is handed over to the next.
static void
send_replies(struct io *io, struct job *jobs, unsigned count)
{
	stages_count(&io->stages, STAGE_collect, count);
	for (unsigned i = 0; i < count; i++)
		rte_prefetch0(jobs[i].mbuf);
	for (unsigned i = 0; i < count; i++) {
		struct job *job = &jobs[i];
		struct io_queue *queue = &io->queues[io->queue_of_port[job->port]];

		if (likely(job->verdict != VERDICT_NONE)) {
			loop_finish_mbuf(job->mbuf, queue->host, job->family, job->frame_len);
			transmit_frame(io, queue, job->mbuf, job->family, job->verdict);
			continue;
		}
		unsigned at = frame_udp_payload_at(queue->host, job->family);

		handover_put(io, scrape_next(loop_frame(job) + at), job);
	}
}

// Takes replies of all workers and sends them together: up to one burst of each worker for each queue, because a turn
// may have handed over that many requests. Workers that have nothing of this lcore are not looked at.
static unsigned
collect(struct io *io)
{
	struct job jobs[LOOP_BURST];
	unsigned count = 0;
	unsigned total = 0;

	for (uint64_t links = io->waiting; links != 0; links &= links - 1)
		ring_prefetch_reply(&io->links[__builtin_ctzll(links)]);
	for (uint64_t links = io->waiting; links != 0; links &= links - 1) {
		struct ring_requester *link = &io->links[__builtin_ctzll(links)];
		unsigned left = LOOP_BURST * io->queue_count;

		while (left > 0) {
			unsigned room = RTE_MIN(left, LOOP_BURST - count);
			unsigned taken = ring_take_replies(link, &jobs[count], room);

			left -= taken;
			count += taken;
			total += taken;
			if (count < LOOP_BURST)
				break;
			send_replies(io, jobs, count);
			count = 0;
		}
		if (!ring_waits(link))
			io->waiting ^= links & -links;
	}
	if (count > 0)
		send_replies(io, jobs, count);
	return total;
}

// Sends the replies of this lcore's own worker.
static __rte_noinline unsigned
collect_own(struct io *io)
{
	unsigned served = io->own->served;

	send_replies(io, io->own->jobs, served);
	io->own->count -= served;
	io->own->served = 0;
	return served;
}

// Sends frames of the control thread.
static unsigned
send_outbox(struct io *io)
{
	struct rte_mbuf *mbufs[LOOP_OUTBOX_BURST];
	unsigned count =
		rte_ring_sc_dequeue_burst(io->outbox, (void **)mbufs, LOOP_OUTBOX_BURST, NULL);

	for (unsigned i = 0; i < count; i++)
		transmit_frame(
			io,
			&io->queues[io->queue_of_port[mbufs[i]->port]],
			mbufs[i],
			FAMILY_LINK,
			VERDICT_NONE
		);
	return count;
}

// --- the turn ---------------------------------------------------------------------------------

// One turn: collect replies, which makes room in the rings; receive, reply or hand over; send. Every received packet
// ends in one verdict, in this turn or, after its worker, in a later one.
unsigned
io_turn(struct io *io)
{
	unsigned work = 0;

	clock_tick(&io->clock, rte_rdtsc());
	take_settings(io);
	loop_stages_begin(&io->stages, STAGE_collect, io->clock.tsc);
	connid_refresh(&io->connid, __atomic_load_n(io->wall_s, __ATOMIC_RELAXED));
	if (unlikely(io->own != NULL))
		work += collect_own(io);
	work += collect(io);
	for (unsigned q = 0; q < io->queue_count; q++) {
		loop_stage(&io->stages, STAGE_receive, 0);
		work += receive(io, &io->queues[q]);
	}
	work += send_outbox(io);
	handover_show(io);
	for (unsigned q = 0; q < io->queue_count; q++)
		if (io->queues[q].tx_count > 0)
			transmit_flush(io, &io->queues[q]);
	if (unlikely(io->exception != NULL))
		work += exception_turn(io);
	if (io->sheds)
		limits_turn(io);
	stats_add(&io->stats->values[STAT_io_turns], 1);
	if (work == 0)
		stats_add(&io->stats->values[STAT_io_turns_empty], 1);
	loop_stages_end(&io->stages, work > 0);
	return work;
}
