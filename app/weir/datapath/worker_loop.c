// SPDX-License-Identifier: BSD-3-Clause
// Fast path of a worker lcore. Start reading at worker_turn(), at the end.

#include "../../../lib/base/line.h"
#include "batch_inline.h"
#include "question.h"
#include "worker_counts_inline.h"

#include <rte_cycles.h>
#include <rte_prefetch.h>

enum {
	AHEAD = 8, // frames to prefetch, from the cache of the io lcore
	FRAME_LINES = 3, // cache lines of an announce
};

static const struct host *
host_of(const struct worker *worker, const struct job *job)
{
	return worker->hosts[job->port];
}

static const struct announce_policy *
policy_of(const struct worker *worker, const struct job *job)
{
	return &worker->settings->ports[job->port].policy;
}

static void *
payload_of(const struct worker *worker, const struct job *job)
{
	return loop_frame(job) + frame_udp_payload_at(host_of(worker, job), job->family);
}

static const uint8_t *
source_address(const struct worker *worker, const struct job *job)
{
	return loop_frame(job) + host_of(worker, job)->l2_len
		+ (job->family == FAMILY_IPV4 ? offsetof(struct rte_ipv4_hdr, src_addr)
					      : offsetof(struct ipv6_header, src_addr));
}

static void
prefetch_frame(const struct job *job)
{
	const uint8_t *frame = loop_frame(job);

	for (unsigned line = 0; line < FRAME_LINES; line++)
		rte_prefetch0(frame + line * LINE_BYTES);
}

// Makes ops for the shard from a job: one for an announce, one for each hash of a scrape that this worker
// owns.
static unsigned
read_job(const struct worker *worker, const struct job *job, struct shard_op *ops)
{
	void *payload = payload_of(worker, job);

	if (job->action == BEP15_SCRAPE)
		return scrape_read(payload, job->family, worker->number, ops);
	announce_read(
		policy_of(worker, job),
		payload,
		job->family,
		source_address(worker, job),
		job->hash,
		ops
	);
	return 1;
}

// Writes the payload of the reply over the request, after the shard has processed its ops. Returns its
// length, or 0 for a scrape that needs more workers.
static uint16_t
write_payload(struct worker *worker, struct job *job, const struct shard_op *ops)
{
	void *payload = payload_of(worker, job);
	enum verdict verdict = VERDICT_scrape;
	uint16_t len;

	if (job->action == BEP15_SCRAPE)
		len = scrape_reply(payload, worker->number, ops);
	else
		len = announce_reply(policy_of(worker, job), payload, ops, &worker->rng, &verdict);
	if (len == 0) // a scrape with hashes of other workers
		verdict = VERDICT_NONE;
	job->verdict = (uint8_t)verdict;
	return len;
}

// Called after all payloads of a burst are written: a checksum that reads bytes just written has to wait
// for them.
static void
write_headers(const struct worker *worker, struct job *job, uint16_t payload_len)
{
	job->frame_len =
		frame_reply_udp(host_of(worker, job), loop_frame(job), job->family, payload_len);
}

// Processes the ops of jobs[from..to) and writes the replies.
static void
process(struct worker *worker,
	struct job *jobs,
	unsigned from,
	unsigned to,
	const uint16_t *first_op,
	unsigned op_count)
{
	uint16_t lens[LOOP_JOBS];

	loop_stage(&worker->stages, STAGE_update, op_count);
	shard_process(worker->shard, worker->ops, op_count, worker->clock.mono_s);
	loop_stage(&worker->stages, STAGE_write, to - from);
	for (unsigned i = from; i < to; i++)
		lens[i] = write_payload(worker, &jobs[i], &worker->ops[first_op[i]]);
	for (unsigned i = from; i < to; i++)
		if (lens[i] > 0)
			write_headers(worker, &jobs[i], lens[i]);
	stats_add(&worker->stats->values[STAT_jobs], to - from);
}

// Processes jobs in order: each one sees the effects of those before it.
static void
serve_burst(struct worker *worker, struct job *jobs, unsigned count)
{
	uint16_t first_op[LOOP_JOBS];
	unsigned from = 0;
	unsigned op_count = 0;

	loop_stage(&worker->stages, STAGE_read, count);
	for (unsigned i = 0; i < RTE_MIN(count, (unsigned)AHEAD); i++)
		prefetch_frame(&jobs[i]);
	for (unsigned i = 0; i < count; i++) {
		if (i + AHEAD < count)
			prefetch_frame(&jobs[i + AHEAD]);
		if (op_count + BEP15_SCRAPE_IPV4_MAX > LOOP_OPS_MAX) {
			process(worker, jobs, from, i, first_op, op_count);
			loop_resume(&worker->stages, STAGE_read);
			from = i;
			op_count = 0;
		}
		first_op[i] = (uint16_t)op_count;
		op_count += read_job(worker, &jobs[i], &worker->ops[op_count]);
	}
	process(worker, jobs, from, count, first_op, op_count);
}

static void
serve_batch(struct worker *worker, struct batch *batch)
{
	stages_count(&worker->stages, STAGE_dequeue, batch->count);
	serve_burst(worker, batch->jobs, batch->count);
	loop_stage(&worker->stages, STAGE_handback, batch->count);
	batch_give_back(batch);
	loop_resume(&worker->stages, STAGE_dequeue);
}

// Up to LOOP_JOBS jobs of each link.
static unsigned
serve_links(struct worker *worker)
{
	struct batch batch;
	unsigned total = 0;

	batch_start(&batch);
	loop_stage(&worker->stages, STAGE_dequeue, 0);
	batch_prefetch(worker->links, worker->link_count);
	for (unsigned i = 0; i < worker->link_count; i++) {
		struct ring_responder *link = &worker->links[i];
		unsigned left = LOOP_JOBS;

		while (left > 0 && ring_has_request(link)) {
			left -= batch_gather(&batch, link, left);
			if (!batch_is_full(&batch))
				break;
			serve_batch(worker, &batch);
		}
		total += LOOP_JOBS - left;
	}
	if (batch.count > 0)
		serve_batch(worker, &batch);
	return total;
}

// The jobs that the io role of this lcore has kept.
static __rte_noinline unsigned
serve_own(struct worker *worker)
{
	struct own_jobs *own = worker->own;
	unsigned total = own->count - own->served;

	while (own->served < own->count) {
		unsigned count = RTE_MIN(own->count - own->served, (unsigned)LOOP_JOBS);

		serve_burst(worker, &own->jobs[own->served], count);
		own->served += count;
	}
	stats_add(&worker->stats->values[STAT_jobs_own], total);
	return total;
}

static uint64_t
cycles_now(void)
{
	return rte_rdtsc();
}

// The shard does the stages lookup, update and select in one call, and times lookup and select itself.
static void
stages_begin(struct worker *worker)
{
	loop_stages_begin(&worker->stages, STAGE_dequeue, worker->clock.tsc);
	if (likely(!worker->stages.timed))
		return;
	worker->timing = (struct swarm_timing){.now = cycles_now};
	shard_set_timing(worker->shard, &worker->timing);
}

static void
stages_end(struct worker *worker, bool found_work)
{
	struct stage_sum *turn = worker->stages.turn;

	if (likely(!worker->stages.timed))
		return;
	shard_set_timing(worker->shard, NULL);
	turn[STAGE_lookup].cycles = worker->timing.lookup;
	turn[STAGE_lookup].items = turn[STAGE_update].items;
	turn[STAGE_select].cycles = worker->timing.select;
	turn[STAGE_select].items = worker->timing.selects;
	turn[STAGE_update].cycles -= worker->timing.lookup + worker->timing.select;
	loop_stages_end(&worker->stages, found_work);
}

// Works on the question in the mailbox, if there is one.
static unsigned
serve_question(struct worker *worker)
{
	struct question *question = __atomic_load_n(&worker->question, __ATOMIC_ACQUIRE);

	if (likely(question == NULL))
		return 0;
	loop_stage(&worker->stages, STAGE_questions, 1);
	if (question_answer(question, worker->shard, worker->clock.mono_s))
		__atomic_store_n(&worker->question, NULL, __ATOMIC_RELEASE);
	return 1;
}

// New settings were published: limits and stages follow them from this turn on.
static __rte_noinline void
follow_settings(struct worker *worker)
{
	stages_set_every(&worker->stages, worker->settings->stage_turns);
	shard_set_limits(worker->shard, &worker->settings->shares);
	settings_take_hosts(worker->settings, worker->hosts);
	worker->settings_version = worker->settings->version;
}

// The settings and the access list of this turn.
static void
take_settings(struct worker *worker)
{
	worker->settings = publisher_read(worker->published);
	if (unlikely(worker->settings->version != worker->settings_version))
		follow_settings(worker);
	shard_set_access(
		worker->shard,
		publisher_read(worker->access),
		__atomic_load_n(worker->wall_s, __ATOMIC_RELAXED)
	);
}

// One turn: serve the jobs of all io lcores and own ones, sweep and purge, work on a question, update the gauges.
unsigned
worker_turn(struct worker *worker)
{
	unsigned work = 0;

	clock_tick(&worker->clock, rte_rdtsc());
	take_settings(worker);
	stages_begin(worker);
	work += serve_links(worker);
	if (unlikely(worker->own != NULL))
		work += serve_own(worker);
	loop_stage(&worker->stages, STAGE_sweep, 1);
	shard_sweep(worker->shard, LOOP_SWEEP_BUDGET, worker->clock.mono_s);
	shard_trim(
		worker->shard, LOOP_TRIM_BUDGET + worker->link_count * LOOP_TRIM_BUDGET_PER_LINK
	);
	work += shard_purge(worker->shard, LOOP_PURGE_BUDGET) > 0; // no rest before it is complete
	work += serve_question(worker);
	publish_counts(worker);
	stats_add(&worker->stats->values[STAT_worker_turns], 1);
	if (work == 0)
		stats_add(&worker->stats->values[STAT_worker_turns_empty], 1);
	stages_end(worker, work > 0);
	return work;
}
