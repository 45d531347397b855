// SPDX-License-Identifier: BSD-3-Clause
// HOT 1: the life of a packet at the network's side. Read io_turn, at the end, first.

#include "../../../lib/bep15/reply.h"
#include "../../../lib/bep15/request.h"
#include "../../../lib/guard/connid_burst.h"
#include "../../../lib/net/arp.h"
#include "../../../lib/net/icmp.h"
#include "../../../lib/net/mld.h"
#include "../../../lib/net/ndp.h"
#include "loops.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_prefetch.h>

// --- sending: the last step of every answer -------------------------------------------------

// Ends the current latency sample if its packet was sent or dropped.
static void
note_departure(struct latency *latency, const struct io_queue *queue, uint16_t sent)
{
	uint16_t i = 0;

	while (i < queue->tx_count && queue->tx[i] != latency->packet)
		i++;
	if (i < sent)
		latency_complete(latency, queue->tx_verdict[i], rte_rdtsc());
	else if (i < queue->tx_count)
		latency_cancel(latency, queue->tx[i]);
}

// Hands waiting frames to the port. What it does not take at a second try is given up: waiting
// would stop receiving.
static void
queue_flush(struct io *io, struct io_queue *queue)
{
	enum stage before = loop_stage(&io->stages, STAGE_send, queue->tx_count);
	uint16_t sent = rte_eth_tx_burst(queue->port, queue->queue, queue->tx, queue->tx_count);
	uint64_t bytes = 0;
	uint64_t own = 0;

	if (unlikely(sent < queue->tx_count))
		sent += rte_eth_tx_burst(
			queue->port, queue->queue, queue->tx + sent, queue->tx_count - sent
		);
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
		note_departure(&io->latency, queue, sent);
	queue->tx_count = 0;
	loop_resume(&io->stages, before);
}

static void
queue_send(
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
		queue_flush(io, queue);
}

static void
drop(struct io *io, struct rte_mbuf *mbuf, enum family family, enum verdict verdict)
{
	loop_count(io->stats, family, verdict);
	latency_cancel(&io->latency, mbuf);
	rte_pktmbuf_free(mbuf);
}

// --- handing over: announces and scrapes go to the worker that owns their torrents ----------

static void
link_flush(struct io *io, struct io_link *link)
{
	enum stage before = loop_stage(&io->stages, STAGE_handover, link->staged_count);
	unsigned taken = rte_ring_sp_enqueue_burst_elem(
		link->requests, link->staged, sizeof(struct job), link->staged_count, NULL
	);

	for (unsigned i = taken; i < link->staged_count; i++)
		drop(io, link->staged[i].mbuf, link->staged[i].family, VERDICT_ring_full);
	link->staged_count = 0;
	loop_resume(&io->stages, before);
}

static void
link_stage(struct io *io, unsigned worker, const struct job *job)
{
	struct io_link *link = &io->links[worker];

	link->staged[link->staged_count++] = *job;
	if (link->staged_count == LOOP_BURST)
		link_flush(io, link);
}

// --- the tracker's part: connects are answered here, what is proved goes to a worker ------------

struct request {
	struct rte_mbuf *mbuf;
	void *payload;
	uint16_t len; // of the payload
	uint8_t family; // enum family
	uint8_t action; // enum bep15_action
	uint8_t place; // of its id, among those of its family
};

// A reply whose payload is written.
struct answer {
	struct rte_mbuf *mbuf;
	uint16_t len; // of the payload
	uint8_t family;
	uint8_t verdict;
};

// The requests of a burst, on their way through the phases of a turn side by side.
struct requests {
	struct request all[LOOP_BURST];
	unsigned count;
	struct connid_burst ids; // by family and place
	struct answer answers[LOOP_BURST]; // those that we answer
	unsigned answer_count;
	const struct request *proved[LOOP_BURST]; // those that a worker answers
	struct steer_burst torrents; // proved[i]'s
};

static const uint8_t *
source_address(const struct frame *frame)
{
	return (const uint8_t *)frame_l3(frame)
		+ (frame->family == FAMILY_IPV4 ? offsetof(struct rte_ipv4_hdr, src_addr)
						: offsetof(struct ipv6_header, src_addr));
}

// Takes a request up that looks like one, with the id to be made for it: a new one for a connect,
// for others the one they must have shown.
static void
take_request(
	struct io *io,
	struct rte_mbuf *mbuf,
	const struct frame *frame,
	struct requests *requests
)
{
	struct bep15_request *payload = RTE_PTR_ADD(frame_l4(frame), sizeof(struct rte_udp_hdr));
	uint16_t len = frame->l4_len - sizeof(struct rte_udp_hdr);
	enum bep15_action action;
	enum verdict verdict = request_check(payload, len, frame->family, &action);
	unsigned place;

	if (unlikely(verdict != VERDICT_NONE)) {
		drop(io, mbuf, frame->family, verdict);
		return;
	}
	if (action == BEP15_CONNECT)
		place = connid_burst_add_new(
			&io->connid, &requests->ids, frame->family, source_address(frame)
		);
	else
		place = connid_burst_add_shown(
			&io->connid,
			&requests->ids,
			*(const uint8_t *)&payload->connection_id,
			frame->family,
			source_address(frame)
		);
	requests->all[requests->count++] = (struct request){
		.mbuf = mbuf,
		.payload = payload,
		.len = len,
		.family = frame->family,
		.action = (uint8_t)action,
		.place = (uint8_t)place,
	};
}

// The headers follow when all payloads of the burst are written: see finish_answers.
static void
answer(struct requests *requests, const struct request *request, enum verdict verdict, uint16_t len)
{
	requests->answers[requests->answer_count++] = (struct answer){
		.mbuf = request->mbuf,
		.len = len,
		.family = request->family,
		.verdict = (uint8_t)verdict,
	};
}

// A request from a proved address waits until the hashes of all torrents of the burst are worked
// out: of a scrape, that of its first.
static void
route(const struct request *request, struct requests *requests)
{
	const struct bep15_announce *announce = request->payload;

	if (unlikely(request->action == BEP15_ANNOUNCE && announce->port == 0)) {
		uint16_t len = reply_error(request->payload, REPLY_ERROR_PORT_ZERO);

		answer(requests, request, VERDICT_announce_port_zero, len);
		return;
	}
	requests->proved[requests->torrents.count] = request;
	steer_burst_add(&requests->torrents, announce->info_hash);
}

// To a sender that has not proved its address, but lives in the /64 of one that did: it asks for no
// more peers than fit into as many bytes as it sent. A reply to a scrape is always shorter.
static void
bound_reply(struct io *io, const struct request *request)
{
	struct bep15_announce *announce = request->payload;

	stats_add(&io->stats->values[STAT_id_shared], 1);
	if (request->action == BEP15_ANNOUNCE)
		announce->num_want =
			request_num_want_within(announce->num_want, request->len, request->family);
}

// What the sender of a request has proved decides what becomes of it.
static void
judge(struct io *io, struct requests *requests, const struct request *request)
{
	struct bep15_request *payload = request->payload;
	enum family family = request->family;

	if (request->action == BEP15_CONNECT) {
		uint64_t id = connid_burst_id(&requests->ids, family, request->place);

		answer(requests, request, VERDICT_connect, reply_connect(payload, id));
		return;
	}
	uint64_t id = rte_be_to_cpu_64(payload->connection_id);

	enum connid_proof proof =
		connid_burst_verify(&io->connid, &requests->ids, family, request->place, id);

	if (likely(proof == CONNID_PROVED)) {
		route(request, requests);
	} else if (proof == CONNID_SHARED) {
		bound_reply(io, request);
		route(request, requests);
	} else if (proof == CONNID_EXPIRED) {
		uint16_t len = reply_error(payload, REPLY_ERROR_ID_EXPIRED);

		answer(requests, request, VERDICT_id_expired, len);
	} else {
		drop(io, request->mbuf, family, VERDICT_id_forged);
	}
}

static void
finish_answers(struct io *io, struct io_queue *queue, const struct requests *requests)
{
	for (unsigned i = 0; i < requests->answer_count; i++) {
		const struct answer *answer = &requests->answers[i];

		uint8_t *frame = rte_pktmbuf_mtod(answer->mbuf, uint8_t *);
		uint16_t len = frame_reply_udp(queue->host, frame, answer->family, answer->len);

		loop_finish_mbuf(answer->mbuf, queue->host, answer->family, len);
		queue_send(io, queue, answer->mbuf, answer->family, answer->verdict);
	}
}

// To the owner of the torrent; a scrape to the first of its owners.
static void
hand_over(struct io *io, const struct io_queue *queue, const struct requests *requests, unsigned i)
{
	const struct request *request = requests->proved[i];
	uint64_t hash = steer_burst_hash(&requests->torrents, i);
	unsigned worker = steer_worker(io->steer, hash);
	struct job job = loop_job(request->mbuf, queue->port, request->action, request->family);

	job.hash = (uint32_t)hash;
	if (request->action == BEP15_SCRAPE) {
		const uint16_t *max_rows = io->settings->ports[queue->port].scrape_rows;

		scrape_plan(io->steer, request->payload, request->len, max_rows[request->family]);
		worker = scrape_next(request->payload);
	}
	link_stage(io, worker, &job);
}

// --- the host stack in the card's place -------------------------------------------------------

// Ping, neighbour and multicast listener discovery. Not inlined: together they would take the
// registers of all around them.
static __rte_noinline enum verdict
serve_icmp(struct io *io, struct io_queue *queue, struct frame *frame)
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

static enum verdict
refuse_datagram(struct io *io, const struct host *host, struct frame *frame)
{
	struct shares *limit = io->settings->port_unreachable ? &io->unreachable_limit : NULL;

	return icmp_refuse(host, frame, limit, io->clock.tsc);
}

static void
serve_host(struct io *io, struct io_queue *queue, struct rte_mbuf *mbuf, struct frame *frame)
{
	const struct host *host = queue->host;
	uint64_t tsc = io->clock.tsc;
	enum verdict verdict;

	if (frame->kind == FRAME_ARP)
		verdict = arp_receive(host, frame, &queue->notes, &io->neighbour_limit, tsc);
	else if (frame->kind == FRAME_CLOSED)
		verdict = refuse_datagram(io, host, frame);
	else
		verdict = serve_icmp(io, queue, frame);
	if (verdict_infos[verdict].outcome != OUTCOME_ANSWERED) {
		drop(io, mbuf, frame->family, verdict);
		return;
	}
	mbuf->data_len = frame->len;
	mbuf->pkt_len = frame->len;
	mbuf->ol_flags = 0;
	queue_send(io, queue, mbuf, frame->family, verdict);
}

// --- receiving --------------------------------------------------------------------------------

// What the card says of the checksums of a frame, by the bits it says it with.
#define RX_CHECKSUM_AT(ip, l4) ((RTE_MBUF_F_RX_IP_CKSUM_##ip | RTE_MBUF_F_RX_L4_CKSUM_##l4) >> 3)
#define RX_CHECKSUM_OF_IP(ip, flags)                                                               \
	[RX_CHECKSUM_AT(ip, UNKNOWN)] = (flags),                                                   \
			    [RX_CHECKSUM_AT(ip, GOOD)] = (flags) | FRAME_RX_UDP_GOOD,              \
			    [RX_CHECKSUM_AT(ip, BAD)] = (flags) | FRAME_RX_UDP_BAD,                \
			    [RX_CHECKSUM_AT(ip, NONE)] = (flags) | FRAME_RX_UDP_GOOD

// L4 NONE: the data are good and the field unfinished, as virtio says of a neighbour's frames.
static const uint8_t rx_checksums[] = {
	RX_CHECKSUM_OF_IP(UNKNOWN, 0),
	RX_CHECKSUM_OF_IP(GOOD, FRAME_RX_IP_GOOD),
	RX_CHECKSUM_OF_IP(BAD, FRAME_RX_IP_BAD),
	RX_CHECKSUM_OF_IP(NONE, 0),
};

enum { RX_CHECKSUM_MASK = RX_CHECKSUM_AT(MASK, MASK) };

static_assert(RTE_DIM(rx_checksums) == RX_CHECKSUM_MASK + 1, "no flag lies outside of the table");

static uint8_t
rx_checksum_flags(const struct rte_mbuf *mbuf)
{
	return rx_checksums[mbuf->ol_flags >> 3 & RX_CHECKSUM_MASK];
}

// What the frame is; it lies in `mbuf`, whose data follow where parsing cut the front off.
static enum verdict
parse(const struct io_queue *queue, struct rte_mbuf *mbuf, struct frame *frame)
{
	uint8_t *bytes = rte_pktmbuf_mtod(mbuf, uint8_t *);

	frame->family = FAMILY_LINK;
	if (unlikely(mbuf->nb_segs > 1 || mbuf->buf_len - mbuf->data_off < LOOP_FRAME_ROOM))
		return VERDICT_frame_segmented;
	frame->bytes = bytes;
	frame->len = mbuf->data_len;
	frame->rx_checksum = rx_checksum_flags(mbuf);
	enum verdict verdict = frame_parse(queue->host, frame);

	if (unlikely(frame->bytes != bytes))
		rte_pktmbuf_adj(mbuf, (uint16_t)(frame->bytes - bytes));
	return verdict;
}

// Drops what is nothing, answers what is for the host, takes up what is for the tracker.
static void
sort_frame(struct io *io, struct io_queue *queue, struct rte_mbuf *mbuf, struct requests *requests)
{
	struct frame frame;
	enum verdict verdict = parse(queue, mbuf, &frame);

	if (unlikely(verdict != VERDICT_NONE))
		drop(io, mbuf, frame.family, verdict);
	else if (likely(frame.kind == FRAME_UDP))
		take_request(io, mbuf, &frame, requests);
	else
		serve_host(io, queue, mbuf, &frame);
}

// A burst comes in and goes through phase after phase, all of it: what is it, who has proved its
// address, whose torrent is it.
static unsigned
receive(struct io *io, struct io_queue *queue)
{
	struct rte_mbuf *mbufs[LOOP_BURST];
	struct requests requests;
	uint64_t bytes = 0;
	uint16_t count = rte_eth_rx_burst(queue->port, queue->queue, mbufs, LOOP_BURST);

	if (count == 0)
		return 0;
	stages_count(&io->stages, STAGE_receive, count);
	loop_stage(&io->stages, STAGE_parse, count);
	if (unlikely(io->stages.timed)) // any of them: the first waits longest for the others
		latency_start(&io->latency, mbufs[io->clock.tsc % count], io->stages.since);
	requests.count = 0;
	connid_burst_start(&requests.ids);
	requests.answer_count = 0;
	requests.torrents.count = 0;
	for (uint16_t i = 0; i < RTE_MIN(count, LOOP_PREFETCH); i++)
		rte_prefetch0(rte_pktmbuf_mtod(mbufs[i], void *));
	for (uint16_t i = 0; i < count; i++) {
		if (i + LOOP_PREFETCH < count)
			rte_prefetch0(rte_pktmbuf_mtod(mbufs[i + LOOP_PREFETCH], void *));
		bytes += mbufs[i]->pkt_len;
		sort_frame(io, queue, mbufs[i], &requests);
	}
	loop_stage(&io->stages, STAGE_verify, requests.count);
	connid_burst_compute(&io->connid, &requests.ids);
	loop_stage(&io->stages, STAGE_answer, requests.count);
	for (unsigned i = 0; i < requests.count; i++)
		judge(io, &requests, &requests.all[i]);
	finish_answers(io, queue, &requests);
	loop_stage(&io->stages, STAGE_steer, requests.torrents.count);
	steer_burst_compute(io->steer, &requests.torrents);
	for (unsigned i = 0; i < requests.torrents.count; i++)
		hand_over(io, queue, &requests, i);
	stats_add(&io->stats->values[STAT_rx_packets], count);
	stats_add(&io->stats->values[STAT_rx_bytes], bytes);
	return count;
}

// --- what comes back, and what we send unasked ------------------------------------------------

// Replies go out; a scrape that has seen one worker goes on to the next.
static unsigned
collect(struct io *io, struct io_link *link)
{
	struct job jobs[LOOP_BURST];
	unsigned count = rte_ring_sc_dequeue_burst_elem(
		link->replies, jobs, sizeof(struct job), LOOP_BURST, NULL
	);

	stages_count(&io->stages, STAGE_collect, count);
	for (unsigned i = 0; i < count; i++)
		rte_prefetch0(jobs[i].mbuf);
	for (unsigned i = 0; i < count; i++) {
		struct job *job = &jobs[i];
		struct io_queue *queue = &io->queues[io->queue_of_port[job->port]];

		if (likely(job->verdict != VERDICT_NONE)) {
			loop_finish_mbuf(job->mbuf, queue->host, job->family, job->frame_len);
			queue_send(io, queue, job->mbuf, job->family, job->verdict);
			continue;
		}
		unsigned at = frame_udp_payload_at(queue->host, job->family);

		link_stage(io, scrape_next(loop_frame(job) + at), job);
	}
	return count;
}

// As much as the queues of a turn can have given a worker, so that nothing piles up.
static unsigned
collect_all(struct io *io, struct io_link *link)
{
	unsigned total = 0;
	unsigned count = LOOP_BURST;

	for (unsigned q = 0; q < io->queue_count && count == LOOP_BURST; q++) {
		count = collect(io, link);
		total += count;
	}
	return total;
}

static unsigned
send_own(struct io *io)
{
	struct rte_mbuf *mbufs[LOOP_OUTBOX_BURST];
	unsigned count =
		rte_ring_sc_dequeue_burst(io->outbox, (void **)mbufs, LOOP_OUTBOX_BURST, NULL);

	for (unsigned i = 0; i < count; i++)
		queue_send(
			io,
			&io->queues[io->queue_of_port[mbufs[i]->port]],
			mbufs[i],
			FAMILY_LINK,
			VERDICT_NONE
		);
	return count;
}

// Changes a rate, where it is another one.
static void
follow_rate(struct shares *shares, uint32_t rate, uint32_t burst, uint64_t hz)
{
	if (shares->rate != rate)
		shares_set_rate(shares, rate, burst, hz);
}

// Another settings object was published: limits and stages follow it from this turn on.
static __rte_noinline void
follow_settings(struct io *io)
{
	const struct settings *settings = io->settings;
	uint32_t echo = settings->echo_rate, neighbour = settings->neighbour_rate;
	uint64_t hz = io->clock.hz;

	follow_rate(&io->echo_limit, echo, echo / 10 + 1, hz);
	follow_rate(&io->neighbour_limit, neighbour, neighbour / 10 + 1, hz);
	follow_rate(
		&io->unreachable_limit, settings->unreachable_rate, settings->unreachable_rate, hz
	);
	stages_set_every(&io->stages, settings->stage_turns);
	io->settings_version = settings->version;
}

// The settings of this turn.
static void
take_settings(struct io *io)
{
	io->settings = publisher_read(io->published);
	if (unlikely(io->settings->version != io->settings_version))
		follow_settings(io);
}

// One turn: receive and answer or hand over; collect answers; send. Each packet that came in
// leaves with one verdict, in this turn or, through a worker, in a later one.
unsigned
io_turn(struct io *io)
{
	unsigned work = 0;

	clock_tick(&io->clock, rte_rdtsc());
	take_settings(io);
	loop_stages_begin(&io->stages, STAGE_receive, io->clock.tsc);
	connid_refresh(&io->connid, __atomic_load_n(io->wall_s, __ATOMIC_RELAXED));
	for (unsigned q = 0; q < io->queue_count; q++) {
		loop_stage(&io->stages, STAGE_receive, 0);
		work += receive(io, &io->queues[q]);
	}
	loop_stage(&io->stages, STAGE_collect, 0);
	for (unsigned w = 0; w < io->link_count; w++)
		work += collect_all(io, &io->links[w]);
	work += send_own(io);
	for (unsigned w = 0; w < io->link_count; w++)
		if (io->links[w].staged_count > 0)
			link_flush(io, &io->links[w]);
	for (unsigned q = 0; q < io->queue_count; q++)
		if (io->queues[q].tx_count > 0)
			queue_flush(io, &io->queues[q]);
	stats_add(&io->stats->values[STAT_io_turns], 1);
	if (work == 0)
		stats_add(&io->stats->values[STAT_io_turns_empty], 1);
	loop_stages_end(&io->stages, work > 0);
	return work;
}
