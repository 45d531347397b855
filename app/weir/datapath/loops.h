// SPDX-License-Identifier: BSD-3-Clause
// The two loops that packets live in, and what passes between them.
//
// An io lcore owns queues and talks to the network; a worker lcore owns torrents. Between each io
// and each worker lie two rings, one a direction, single producer, single consumer. Everything in
// these structs belongs to one lcore, except what a comment gives to another.

#pragma once

#include "../../../lib/base/clock.h"
#include "../../../lib/base/rng.h"
#include "../../../lib/guard/connid.h"
#include "../../../lib/guard/shares.h"
#include "../../../lib/net/frame.h"
#include "../../../lib/net/host.h"
#include "../../../lib/stats/latency.h"
#include "../../../lib/stats/stages.h"
#include "../../../lib/swarm/shard.h"
#include "../../../lib/tracker/announce.h"
#include "../../../lib/tracker/scrape.h"
#include "../../../lib/tracker/steer.h"
#include "publisher.h"
#include "settings.h"

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include <stdbool.h>
#include <stdint.h>

enum {
	LOOP_BURST = 32, // packets handled together
	LOOP_JOBS = 64, // jobs a worker takes from a ring at once: two bursts of its shard
	LOOP_PREFETCH = 4, // packets ahead whose headers are fetched: about one memory latency
	LOOP_OUTBOX_BURST = 8, // frames of our own sent in a turn
	LOOP_SWEEP_BUDGET = 64, // torrents and peers looked at in a turn
	LOOP_OPS_MAX = LOOP_JOBS + 2 * BEP15_SCRAPE_IPV4_MAX,
	// Bytes from the frame on that every buffer must have: a request may be cut forward by
	// extension headers, and must still hold a scrape and its plan.
	LOOP_FRAME_ROOM = IPV6_EXTENSION_BYTES_MAX + 66 + SCRAPE_PAYLOAD_BYTES_MIN,
};

static_assert(LOOP_FRAME_ROOM <= RTE_MBUF_DEFAULT_DATAROOM, "a buffer must hold any request");

// What travels on a ring. Whoever took it from a ring owns the mbuf.
//
// The mbuf's own header stays in the cache of the io lcore: a worker learns all it needs from here,
// and leaves here what the header shall say. It reads and writes nothing but the frame.
struct job {
	struct rte_mbuf *mbuf;
	union {
		uint32_t hash; // request of an announce: of the info_hash, for the worker's table
		struct {
			uint16_t frame_len; // reply: bytes
			uint8_t verdict; // VERDICT_NONE: a scrape that has more workers to visit
		};
	};
	uint16_t frame_at; // bytes from the mbuf to the frame; 0: elsewhere, the mbuf says where
	uint8_t port; // DPDK's number of the port it came from
	uint8_t action : 4; // enum bep15_action
	uint8_t family : 4; // enum family
};

// One pair of queues of one port, and the frames waiting to leave through it.
struct io_queue {
	const struct host *host;
	uint16_t port;
	uint16_t queue;
	uint16_t tx_count;
	struct rte_mbuf *tx[LOOP_BURST];
	uint16_t tx_bytes[LOOP_BURST];
	uint8_t tx_verdict[LOOP_BURST]; // VERDICT_NONE: a frame of our own
	uint8_t tx_family[LOOP_BURST];
	struct host_notes notes __rte_cache_aligned; // read by the control thread
};

// One worker as an io lcore sees it.
struct io_link {
	struct rte_ring *requests; // we produce
	struct rte_ring *replies; // we consume
	unsigned staged_count;
	struct job staged[LOOP_BURST];
};

struct io {
	struct clock clock;
	const struct settings *const *published; // by the control thread
	const struct settings *settings; // of this turn
	uint32_t settings_version; // that limits and stages follow
	struct connid connid;
	const struct steer *steer;
	const uint32_t *wall_s; // Unix time, kept by the control thread
	struct stats *stats;
	struct rte_ring *outbox; // mbufs of the control thread, for the ports whose queue 0 is ours
	struct stages stages;
	struct latency latency; // of packets that came in turns that are timed
	unsigned queue_count;
	unsigned link_count;
	struct io_queue *queues; // [queue_count]
	uint8_t queue_of_port
		[RTE_MAX_ETHPORTS]; // index of `queues`, where we have one of that port
	struct io_link *links; // [link_count], by number of the worker
	struct shares echo_limit;
	struct shares neighbour_limit;
	struct shares unreachable_limit;
} __rte_cache_aligned;

// One io lcore as a worker sees it.
struct worker_link {
	struct rte_ring *requests; // we consume
	struct rte_ring *replies; // we produce
};

struct worker {
	struct clock clock;
	struct rng rng;
	struct shard *shard;
	const struct settings *const *published; // by the control thread
	const struct settings *settings; // of this turn
	uint32_t settings_version; // that stages follow
	const struct host *hosts[RTE_MAX_ETHPORTS]; // by DPDK port id
	struct stats *stats;
	struct stages stages;
	struct swarm_timing timing; // of turns that are timed
	uint8_t number;
	unsigned link_count;
	struct worker_link *links; // [link_count], by number of the io lcore
	struct shard_op ops[LOOP_OPS_MAX];
	// Put here by the thread that asks, taken out by us when it is answered; see question.h.
	struct question *question __rte_cache_aligned;
} __rte_cache_aligned;

// One turn each; they return how much they found to do (packets, jobs). Called by the owning
// lcore alone, again and again.
unsigned io_turn(struct io *io);
unsigned worker_turn(struct worker *worker);

static inline void
loop_count(struct stats *stats, enum family family, enum verdict verdict)
{
	stats_add(&stats->verdicts[family][verdict], 1);
}

// The next stage of a turn begins, with `items` to do. Returns the stage it interrupts, for those
// that go back to it by loop_resume.
static __rte_always_inline enum stage
loop_stage(struct stages *stages, enum stage next, unsigned items)
{
	if (likely(!stages->timed))
		return next;
	stages_count(stages, next, items);
	return stages_switch(stages, next, rte_rdtsc());
}

static __rte_always_inline void
loop_resume(struct stages *stages, enum stage interrupted)
{
	if (unlikely(stages->timed))
		stages_switch(stages, interrupted, rte_rdtsc());
}

// Around a turn.
static __rte_always_inline void
loop_stages_begin(struct stages *stages, enum stage first, uint64_t tsc)
{
	if (unlikely(stages_due(stages)))
		stages_start(stages, first, tsc);
}

static __rte_always_inline void
loop_stages_end(struct stages *stages, bool found_work)
{
	if (unlikely(stages->timed))
		stages_finish(stages, found_work, rte_rdtsc());
}

// Of a request in `mbuf`, not cut into segments, from `port`.
static inline struct job
loop_job(struct rte_mbuf *mbuf, uint16_t port, enum bep15_action action, enum family family)
{
	ptrdiff_t at = rte_pktmbuf_mtod(mbuf, uint8_t *) - (uint8_t *)mbuf;

	return (struct job){
		.mbuf = mbuf,
		.frame_at = at > 0 && at <= UINT16_MAX ? (uint16_t)at : 0,
		.port = (uint8_t)port,
		.action = action,
		.family = family,
	};
}

static inline uint8_t *
loop_frame(const struct job *job)
{
	if (likely(job->frame_at != 0))
		return (uint8_t *)job->mbuf + job->frame_at;
	return rte_pktmbuf_mtod(job->mbuf, uint8_t *);
}

// Makes the mbuf of a request that of its reply: a frame of `len` bytes, where it was.
static inline void
loop_finish_mbuf(struct rte_mbuf *mbuf, const struct host *host, enum family family, uint16_t len)
{
	mbuf->data_len = len;
	mbuf->pkt_len = len;
	mbuf->ol_flags = 0;
	if (!host->offload_udp_checksum && !host->offload_ip_checksum)
		return;
	mbuf->l2_len = host->l2_len;
	if (family == FAMILY_IPV4) {
		mbuf->l3_len = sizeof(struct rte_ipv4_hdr);
		mbuf->ol_flags = RTE_MBUF_F_TX_IPV4;
		if (host->offload_ip_checksum)
			mbuf->ol_flags |= RTE_MBUF_F_TX_IP_CKSUM;
	} else {
		mbuf->l3_len = sizeof(struct ipv6_header);
		mbuf->ol_flags = RTE_MBUF_F_TX_IPV6;
	}
	if (host->offload_udp_checksum)
		mbuf->ol_flags |= RTE_MBUF_F_TX_UDP_CKSUM;
}
