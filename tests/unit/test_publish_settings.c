// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/publish.h: an io lcore and a worker serve announces while settings change; each reply
// follows one of them as a whole.

#include "../../app/weir/setup/publish.h"
#include "../../lib/swarm/shard_inline.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/frames.h"

#include <rte_cycles.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>

#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>

enum {
	BUFFERS = 255,
	RING = 64,
	PAYLOAD_AT = 42,
	PEERS = 100, // in the torrent; each announces again and again
	WALL_S = 1700000000,
	LCORE_IO = 0,
	LCORE_WORKER,
	LCORES,
	SETTINGS = 2,
	REPLIES_MIN = 5000, // by each of the settings
	PUBLICATIONS = 5000, // at least
	TIME_MAX_S = 300,
};

// The settings that take turns.
static const struct config configs[SETTINGS] = {
	{
		.interval_s = 600,
		.peers_default = 5,
		.peers_max_ipv4 = 5,
		.peers_max_ipv6 = 5,
		.stage_turns = 3,
		.echo_rate = 100,
		.neighbour_rate = 200,
		.unreachable_rate = 300,
	},
	{
		.interval_s = 1200,
		.peers_default = 50,
		.peers_max_ipv4 = 50,
		.peers_max_ipv6 = 50,
		.stage_turns = 0,
		.echo_rate = 1000,
		.neighbour_rate = 2000,
		.unreachable_rate = 3000,
	},
};

static struct weir weir = {
	.config = &configs[0],
	.plan.count = LCORES,
	.port_count = 1,
	.ports[0].mtu = 1500,
	.keys.connid_master = {1, 2, 3},
	.wall_s = WALL_S,
};
static struct rte_mempool *mbufs;
static struct rte_ring *wire_rx, *wire_tx;
static struct stats stats[LCORES];
static struct io_queue queue;
static struct ring_slot slots[RING];
static struct ring_requester io_link;
static struct ring_responder worker_link;
static struct io io;
static struct worker *worker;

// What the io lcore's thread found.
static unsigned replies[SETTINGS];
static unsigned mixed; // replies that follow no settings
static unsigned astray; // turns whose limits or stages follow no settings
static bool stop;

static struct rte_ring *
make_ring(const char *name)
{
	struct rte_ring *ring = rte_ring_create_elem(
		name, sizeof(void *), RING, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ
	);

	assert_non_null(ring);
	return ring;
}

static void
make_port(struct port *port)
{
	struct rte_eth_conf conf = {0};

	wire_rx = make_ring("wire_rx");
	wire_tx = make_ring("wire_tx");
	int id = rte_eth_from_rings("wire", &wire_rx, 1, &wire_tx, 1, 0);

	assert_true(id >= 0);
	port->id = (uint16_t)id;
	port->own_host = wire_host(false);
	port->host = &port->own_host;
	assert_int_equal(rte_eth_dev_configure(port->id, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_rx_queue_setup(port->id, 0, 8, 0, NULL, mbufs), 0);
	assert_int_equal(rte_eth_tx_queue_setup(port->id, 0, 8, 0, NULL), 0);
	assert_int_equal(rte_eth_dev_start(port->id), 0);
}

static void
make_io(const struct siphash_key *key)
{
	queue = (struct io_queue){.host = &weir.ports[0].own_host, .port = weir.ports[0].id};
	io = (struct io){
		.steer = &weir.steer,
		.published = &weir.settings,
		.lists_published = {&weir.denied_sources, &weir.clients, &weir.auth_keys},
		.wall_s = &weir.wall_s,
		.stats = &stats[LCORE_IO],
		.outbox = make_ring("outbox"),
		.queue_count = 1,
		.queues = &queue,
		.link_count = 1,
		.links = &io_link,
	};
	clock_init(&io.clock, rte_rdtsc(), rte_get_tsc_hz());
	latency_init(&io.latency, io.clock.hz);
	connid_init(&io.connid, weir.keys.connid_master, 120, WALL_S);
	shares_init(&io.echo_limit, 1, 1, io.clock.hz, key);
	shares_init(&io.neighbour_limit, 1, 1, io.clock.hz, key);
	shares_init(&io.unreachable_limit, 1, 1, io.clock.hz, key);
}

static void
make_worker(void)
{
	const struct shard_config config = {
		.name = "shard",
		.socket = SOCKET_ID_ANY,
		.max_torrents = 16,
		.max_peers = 2 * PEERS,
		.peer_timeout_s = 1000,
		.seed = 1,
	};

	worker = rte_zmalloc("worker", sizeof(*worker), RTE_CACHE_LINE_SIZE);
	assert_non_null(worker);
	worker->shard = shard_create(&config);
	assert_non_null(worker->shard);
	worker->stats = &stats[LCORE_WORKER];
	worker->link_count = 1;
	worker->links = &worker_link;
	worker->hosts[weir.ports[0].id] = &weir.ports[0].own_host;
	worker->published = &weir.settings;
	worker->access = &weir.access;
	worker->wall_s = &weir.wall_s;
	clock_init(&worker->clock, rte_rdtsc(), rte_get_tsc_hz());
}

// An announce of a leecher, from the client of frames.h, arrives.
static void
arrive(uint16_t peer)
{
	struct bep15_announce announce = {
		.request.connection_id =
			rte_cpu_to_be_64(connid_mint(&io.connid, FAMILY_IPV4, wire_peer4)),
		.request.action = RTE_BE32(BEP15_ANNOUNCE),
		.left = RTE_BE64(1000),
		.num_want = RTE_BE32(UINT32_MAX),
		.port = rte_cpu_to_be_16((uint16_t)(1000 + peer)),
	};
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(mbufs);
	struct wire wire;

	assert_non_null(mbuf);
	wire_udp4(&wire, false, WIRE_PORT, sizeof(announce));
	memcpy(wire.bytes + PAYLOAD_AT, &announce, sizeof(announce));
	wire_sum(&wire);
	memcpy(rte_pktmbuf_append(mbuf, (uint16_t)wire.len), wire.bytes, wire.len);
	assert_int_equal(rte_ring_enqueue(wire_rx, mbuf), 0);
}

// Counts a reply as one by the settings it follows.
static void
count_reply(const struct rte_mbuf *mbuf)
{
	const struct bep15_announce_reply *reply =
		rte_pktmbuf_mtod_offset(mbuf, const void *, PAYLOAD_AT);
	unsigned peers = (mbuf->data_len - PAYLOAD_AT - (unsigned)sizeof(*reply)) / 6;

	for (unsigned i = 0; i < SETTINGS; i++)
		if (rte_be_to_cpu_32(reply->reply.action) == BEP15_ANNOUNCE
		    && rte_be_to_cpu_32(reply->interval) == configs[i].interval_s
		    && peers == configs[i].peers_max_ipv4) {
			__atomic_fetch_add(&replies[i], 1, __ATOMIC_RELAXED);
			return;
		}
	mixed++;
}

static void
depart(bool counted)
{
	struct rte_mbuf *mbuf;

	while (rte_ring_dequeue(wire_tx, (void **)&mbuf) == 0) {
		if (counted)
			count_reply(mbuf);
		rte_pktmbuf_free(mbuf);
	}
}

// Whether the limits and stages of the turn that has just ended follow one of the settings.
static bool
follows_settings(void)
{
	for (unsigned i = 0; i < SETTINGS; i++)
		if (io.echo_limit.rate == configs[i].echo_rate
		    && io.neighbour_limit.rate == configs[i].neighbour_rate
		    && io.unreachable_limit.rate == configs[i].unreachable_rate
		    && io.stages.every == configs[i].stage_turns)
			return true;
	return false;
}

// EAL binds its one lcore to a CPU. The threads of this test shall run on all CPUs, so that they meet.
static void
start_eal(void)
{
	cpu_set_t cpus;

	assert_int_equal(sched_getaffinity(0, sizeof(cpus), &cpus), 0);
	test_eal_init();
	assert_int_equal(sched_setaffinity(0, sizeof(cpus), &cpus), 0);
}

static int
set_up(void **state)
{
	const struct siphash_key key = {5, 6};
	struct error error;

	(void)state;
	start_eal();
	mbufs = rte_pktmbuf_pool_create("mbufs", BUFFERS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	assert_non_null(mbufs);
	make_port(&weir.ports[0]);
	steer_init(&weir.steer, &key, 1);
	ring_init(&io_link, &worker_link, slots, RING);
	make_io(&key);
	make_worker();
	assert_true(publish_up(&weir, &error));
	for (uint16_t peer = 0; peer < PEERS; peer++) {
		arrive(peer);
		io_turn(&io);
		worker_turn(worker);
		io_turn(&io);
		depart(false);
	}
	assert_int_equal(shard_counts(worker->shard)->leechers[FAMILY_IPV4], PEERS);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	publish_down(&weir);
	assert_int_equal(rte_mempool_avail_count(mbufs), BUFFERS);
	return 0;
}

// Each publication is followed from the next turn on.
static void
test_turns_follow(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		const struct config *config = &configs[i % SETTINGS];

		assert_true(publish_settings(&weir, config));
		assert_int_equal(publisher_reclaim(&weir.publisher), 0);
		io_turn(&io);
		worker_turn(worker);
		assert_int_equal(io.settings_version, weir.settings->version);
		assert_int_equal(worker->settings_version, weir.settings->version);
		assert_int_equal(io.echo_limit.rate, config->echo_rate);
		assert_int_equal(io.neighbour_limit.rate, config->neighbour_rate);
		assert_int_equal(io.unreachable_limit.rate, config->unreachable_rate);
		assert_int_equal(io.stages.every, config->stage_turns);
		assert_int_equal(worker->stages.every, config->stage_turns);
	}
}

// The governed interval, within what the configuration allows at the moment.
static void
test_governed_interval(void **state)
{
	static const struct {
		uint32_t interval_s, max_s, governed_s, expected_s;
	} rows[] = {
		{600, 0, 900, 600},
		{600, 1800, 900, 900},
		{600, 800, 900, 800},
		{1000, 1800, 900, 1000},
		{600, 1800, 0, 600},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct config config = configs[0];

		config.interval_s = rows[i].interval_s;
		config.interval_max_s = rows[i].max_s;
		weir.governor.interval_s = rows[i].governed_s;
		assert_true(publish_settings(&weir, &config));
		publisher_reclaim(&weir.publisher);
		worker_turn(worker);
		assert_int_equal(
			worker->settings->ports[weir.ports[0].id].policy.interval_s,
			rows[i].expected_s
		);
	}
	weir.governor = (struct governor){0};
}

// The limits of sources follow, too: the part of one worker.
static void
test_limits_of_sources(void **state)
{
	struct config config = configs[0];
	const struct sources *sources = &worker->shard->store.sources;

	(void)state;
	config.peers_per_source = 800;
	config.peers_per_swarm_and_source = 30;
	config.torrents_per_source = 400;
	weir.plan.worker_count = 4;
	assert_true(publish_settings(&weir, &config));
	worker_turn(worker);
	assert_int_equal(sources->limits.peers, 800);
	assert_int_equal(sources->limits.peers_here, 200 + 12 + 1);
	assert_int_equal(sources->limits.pair, 30);
	assert_int_equal(sources->limits.torrents, 100 + 6 + 1);
	config.peers_per_source = config.torrents_per_source = 0; // no limits
	assert_true(publish_settings(&weir, &config));
	worker_turn(worker);
	assert_int_equal(sources->limits.peers, 0);
	assert_int_equal(sources->limits.torrents, 0);
	weir.plan.worker_count = 0;
	assert_true(publish_settings(&weir, &configs[0]));
	worker_turn(worker);
	publisher_reclaim(&weir.publisher);
}

// A staged key of connection ids, and its loss, arrive with settings; the ids of now stay.
static void
test_keys_of_ids_follow(void **state)
{
	uint64_t id = connid_mint(&io.connid, FAMILY_IPV4, wire_peer4);
	struct connid_secrets secrets;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		bool staged = i == 0;

		memset(weir.keys.connid_next, staged ? 7 : 0, CONNID_MASTER_BYTES);
		weir.keys.connid_from_s = staged ? WALL_S + 600 : 0;
		assert_true(publish_settings(&weir, weir.config));
		io_turn(&io);
		keys_connid(&weir.keys, &secrets);
		assert_memory_equal(&io.connid.secrets, &secrets, sizeof(secrets));
		assert_int_equal(connid_mint(&io.connid, FAMILY_IPV4, wire_peer4), id);
		assert_int_equal(
			connid_verify(&io.connid, id, FAMILY_IPV4, wire_peer4), CONNID_PROVED
		);
	}
}

// Queues of an unplugged port stop receiving and sending; those of other ports go on.
static void
test_unplugged_port(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		weir.ports[0].gone = i == 0;
		assert_true(publish_settings(&weir, &configs[0]));
		io_turn(&io);
		worker_turn(worker);
		assert_int_equal(queue.unplugged, weir.ports[0].gone);
	}
}

static bool
stopped(void)
{
	return __atomic_load_n(&stop, __ATOMIC_RELAXED);
}

// The io lcore, and the client behind its port: bursts, so that a turn of the worker takes long enough for
// settings to change meanwhile. Ends once no request is with the worker.
static void *
run_io(void *unused)
{
	unsigned waiting = 0;
	uint16_t peer = 0;

	publisher_join(&weir.publisher, LCORE_IO);
	while (!stopped() || waiting > 0) {
		if (!stopped() && waiting == 0)
			for (; waiting < LOOP_BURST; waiting++)
				arrive(peer++ % PEERS);
		if (io_turn(&io) == 0)
			sched_yield();
		waiting -= rte_ring_count(wire_tx);
		depart(true);
		astray += !follows_settings();
		publisher_quiescent(&weir.publisher, LCORE_IO);
	}
	publisher_leave(&weir.publisher, LCORE_IO);
	return unused;
}

static void *
run_worker(void *io_ended)
{
	publisher_join(&weir.publisher, LCORE_WORKER);
	while (!__atomic_load_n((bool *)io_ended, __ATOMIC_RELAXED)) {
		if (worker_turn(worker) == 0)
			sched_yield();
		publisher_quiescent(&weir.publisher, LCORE_WORKER);
	}
	publisher_leave(&weir.publisher, LCORE_WORKER);
	return NULL;
}

static bool
replied_enough(void)
{
	for (unsigned i = 0; i < SETTINGS; i++)
		if (__atomic_load_n(&replies[i], __ATOMIC_RELAXED) < REPLIES_MIN)
			return false;
	return true;
}

static void
test_replies_follow_one_settings(void **state)
{
	time_t end = time(NULL) + TIME_MAX_S;
	bool io_ended = false;
	unsigned published = 0;
	pthread_t threads[LCORES];

	(void)state;
	assert_int_equal(pthread_create(&threads[LCORE_IO], NULL, run_io, NULL), 0);
	assert_int_equal(pthread_create(&threads[LCORE_WORKER], NULL, run_worker, &io_ended), 0);
	while ((published < PUBLICATIONS || !replied_enough()) && time(NULL) < end) {
		published += publish_settings(&weir, &configs[published % SETTINGS]);
		publisher_reclaim(&weir.publisher);
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	pthread_join(threads[LCORE_IO], NULL);
	__atomic_store_n(&io_ended, true, __ATOMIC_RELAXED);
	pthread_join(threads[LCORE_WORKER], NULL);
	assert_true(replied_enough());
	assert_int_equal(mixed, 0);
	assert_int_equal(astray, 0);
	assert_int_equal(publisher_reclaim(&weir.publisher), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_turns_follow),
		cmocka_unit_test(test_governed_interval),
		cmocka_unit_test(test_limits_of_sources),
		cmocka_unit_test(test_keys_of_ids_follow),
		cmocka_unit_test(test_unplugged_port),
		cmocka_unit_test(test_replies_follow_one_settings),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
