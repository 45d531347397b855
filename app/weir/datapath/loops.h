// SPDX-License-Identifier: BSD-3-Clause
// The two loops of the fast path, and what passes between them.
//
// An io lcore owns queues, a worker lcore owns torrents. Each pair of them has a ring of jobs that go there and come
// back: the io lcore is its requester, the worker its responder. A struct belongs to one lcore, except for members
// whose comments name another reader or writer.

#pragma once

#include "../../../lib/access/auth_keys.h"
#include "../../../lib/access/client_list.h"
#include "../../../lib/access/networks.h"
#include "../../../lib/base/clock.h"
#include "../../../lib/base/ring_requester.h"
#include "../../../lib/base/ring_responder.h"
#include "../../../lib/base/rng.h"
#include "../../../lib/guard/budget_charge.h"
#include "../../../lib/guard/connid.h"
#include "../../../lib/guard/pressure.h"
#include "../../../lib/guard/shares.h"
#include "../../../lib/net/frame.h"
#include "../../../lib/net/host.h"
#include "../../../lib/stats/latency.h"
#include "../../../lib/stats/stages.h"
#include "../../../lib/swarm/shard.h"
#include "../../../lib/tracker/announce.h"
#include "../../../lib/tracker/scrape.h"
#include "../../../lib/tracker/steer.h"
#include "exception.h"
#include "publisher.h"
#include "settings.h"

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include <stdbool.h>
#include <stdint.h>

enum {
	LOOP_BURST = 32, // packets processed together
	LOOP_JOBS = 64, // jobs that a worker dequeues at once: two bursts of its shard
	LOOP_PREFETCH = 4, // packets to prefetch ahead: about one memory latency
	LOOP_LINKS_MAX = 64, // of an lcore
	LOOP_OUTBOX_BURST = 8, // frames of the control thread that a turn sends
	LOOP_OWN_JOBS = 256, // a burst of each of eight ports
	LOOP_SWEEP_BUDGET = 64, // torrents and peers that a turn checks for expiry
	// Torrents without peers that a turn removes, at most as many as a turn can leave behind: its sweep
	// empties one for each visit, its jobs one for each two, because a peer first has to be added.
	LOOP_TRIM_BUDGET = LOOP_SWEEP_BUDGET,
	LOOP_TRIM_BUDGET_PER_LINK = LOOP_JOBS / 2,
	LOOP_PURGE_BUDGET = 64, // torrents and peers that a turn visits for a purge
	LOOP_OPS_MAX = LOOP_JOBS + 2 * BEP15_SCRAPE_IPV4_MAX,
	// Minimum bytes from the start of the frame to the end of an mbuf: after extension headers are
	// removed, a scrape and its plan must still fit.
	LOOP_FRAME_ROOM = IPV6_EXTENSION_BYTES_MAX + 66 + SCRAPE_PAYLOAD_BYTES_MIN,
};

static_assert(LOOP_FRAME_ROOM <= RTE_MBUF_DEFAULT_DATAROOM, "an mbuf must hold any request");

// Element of a ring. The lcore that dequeues a job owns its mbuf.
//
// The header of the mbuf stays in the cache of the io lcore: a worker reads and writes only the frame. It
// learns everything else from the job, and returns the length of the reply in it.
struct job {
	struct rte_mbuf *mbuf;
	union {
		uint32_t hash; // announce request: hash of the info_hash
		struct {
			uint16_t frame_len; // reply: bytes
			uint8_t verdict; // reply; VERDICT_NONE: a scrape for the next worker
		};
	};
	uint16_t frame_at; // bytes from the mbuf to the frame; 0: too far, read the mbuf
	uint8_t port; // DPDK port id, where the request came from
	uint8_t action : 4; // enum bep15_action
	uint8_t family : 4; // enum family
};

static_assert(sizeof(struct job) == RING_ELEMENT_BYTES, "a job is an element of a ring");
static_assert(offsetof(struct job, mbuf) == 0, "a ring marks the pointer");

// Jobs of an lcore with both roles for its own worker, which need no ring: the NIC brought them here because this lcore
// owns their torrents. The roles take turns: the worker serves all, then the io role sends all.
struct own_jobs {
	unsigned worker; // its number
	unsigned count;
	unsigned served; // 0, or all
	struct job jobs[LOOP_OWN_JOBS];
};

// One RX and TX queue pair of a port, and the frames that wait for transmission.
struct io_queue {
	const struct host *host;
	uint16_t port;
	uint16_t queue;
	uint16_t tx_count;
	uint8_t rx_checksum_mask; // of results of checksum offload, rx_checksum_inline.h
	bool unplugged; // nothing is received, and what is to be sent is dropped
	bool has_exception; // what is not Weir's goes to the kernel; written before lcores start
	struct rte_mbuf *tx[LOOP_BURST];
	uint16_t tx_bytes[LOOP_BURST];
	uint8_t tx_verdict[LOOP_BURST]; // VERDICT_NONE: a frame of the control thread
	uint8_t tx_family[LOOP_BURST];
	struct host_notes notes __rte_cache_aligned; // read by the control thread
	struct rte_mempool
		*mbufs; // of the port, for frames of the kernel; NULL without an exception path
};

// Lists that io lcores read. NULL: it is off.
struct io_lists {
	const struct networks *denied_sources;
	const struct client_list *clients;
	const struct auth_keys *auth_keys;
	bool judge_requests; // clients or auth_keys
};

// Where they are published.
struct io_lists_published {
	const struct networks *const *denied_sources;
	const struct client_list *const *clients;
	const struct auth_keys *const *auth_keys;
};

struct io {
	struct clock clock;
	const struct settings *const *published; // by the control thread
	const struct settings *settings; // of this turn
	uint32_t settings_version; // of limits, keys of connection ids and stages
	struct io_lists_published lists_published; // by the control thread
	struct io_lists lists; // of this turn
	struct budget *budget; // NULL: there are no limits by source
	struct connid connid;
	const struct steer *steer;
	const uint32_t *wall_s; // Unix time, written by the control thread
	struct stats *stats;
	struct rte_ring *outbox; // frames (mbufs) that the control thread wants to send
	struct stages stages;
	struct latency latency; // sampled in timed turns
	unsigned queue_count;
	unsigned link_count;
	struct io_queue *queues; // [queue_count]
	// Index in `queues`, by DPDK port id; only for ports with a queue of this lcore.
	uint8_t queue_of_port[RTE_MAX_ETHPORTS];
	struct ring_requester *links; // [link_count], by worker number
	uint64_t unshown; // a bit for each link with jobs that its worker cannot see yet
	uint64_t waiting; // a bit for each link whose worker has not given all jobs back
	struct own_jobs *own; // NULL: no NIC steers, and every job goes through a ring
	struct exception *exception; // NULL: no port has an exception path
	struct shares echo_limit;
	struct shares neighbour_limit;
	struct shares unreachable_limit;
	struct budget_limits limits; // in force
	bool sheds; // pressure is followed; otherwise it stays at 0
	struct pressure pressure;
	struct budget *budgets; // what `budget` is if there are limits; telemetry threads read it
} __rte_cache_aligned;

struct worker {
	struct clock clock;
	struct rng rng;
	struct shard *shard;
	const struct settings *const *published; // by the control thread
	const struct settings *settings; // of this turn
	uint32_t settings_version; // of limits and stages
	const struct access_list *const *access; // published by the control thread
	const uint32_t *wall_s; // Unix time, written by the control thread
	const struct host *hosts[RTE_MAX_ETHPORTS]; // by DPDK port id
	struct stats *stats;
	struct stages stages;
	struct swarm_timing timing; // of timed turns
	uint8_t number;
	unsigned link_count;
	struct ring_responder *links; // [link_count], by io lcore number
	struct own_jobs *own; // of the io role of this lcore; NULL: none
	struct shard_op ops[LOOP_OPS_MAX];
	// The mailbox: the asking thread sets it, the worker clears it when it has answered (question.h).
	struct question *question __rte_cache_aligned;
} __rte_cache_aligned;

// One turn of each loop. Returns the number of packets or jobs that it processed. Only the owning lcore
// calls it, in a loop.
unsigned io_turn(struct io *io);
unsigned worker_turn(struct worker *worker);

static inline void
loop_count(struct stats *stats, enum family family, enum verdict verdict)
{
	stats_add(&stats->verdicts[family][verdict], 1);
}

// Starts the next stage of a turn, with `items` to process. Returns the stage that it interrupts, for
// loop_resume.
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

// Start and end of a turn.
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

// The job of a request in `mbuf`, which has one segment and came from `port`; of an announce with the hash of its
// info_hash. The second half is made in a register: members one by one would each be masked and moved there.
static inline struct job
loop_job_hashed(
	struct rte_mbuf *mbuf,
	uint16_t port,
	enum bep15_action action,
	enum family family,
	uint32_t hash
)
{
	ptrdiff_t at = rte_pktmbuf_mtod(mbuf, uint8_t *) - (uint8_t *)mbuf;
	uint32_t frame_at = at > 0 && at <= UINT16_MAX ? (uint32_t)at : 0;
	uint32_t high = frame_at | (uint32_t)(uint8_t)port << 16 | (uint32_t)action << 24
		| (uint32_t)family << 28;
	uint64_t half = hash | (uint64_t)high << 32;
	struct job job = {.mbuf = mbuf};

	static_assert(RTE_BYTE_ORDER == RTE_LITTLE_ENDIAN, "members lie as in `half`");
	memcpy((uint8_t *)&job + sizeof(job.mbuf), &half, sizeof(half));
	return job;
}

static inline struct job
loop_job(struct rte_mbuf *mbuf, uint16_t port, enum bep15_action action, enum family family)
{
	return loop_job_hashed(mbuf, port, action, family, 0);
}

static inline uint8_t *
loop_frame(const struct job *job)
{
	if (likely(job->frame_at != 0))
		return (uint8_t *)job->mbuf + job->frame_at;
	return rte_pktmbuf_mtod(job->mbuf, uint8_t *);
}

// Turns the mbuf of a request into that of its reply: a frame of `len` bytes in the same place.
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
