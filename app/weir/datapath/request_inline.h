// SPDX-License-Identifier: BSD-3-Clause
// Fast path of an io lcore: the tracker requests of a burst, which go through the phases of receive()
// together. Any phase before the last may reply to a request or drop it.

#pragma once

#include "../../../lib/bep15/reply.h"
#include "../../../lib/bep15/request.h"
#include "handover_inline.h"
#include "request_limit_inline.h"

// Checks a datagram and adds it to the requests. With limits by source, requests_limit adds its connection id.
static inline void
request_accept(
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

	if (unlikely(verdict != VERDICT_NONE)) {
		transmit_drop(io, mbuf, frame->family, verdict);
		return;
	}
	unsigned i = requests->count++;
	struct request *request = &requests->all[i];

	*request = (struct request){
		.mbuf = mbuf,
		.payload = payload,
		.len = len,
		.family = frame->family,
		.action = (uint8_t)action,
		.verdict = VERDICT_NONE,
	};
	if (io->budget == NULL) {
		request_add_id(io, requests, request);
		return;
	}
	budget_source_of(
		io->budget, frame->family, request_address(request), &requests->sources[i]
	);
	budget_prefetch(io->budget, &requests->sources[i], action == BEP15_CONNECT);
}

// Notes that the payload of a reply, `len` bytes, is in the mbuf. requests_finish adds the headers.
static inline void
request_reply(
	struct requests *requests,
	struct request *request,
	enum verdict verdict,
	uint16_t len
)
{
	requests->reply_count++;
	request->verdict = (uint8_t)verdict;
	request->reply_len = len;
}

// The connection id belongs to another address of the sender's /64, so the sender's own address is not
// proved: the reply to an announce must not be longer than the announce. A reply to a scrape is always
// shorter than the scrape.
static inline void
request_bound_reply(struct io *io, const struct request *request)
{
	struct bep15_announce *announce = request->payload;

	stats_add(&io->stats->values[STAT_id_shared], 1);
	if (request->action == BEP15_ANNOUNCE)
		announce->num_want =
			request_num_want_within(announce->num_want, request->len, request->family);
}

// Adds a request with a good connection id to those whose torrents are hashed together.
static inline void
request_prove(struct requests *requests, struct request *request)
{
	const struct bep15_announce *announce = request->payload;

	requests->proved[requests->torrents.count] = request;
	steer_burst_add(&requests->torrents, announce->info_hash);
}

// Request `i`: replies to a connect; verifies the connection id of others and charges their sources.
static inline void
request_check_id(struct io *io, const struct io_queue *queue, struct requests *requests, unsigned i)
{
	struct request *request = &requests->all[i];
	struct bep15_request *payload = request->payload;
	enum family family = request->family;

	if (request->action == BEP15_CONNECT) {
		uint64_t id = connid_burst_id(&requests->ids, family, request->place);

		request_reply(requests, request, VERDICT_connect, reply_connect(payload, id));
		return;
	}
	uint64_t id = rte_be_to_cpu_64(payload->connection_id);

	enum connid_proof proof =
		connid_burst_verify(&io->connid, &requests->ids, family, request->place, id);

	if (unlikely(proof == CONNID_SHARED))
		request_bound_reply(io, request);
	if (io->budget != NULL && proof != CONNID_FORGED
	    && !request_charge(io, queue, request, &requests->sources[i], proof)) {
		transmit_drop(io, request->mbuf, family, VERDICT_source_limited);
	} else if (likely(proof >= CONNID_SHARED)) {
		request_prove(requests, request);
	} else if (proof == CONNID_EXPIRED) {
		uint16_t len = reply_error(payload, REPLY_ERROR_ID_EXPIRED);

		request_reply(requests, request, VERDICT_id_expired, len);
	} else {
		transmit_drop(io, request->mbuf, family, VERDICT_id_forged);
	}
}

// Hands a request over to the owner of its torrent, a scrape to the first of its owners. `own`: of the io lcore.
static inline void
request_hand_over(
	struct io *io,
	struct own_jobs *own,
	const struct io_queue *queue,
	const struct request *request,
	uint64_t hash
)
{
	unsigned worker = steer_worker(io->steer, hash);
	struct job job = loop_job_hashed(
		request->mbuf, queue->port, request->action, request->family, (uint32_t)hash
	);

	if (request->action == BEP15_SCRAPE) {
		const uint16_t *max_rows = io->settings->ports[queue->port].scrape_rows;

		scrape_plan(io->steer, request->payload, request->len, max_rows[request->family]);
		worker = scrape_next(request->payload);
	}
	if (unlikely(own != NULL) && handover_keep(own, worker, &job))
		return;
	handover_put(io, worker, &job);
}

// Sends the replies of this lcore, in the order of the requests. Headers are written here, together, when
// the payloads have reached the cache.
static inline void
requests_finish(struct io *io, struct io_queue *queue, const struct requests *requests)
{
	if (requests->reply_count == 0)
		return;
	for (unsigned i = 0; i < requests->count; i++) {
		const struct request *request = &requests->all[i];

		if (request->verdict == VERDICT_NONE)
			continue;
		uint8_t *frame = rte_pktmbuf_mtod(request->mbuf, uint8_t *);
		uint16_t len =
			frame_reply_udp(queue->host, frame, request->family, request->reply_len);

		loop_finish_mbuf(request->mbuf, queue->host, request->family, len);
		transmit_frame(io, queue, request->mbuf, request->family, request->verdict);
	}
}
