// SPDX-License-Identifier: BSD-3-Clause
// app/weir/datapath/worker_loop.c: jobs in, replies out, without any io lcore.

#include "../../app/weir/datapath/loops.h"
#include "../../app/weir/datapath/question.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>

#include <stdlib.h>
#include <string.h>

enum { BUFFERS = 127, RING = 32, PAYLOAD_AT = 42, WORKERS = 2 };

static struct rte_mempool *mbufs;
static struct host host;
static const struct settings settings = {
	.ports[0].policy =
		{
			.interval_s = 1800,
			.peers_default = 50,
			.peers_max = {[FAMILY_IPV4] = 200, [FAMILY_IPV6] = 66},
			.denied_message = "not here",
		},
};
static const struct settings *published = &settings;
static const struct access_list *access;
static uint32_t wall_s = 1700000000;
static struct steer steer;
static struct stats stats[WORKERS];
static struct ring_requester ios[WORKERS];
static struct ring_responder links[WORKERS];
static struct worker *workers[WORKERS];

static void
make_ring(struct ring_requester *io, struct ring_responder *link)
{
	void *slots = rte_zmalloc("slots", ring_bytes(RING), RTE_CACHE_LINE_SIZE);

	assert_non_null(slots);
	ring_init(io, link, slots, RING);
}

static struct worker *
make_worker(unsigned number)
{
	char name[16];
	struct worker *worker = rte_zmalloc("worker", sizeof(*worker), RTE_CACHE_LINE_SIZE);
	struct shard_config config = {
		.name = name,
		.socket = SOCKET_ID_ANY,
		.max_torrents = 2048,
		.max_peers = 4096,
		.peer_timeout_s = 100,
		.seed = 1,
	};

	snprintf(name, sizeof(name), "shard_%u", number);
	assert_non_null(worker);
	make_ring(&ios[number], &links[number]);
	worker->shard = shard_create(&config);
	assert_non_null(worker->shard);
	worker->stats = &stats[number];
	worker->number = (uint8_t)number;
	worker->link_count = 1;
	worker->links = &links[number];
	worker->hosts[0] = &host;
	worker->published = &published;
	worker->access = &access;
	worker->wall_s = &wall_s;
	clock_init(&worker->clock, rte_rdtsc(), rte_get_tsc_hz());
	return worker;
}

static int
set_up(void **state)
{
	struct siphash_key key = {3, 4};

	(void)state;
	test_eal_init();
	mbufs = rte_pktmbuf_pool_create("mbufs", BUFFERS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	assert_non_null(mbufs);
	host = (struct host){.mac = {{2, 0, 0, 0, 0, 1}}, .l2_len = 14};
	steer_init(&steer, &key, WORKERS);
	for (unsigned i = 0; i < WORKERS; i++)
		workers[i] = make_worker(i);
	return 0;
}

// A request frame as an io lcore leaves it: addresses there, checks done.
static struct rte_mbuf *
make_request(uint8_t client, const void *payload, uint16_t len)
{
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(mbufs);

	assert_non_null(mbuf);
	uint8_t *bytes = (uint8_t *)rte_pktmbuf_append(mbuf, PAYLOAD_AT + len);
	struct rte_ipv4_hdr *ip = (void *)(bytes + 14);

	memset(bytes, 0, PAYLOAD_AT);
	ip->src_addr = rte_cpu_to_be_32(RTE_IPV4(10, 77, 0, client));
	memcpy(bytes + PAYLOAD_AT, payload, len);
	mbuf->port = 0;
	return mbuf;
}

static void
info_hash_of(uint32_t number, uint8_t info_hash[20])
{
	memset(info_hash, 0, 20);
	memcpy(info_hash, &number, sizeof(number));
}

static unsigned
owner_of(uint32_t torrent)
{
	uint8_t info_hash[20];

	info_hash_of(torrent, info_hash);
	return steer_worker(&steer, steer_hash(&steer, info_hash));
}

static struct job
make_announce(uint8_t client, uint32_t torrent, uint64_t left)
{
	struct bep15_announce announce = {
		.request.action = RTE_BE32(BEP15_ANNOUNCE),
		.left = rte_cpu_to_be_64(left),
		.num_want = RTE_BE32(UINT32_MAX),
		.port = RTE_BE16(6881),
	};

	info_hash_of(torrent, announce.info_hash);
	struct rte_mbuf *mbuf = make_request(client, &announce, sizeof(announce));
	struct job job = loop_job(mbuf, 0, BEP15_ANNOUNCE, FAMILY_IPV4);

	job.hash = (uint32_t)steer_hash(&steer, announce.info_hash);
	return job;
}

// A scrape of torrents [first, first + count).
static struct job
make_scrape(uint32_t first, unsigned count)
{
	uint8_t payload[16 + 72 * 20] = {0};
	uint16_t len = (uint16_t)(16 + count * 20);

	payload[11] = BEP15_SCRAPE;
	for (unsigned i = 0; i < count; i++)
		info_hash_of(first + i, payload + 16 + i * 20);
	struct rte_mbuf *mbuf = make_request(1, payload, len);

	scrape_plan(
		&steer,
		rte_pktmbuf_mtod_offset(mbuf, void *, PAYLOAD_AT),
		len,
		BEP15_SCRAPE_IPV4_MAX
	);
	return loop_job(mbuf, 0, BEP15_SCRAPE, FAMILY_IPV4);
}

static void
give(unsigned worker, struct job job)
{
	assert_true(ring_room(&ios[worker]) > 0);
	ring_put(&ios[worker], &job);
	ring_show(&ios[worker]);
}

static struct job
take(unsigned worker)
{
	struct job job = {0};

	assert_int_equal(ring_take_replies(&ios[worker], &job, 1), 1);
	return job;
}

static const void *
payload_of(const struct job *job)
{
	return rte_pktmbuf_mtod_offset(job->mbuf, const void *, PAYLOAD_AT);
}

// Announces in one burst see each other; the reply is whole.
static void
test_burst_in_order(void **state)
{
	unsigned owner = owner_of(1);

	(void)state;
	give(owner, make_announce(1, 1, 0));
	give(owner, make_announce(2, 1, 100));
	assert_int_equal(worker_turn(workers[owner]), 2);
	struct job first = take(owner);
	struct job second = take(owner);
	const struct bep15_announce_reply *reply = payload_of(&second);
	static const uint8_t seeder[6] = {10, 77, 0, 1, 0x1a, 0xe1};

	assert_int_equal(first.verdict, VERDICT_announce);
	assert_int_equal(first.frame_len, PAYLOAD_AT + 20);
	assert_int_equal(second.frame_len, PAYLOAD_AT + 26);
	assert_int_equal(rte_be_to_cpu_32(reply->seeders), 1);
	assert_int_equal(rte_be_to_cpu_32(reply->leechers), 1);
	assert_int_equal(rte_be_to_cpu_32(reply->interval), 1800);
	assert_memory_equal(reply->peers, seeder, sizeof(seeder));
	rte_pktmbuf_free(first.mbuf);
	rte_pktmbuf_free(second.mbuf);
}

// What passes each stage, in a turn that is timed: one peer of the test before announces again, one
// is new, and somebody asks.
static void
test_stages(void **state)
{
	static const unsigned items[STAGE_COUNT] = {
		[STAGE_dequeue] = 2,
		[STAGE_read] = 2,
		[STAGE_lookup] = 2,
		[STAGE_update] = 2,
		[STAGE_select] = 1,
		[STAGE_write] = 2,
		[STAGE_handback] = 2,
		[STAGE_sweep] = 1,
		[STAGE_questions] = 1,
	};
	struct worker *worker = workers[owner_of(1)];
	const struct stage_sum *sums = worker->stages.sums;
	static struct question question = {.kind = QUESTION_LIST};

	(void)state;
	worker->stages = (struct stages){.every = 1};
	worker->question = &question;
	give(owner_of(1), make_announce(1, 1, 0));
	give(owner_of(1), make_announce(3, 1, 100));
	assert_int_equal(worker_turn(worker), 3);
	for (enum stage stage = STAGE_dequeue; stage < STAGE_COUNT; stage++) {
		assert_int_equal(sums[stage].items, items[stage]);
		assert_true(sums[stage].cycles > 0);
	}
	worker->stages = (struct stages){.every = 0};
	rte_pktmbuf_free(take(owner_of(1)).mbuf);
	rte_pktmbuf_free(take(owner_of(1)).mbuf);
	while (worker->question != NULL)
		worker_turn(worker);
	assert_int_equal(question.count, 1);
	assert_int_equal(question.rows[0].seeders[FAMILY_IPV4], 1);
	assert_int_equal(question.rows[0].leechers[FAMILY_IPV4], 2);
}

// A buffer that does not lie behind its mbuf, as some drivers have them.
static void
test_frame_elsewhere(void **state)
{
	unsigned owner = owner_of(2);
	struct job job = make_announce(1, 2, 0);
	struct rte_mbuf *mbuf = job.mbuf;
	static uint8_t elsewhere[RTE_MBUF_DEFAULT_BUF_SIZE];

	(void)state;
	assert_ptr_equal(loop_frame(&job), rte_pktmbuf_mtod(mbuf, void *));
	memcpy(elsewhere + mbuf->data_off, loop_frame(&job), mbuf->data_len);
	void *own = mbuf->buf_addr;
	uint32_t hash = job.hash;

	mbuf->buf_addr = elsewhere;
	job = loop_job(mbuf, 0, BEP15_ANNOUNCE, FAMILY_IPV4);
	job.hash = hash;
	assert_ptr_equal(loop_frame(&job), elsewhere + mbuf->data_off);
	give(owner, job);
	assert_int_equal(worker_turn(workers[owner]), 1);
	job = take(owner);
	assert_int_equal(job.verdict, VERDICT_announce);
	assert_int_equal(job.frame_len, PAYLOAD_AT + 20);
	mbuf->buf_addr = own;
	rte_pktmbuf_free(mbuf);
}

// A scrape over both workers: the first leaves it unfinished, the second finishes it.
static void
test_scrape_of_two(void **state)
{
	unsigned first, second;
	struct job job;

	(void)state;
	for (uint32_t t = 100; t < 110; t++) {
		give(owner_of(t), make_announce((uint8_t)t, t, t % 2));
		worker_turn(workers[owner_of(t)]);
		rte_pktmbuf_free(take(owner_of(t)).mbuf);
	}
	job = make_scrape(100, 10);
	first = scrape_next(payload_of(&job));
	give(first, job);
	worker_turn(workers[first]);
	job = take(first);
	assert_int_equal(job.verdict, VERDICT_NONE);
	second = scrape_next(payload_of(&job));
	assert_int_equal(second, 1 - first);
	give(second, job);
	worker_turn(workers[second]);
	job = take(second);
	assert_int_equal(job.verdict, VERDICT_scrape);
	assert_int_equal(job.frame_len, PAYLOAD_AT + 8 + 10 * 12);
	const struct bep15_scrape_reply *reply = payload_of(&job);

	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(rte_be_to_cpu_32(reply->rows[i].seeders), i % 2 == 0);
		assert_int_equal(rte_be_to_cpu_32(reply->rows[i].leechers), i % 2);
	}
	rte_pktmbuf_free(job.mbuf);
}

// More rows in one burst than the worker has ops: done in pieces, all answered.
static void
test_many_scrapes(void **state)
{
	enum { SCRAPES = RING - 1 };

	(void)state;
	for (unsigned i = 0; i < SCRAPES; i++)
		give(0, make_scrape(1000 + i, 72));
	assert_int_equal(worker_turn(workers[0]), SCRAPES);
	for (unsigned i = 0; i < SCRAPES; i++) {
		struct job job = take(0);

		give(1, job);
	}
	assert_int_equal(worker_turn(workers[1]), SCRAPES);
	for (unsigned i = 0; i < SCRAPES; i++) {
		struct job job = take(1);

		assert_int_equal(job.verdict, VERDICT_scrape);
		assert_int_equal(job.frame_len, PAYLOAD_AT + 8 + 72 * 12);
		rte_pktmbuf_free(job.mbuf);
	}
}

// A worker of three io lcores, without those of the other tests.
static struct ring_requester three_ios[3];
static struct ring_responder three[3];

static void
give_three(unsigned link, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct job job = make_announce((uint8_t)(40 * link + i), 300 + i, 1);

		ring_put(&three_ios[link], &job);
	}
	ring_show(&three_ios[link]);
}

// The replies of a link, in the order of its requests.
static void
take_three(unsigned link, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct job job;

		assert_int_equal(ring_take_replies(&three_ios[link], &job, 1), 1);
		const struct rte_ipv4_hdr *ip =
			rte_pktmbuf_mtod_offset(job.mbuf, const struct rte_ipv4_hdr *, 14);

		assert_int_equal(job.verdict, VERDICT_announce);
		assert_int_equal(rte_be_to_cpu_32(ip->dst_addr) & 0xff, 40 * link + i);
		rte_pktmbuf_free(job.mbuf);
	}
	assert_int_equal(ring_replies(&three_ios[link], &three[link]), 0);
}

// Jobs of several links are served together, more than a batch holds, and go back where they came from.
static void
test_several_links(void **state)
{
	enum { ALL = RING - 1 };
	struct worker *worker = workers[0];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(three); i++)
		make_ring(&three_ios[i], &three[i]);
	worker->links = three;
	worker->link_count = RTE_DIM(three);
	for (unsigned i = 0; i < RTE_DIM(three); i++)
		give_three(i, ALL);
	assert_int_equal(worker_turn(worker), RTE_DIM(three) * ALL);
	for (unsigned i = 0; i < RTE_DIM(three); i++)
		take_three(i, ALL);
	worker->links = &links[0];
	worker->link_count = 1;
}

// Replies that nobody takes keep their places: a worker has room for the reply to each job that it can be given.
static void
test_replies_wait(void **state)
{
	unsigned owner = owner_of(7);

	(void)state;
	for (unsigned i = 0; i < RING - 1; i++)
		give(owner, make_announce((uint8_t)i, 7, 1));
	assert_int_equal(ring_requests(&ios[owner], &links[owner]), RING - 1);
	assert_int_equal(worker_turn(workers[owner]), RING - 1);
	assert_int_equal(worker_turn(workers[owner]), 0);
	assert_int_equal(ring_replies(&ios[owner], &links[owner]), RING - 1);
	assert_int_equal(ring_room(&ios[owner]), 0);
	rte_pktmbuf_free(take(owner).mbuf);
	rte_pktmbuf_free(take(owner).mbuf);
	assert_int_equal(ring_room(&ios[owner]), 2);
	for (unsigned i = 0; i < 2; i++)
		give(owner, make_announce((uint8_t)(100 + i), 7, 1));
	assert_int_equal(worker_turn(workers[owner]), 2);
	while (ring_replies(&ios[owner], &links[owner]) > 0)
		rte_pktmbuf_free(take(owner).mbuf);
	assert_int_equal(ring_room(&ios[owner]), RING - 1);
}

static void
test_counts_are_published(void **state)
{
	uint64_t seeders = 0;

	(void)state;
	for (unsigned i = 0; i < WORKERS; i++) {
		assert_int_equal(worker_turn(workers[i]), 0);
		seeders += stats[i].values[STAT_seeders_ipv4];
	}
	assert_int_equal(
		seeders, 1 + 1 + 5
	); // of the first two tests, and half of the next one's ten
	assert_int_equal(
		stats[0].values[STAT_torrents] + stats[1].values[STAT_torrents], 1 + 1 + 10 + 1
	);
	assert_true(stats[0].values[STAT_worker_turns_empty] > 0);
	assert_int_equal(rte_mempool_avail_count(mbufs), BUFFERS);
}

static uint64_t
sum_of(enum stat_number number)
{
	return stats[0].values[number] + stats[1].values[number];
}

static bool
is_stored(uint32_t torrent)
{
	uint8_t info_hash[20];
	struct shard_row row;

	info_hash_of(torrent, info_hash);
	uint64_t hash = steer_hash(&steer, info_hash);
	struct shard *shard = workers[steer_worker(&steer, hash)]->shard;

	return shard_view_torrent(shard, info_hash, (uint32_t)hash, &row);
}

enum { LISTED_FROM = 5000, LISTED = 600, REQUESTS_EACH = 6 };

// A list that allows every second torrent of LISTED: those with this parity.
static struct access_list
make_list(unsigned parity)
{
	static const struct siphash_key key = {5, 6};
	size_t bytes = info_hashes_bytes(LISTED);
	struct info_hashes *hashes =
		info_hashes_init(rte_zmalloc("hashes", bytes, 64), LISTED, &key);

	for (uint32_t t = parity; t < LISTED; t += 2) {
		struct info_hash_entry entry = {.until_s = 0};

		info_hash_of(LISTED_FROM + t, entry.info_hash);
		info_hashes_add(hashes, &entry, 1);
	}
	return (struct access_list){parity + 1, ACCESS_ALLOW, hashes};
}

// Announces a torrent; the verdict must be this one.
static void
announce_listed(uint32_t torrent, enum verdict verdict)
{
	static const char message[] = "not here";
	unsigned owner = owner_of(torrent);

	give(owner, make_announce(1, torrent, 0));
	worker_turn(workers[owner]);
	struct job job = take(owner);

	assert_int_equal(job.verdict, verdict);
	if (verdict == VERDICT_announce_denied) {
		assert_int_equal(job.frame_len, PAYLOAD_AT + 8 + strlen(message));
		assert_memory_equal(
			(const uint8_t *)payload_of(&job) + 8, message, strlen(message)
		);
	}
	rte_pktmbuf_free(job.mbuf);
}

static struct bep15_scrape_row
scrape_listed(uint32_t torrent)
{
	struct job job = make_scrape(torrent, 1);

	give(owner_of(torrent), job);
	worker_turn(workers[owner_of(torrent)]);
	job = take(owner_of(torrent));
	struct bep15_scrape_row row = *((const struct bep15_scrape_reply *)payload_of(&job))->rows;

	assert_int_equal(job.verdict, VERDICT_scrape);
	rte_pktmbuf_free(job.mbuf);
	return row;
}

// Two lists take turns every few requests. Each request is judged by the list of its turn, and in the end
// the store has nothing that the last one does not allow.
static void
test_access_list_changes(void **state)
{
	const struct access_list lists[2] = {make_list(0), make_list(1)};
	uint64_t before = sum_of(STAT_torrents);
	unsigned left = 0;

	(void)state;
	for (uint32_t t = 0; t < LISTED; t++) {
		unsigned parity = t / REQUESTS_EACH % 2;

		access = &lists[parity];
		announce_listed(
			LISTED_FROM + t,
			t % 2 == parity ? VERDICT_announce : VERDICT_announce_denied
		);
	}
	access = &lists[0];
	for (unsigned i = 0; i < WORKERS; i++) {
		assert_int_equal(worker_turn(workers[i]), 1); // a purge is work
		while (worker_turn(workers[i]) > 0)
			;
	}
	for (uint32_t t = 0; t < LISTED; t++)
		if (t % 2 == 0)
			left += is_stored(LISTED_FROM + t);
		else
			assert_false(is_stored(LISTED_FROM + t));
	assert_int_equal(sum_of(STAT_torrents), left);
	assert_int_equal(sum_of(STAT_torrents_purged), before + LISTED / 2 - left);
	assert_int_equal(sum_of(STAT_seeders_ipv4), left);
	announce_listed(LISTED_FROM, VERDICT_announce);
	assert_int_equal(rte_be_to_cpu_32(scrape_listed(LISTED_FROM).seeders), 1);
	assert_int_equal(sum_of(STAT_scrape_rows_denied), 0);
	assert_int_equal(rte_be_to_cpu_32(scrape_listed(LISTED_FROM + 1).seeders), 0);
	assert_int_equal(sum_of(STAT_scrape_rows_denied), 1);
	access = NULL;
	for (unsigned l = 0; l < RTE_DIM(lists); l++)
		rte_free((void *)lists[l].hashes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst_in_order),
		cmocka_unit_test(test_stages),
		cmocka_unit_test(test_frame_elsewhere),
		cmocka_unit_test(test_scrape_of_two),
		cmocka_unit_test(test_many_scrapes),
		cmocka_unit_test(test_replies_wait),
		cmocka_unit_test(test_counts_are_published),
		cmocka_unit_test(test_access_list_changes),
		cmocka_unit_test(test_several_links),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
