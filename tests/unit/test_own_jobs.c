// SPDX-License-Identifier: BSD-3-Clause
// Requests that a NIC steers (app/weir/datapath/loops.h, struct own_jobs): two lcores with both roles. Those that arrive
// on their owner's queue stay there, all others reach it through a ring, and there is one swarm.

#include "../../app/weir/datapath/handover_inline.h"
#include "../support/cmocka_wrap.h"
#include "../support/io_fixture.h"

#include <rte_malloc.h>

#include <string.h>

enum { LCORES = 2, RING = 32, REPLY_AT = 42 };

static const struct settings *published = &settings;
static const struct access_list *access;
static struct own_jobs own[LCORES];
static struct io ios[LCORES];
static struct worker *workers[LCORES];
static struct stats io_stats[LCORES], worker_stats[LCORES];
static struct ring_requester requesters[LCORES][LCORES]; // of io, to worker
static struct ring_responder responders[LCORES][LCORES]; // of worker, to io
static uint8_t last_reply[RTE_MBUF_DEFAULT_DATAROOM];

static void
make_worker(unsigned number)
{
	char name[16];
	struct shard_config config = {
		.name = name,
		.socket = SOCKET_ID_ANY,
		.max_torrents = 64,
		.max_peers = 256,
		.peer_timeout_s = 100,
		.seed = 1,
	};
	struct worker *worker = rte_zmalloc("worker", sizeof(*worker), RTE_CACHE_LINE_SIZE);

	snprintf(name, sizeof(name), "shard_%u", number);
	assert_non_null(worker);
	worker->number = (uint8_t)number;
	worker->shard = shard_create(&config);
	assert_non_null(worker->shard);
	worker->stats = &worker_stats[number];
	worker->links = responders[number];
	worker->link_count = LCORES;
	worker->hosts[queue.port] = &host;
	worker->published = &published;
	worker->access = &access;
	worker->wall_s = &wall_s;
	worker->own = &own[number];
	clock_init(&worker->clock, rte_rdtsc(), rte_get_tsc_hz());
	workers[number] = worker;
}

// Both lcores poll the same queue: a frame goes to the one that takes the next turn.
static int
set_up_lcores(void **state)
{
	const uint8_t worker_of_queue[LCORES] = {0, 1};

	set_up(state);
	settings.ports[queue.port].policy = (struct announce_policy){
		.interval_s = 1800,
		.peers_default = 50,
		.peers_max = {[FAMILY_IPV4] = 200},
	};
	steer_follow_rules(&steer, worker_of_queue, LCORES);
	for (unsigned i = 0; i < LCORES; i++) {
		for (unsigned w = 0; w < LCORES; w++) {
			void *slots = rte_zmalloc("slots", ring_bytes(RING), RTE_CACHE_LINE_SIZE);

			assert_non_null(slots);
			ring_init(&requesters[i][w], &responders[w][i], slots, RING);
		}
		ios[i] = io;
		ios[i].stats = &io_stats[i];
		ios[i].links = requesters[i];
		ios[i].link_count = LCORES;
		ios[i].own = &own[i];
		own[i].worker = i;
	}
	for (unsigned w = 0; w < LCORES; w++)
		make_worker(w);
	return 0;
}

static int
each_lcores_test(void **state)
{
	memset(io_stats, 0, sizeof(io_stats));
	memset(worker_stats, 0, sizeof(worker_stats));
	return each_test(state);
}

// An announce from one of the client's UDP ports: each is a peer of its own.
static void
arrive_peer(uint8_t torrent, uint16_t port)
{
	uint64_t id = connid_mint(&io.connid, FAMILY_IPV4, client);
	struct bep15_announce announce = {
		.request.connection_id = rte_cpu_to_be_64(id),
		.request.action = rte_cpu_to_be_32(BEP15_ANNOUNCE),
		.info_hash = {torrent},
		.left = RTE_BE64(1),
		.num_want = RTE_BE32(UINT32_MAX),
		.port = rte_cpu_to_be_16(port),
	};

	arrive(make_datagram(&announce, sizeof(announce)));
}

// Both roles of an lcore.
static void
turn(unsigned lcore)
{
	io_turn(&ios[lcore]);
	worker_turn(workers[lcore]);
}

// Takes the one frame that departs.
static const void *
reply(void)
{
	struct rte_mbuf *mbuf;

	assert_int_equal(rte_ring_dequeue(wire_tx, (void **)&mbuf), 0);
	memcpy(last_reply, rte_pktmbuf_mtod(mbuf, void *), mbuf->data_len);
	rte_pktmbuf_free(mbuf);
	assert_int_equal(rte_ring_count(wire_tx), 0);
	return last_reply + REPLY_AT;
}

static unsigned
leechers(const struct bep15_announce_reply *announce)
{
	assert_int_equal(announce->reply.action, RTE_BE32(BEP15_ANNOUNCE));
	return rte_be_to_cpu_32(announce->leechers);
}

// No ring is touched: the reply leaves in the lcore's next turn.
static void
test_on_the_right_queue(void **state)
{
	(void)state;
	arrive_peer(2, 1001); // an even byte: worker 0
	turn(0);
	assert_int_equal(ring_unshown(&requesters[0][0]) + ios[0].waiting, 0);
	assert_int_equal(worker_stats[0].values[STAT_jobs], 1);
	assert_int_equal(worker_stats[0].values[STAT_jobs_own], 1);
	assert_int_equal(rte_ring_count(wire_tx), 0);
	turn(0);
	assert_int_equal(leechers(reply()), 1);
	assert_int_equal(io_stats[0].verdicts[FAMILY_IPV4][VERDICT_announce], 1);
	assert_int_equal(own[0].count, 0);
	turn(0);
	assert_int_equal(worker_stats[0].values[STAT_jobs], 1); // nothing is served twice
}

// Whatever the NIC does, the owner serves the request: peers that arrive anywhere meet in one swarm.
static void
test_on_a_wrong_queue(void **state)
{
	(void)state;
	for (unsigned lcore = 0; lcore < LCORES; lcore++) {
		arrive_peer(3, (uint16_t)(2001 + lcore)); // an odd byte: worker 1
		turn(lcore);
		turn(1);
		turn(lcore);
		assert_int_equal(leechers(reply()), lcore + 1);
	}
	assert_int_equal(worker_stats[0].values[STAT_jobs], 0);
	assert_int_equal(worker_stats[1].values[STAT_jobs], 2);
	assert_int_equal(worker_stats[1].values[STAT_jobs_own], 1);
	assert_int_equal(
		shard_counts(workers[0]->shard)->leechers[FAMILY_IPV4], 1
	); // of the test before
	assert_int_equal(shard_counts(workers[1]->shard)->leechers[FAMILY_IPV4], 2);
}

// A scrape visits the worker of its lcore without a ring and the others through theirs.
static void
test_scrape_of_both(void **state)
{
	uint64_t id = connid_mint(&io.connid, FAMILY_IPV4, client);
	struct {
		struct bep15_request request;
		uint8_t info_hashes[2][20];
	} __attribute__((packed)) scrape = {
		.request.connection_id = rte_cpu_to_be_64(id),
		.request.action = RTE_BE32(BEP15_SCRAPE),
		.info_hashes = {{2}, {3}},
	};

	(void)state;
	arrive(make_datagram(&scrape, sizeof(scrape)));
	turn(0);
	turn(0); // on to the other worker
	turn(1);
	turn(0);
	const struct bep15_scrape_reply *rows = reply();

	assert_int_equal(rte_be_to_cpu_32(rows->rows[0].leechers), 1);
	assert_int_equal(rte_be_to_cpu_32(rows->rows[1].leechers), 2);
	assert_int_equal(worker_stats[0].values[STAT_jobs_own], 1);
	assert_int_equal(worker_stats[1].values[STAT_jobs_own], 0);
}

// Two bursts before the worker's turn.
static void
test_many(void **state)
{
	enum { FRAMES = 40 };

	(void)state;
	for (unsigned i = 0; i < FRAMES; i++)
		arrive_peer(4, (uint16_t)(3001 + i));
	io_turn(&ios[0]);
	io_turn(&ios[0]);
	assert_int_equal(own[0].count, FRAMES);
	turn(0);
	assert_int_equal(worker_stats[0].values[STAT_jobs_own], FRAMES);
	assert_int_equal(shard_counts(workers[0]->shard)->leechers[FAMILY_IPV4], 1 + FRAMES);
	turn(0);
	assert_int_equal(depart(), TX_ROOM);
}

static void
test_no_room(void **state)
{
	static struct own_jobs full = {.worker = 1, .count = LOOP_OWN_JOBS - 1};
	struct job job = {.hash = 7};

	(void)state;
	assert_false(handover_keep(&full, 0, &job));
	assert_true(handover_keep(&full, 1, &job));
	assert_int_equal(full.jobs[LOOP_OWN_JOBS - 1].hash, 7);
	assert_false(handover_keep(&full, 1, &job));
	assert_int_equal(full.count, LOOP_OWN_JOBS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_on_the_right_queue, each_lcores_test),
		cmocka_unit_test_setup(test_on_a_wrong_queue, each_lcores_test),
		cmocka_unit_test_setup(test_scrape_of_both, each_lcores_test),
		cmocka_unit_test_setup(test_many, each_lcores_test),
		cmocka_unit_test_setup(test_no_room, each_lcores_test),
	};

	return cmocka_run_group_tests(tests, set_up_lcores, NULL);
}
