// SPDX-License-Identifier: BSD-3-Clause
// app/weir/datapath/io_loop.c with limits by source: who is limited, by which packets, and who is not.

#include "../../app/weir/datapath/loops.h"
#include "../../lib/net/checksum.h"
#include "../../lib/tracker/price.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"

#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>

#include <string.h>

enum {
	BUFFERS = 255,
	ROOM = 127, // of rings
	WALL_S = 1700000000,
	OLD_S = 1000, // an id of that age has expired
	CLIENT = 0x0a4d0009, // 10.77.0.9
	VICTIM = 0x0a4d000a,
};

static const uint8_t master[CONNID_MASTER_BYTES] = {1, 2, 3};

static struct rte_mempool *mbufs;
static struct rte_ring *wire_rx, *wire_tx;
static struct host host;
static struct stats stats;
static struct steer steer;
static struct io_queue queue;
static struct settings settings;
static const struct settings *published = &settings;
static const struct networks *denied_sources;
static const struct client_list *clients;
static const struct auth_keys *auth_keys;
static struct ring_slot slots[ROOM + 1];
static struct ring_requester link_;
static struct ring_responder worker_end;
static struct io io;
static uint32_t wall_s;

static struct rte_ring *
make_ring(const char *name)
{
	struct rte_ring *ring = rte_ring_create_elem(
		name, sizeof(void *), ROOM + 1, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ
	);

	assert_non_null(ring);
	return ring;
}

static uint16_t
make_port(void)
{
	struct rte_eth_conf conf = {0};
	int port = rte_eth_from_rings("wire", &wire_rx, 1, &wire_tx, 1, 0);

	assert_true(port >= 0);
	assert_int_equal(rte_eth_dev_configure((uint16_t)port, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_rx_queue_setup((uint16_t)port, 0, 8, 0, NULL, mbufs), 0);
	assert_int_equal(rte_eth_tx_queue_setup((uint16_t)port, 0, 8, 0, NULL), 0);
	assert_int_equal(rte_eth_dev_start((uint16_t)port), 0);
	return (uint16_t)port;
}

static int
set_up(void **state)
{
	struct siphash_key key = {7, 8};

	(void)state;
	test_eal_init();
	mbufs = rte_pktmbuf_pool_create("mbufs", BUFFERS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	assert_non_null(mbufs);
	wire_rx = make_ring("wire_rx");
	wire_tx = make_ring("wire_tx");
	ring_init(&link_, &worker_end, slots, ROOM + 1);
	host = (struct host){
		.mac = {{2, 0, 0, 0, 0, 1}},
		.l2_len = 14,
		.ipv4_count = 1,
		.ipv4_usable = 1,
		.ipv4 = {RTE_BE32(RTE_IPV4(10, 77, 0, 1))},
		.allow_private = true,
		.udp_port = RTE_BE16(6969),
	};
	steer_init(&steer, &key, 1);
	queue = (struct io_queue){.host = &host, .port = make_port()};
	settings.ports[queue.port] = (struct settings_port){
		.policy = {.peers_default = 50, .peers_max = {0, 200, 66}},
		.scrape_rows = {0, 72, 71},
	};
	io = (struct io){
		.steer = &steer,
		.published = &published,
		.lists_published = {&denied_sources, &clients, &auth_keys},
		.wall_s = &wall_s,
		.stats = &stats,
		.outbox = make_ring("outbox"),
		.queue_count = 1,
		.queues = &queue,
		.link_count = 1,
		.links = &link_,
		.budgets = rte_zmalloc(NULL, sizeof(struct budget), 0),
	};
	assert_non_null(io.budgets);
	clock_init(&io.clock, rte_rdtsc(), rte_get_tsc_hz());
	latency_init(&io.latency, io.clock.hz);
	connid_init(&io.connid, master, 120, WALL_S);
	settings.connid = io.connid.secrets;
	return 0;
}

// Publishes limits; all buckets are full.
static void
limit(uint32_t work, uint32_t burst, uint32_t connects)
{
	struct siphash_key key = {9, 9};

	budget_init(io.budgets, &key, 64, io.clock.hz);
	io.limits = (struct budget_limits){UINT32_MAX, 0, 0}; // so that these are new
	settings.limits = (struct budget_limits){work, burst, connects};
	settings.overload = true;
	settings.version++;
}

static int
each_test(void **state)
{
	(void)state;
	assert_int_equal(rte_mempool_avail_count(mbufs), BUFFERS);
	memset(&stats, 0, sizeof(stats));
	pressure_init(&io.pressure, 1, io.clock.hz);
	wall_s = WALL_S;
	return 0;
}

// A datagram to the tracker that says it is from `from`.
static void
arrive(uint32_t from, const void *payload, uint16_t len)
{
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(mbufs);

	assert_non_null(mbuf);
	uint8_t *bytes = (uint8_t *)rte_pktmbuf_append(mbuf, 42 + len);
	struct rte_ether_hdr *ether = (void *)bytes;
	struct rte_ipv4_hdr *ip = (void *)(ether + 1);
	struct rte_udp_hdr *udp = (void *)(ip + 1);

	memset(bytes, 0, 42);
	ether->dst_addr = host.mac;
	ether->src_addr = (struct rte_ether_addr){{2, 0, 0, 0, 0, 9}};
	ether->ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4);
	ip->version_ihl = 0x45;
	ip->total_length = rte_cpu_to_be_16(28 + len);
	ip->time_to_live = 64;
	ip->next_proto_id = IPPROTO_UDP;
	ip->src_addr = rte_cpu_to_be_32(from);
	ip->dst_addr = host.ipv4[0];
	ip->hdr_checksum = checksum_ipv4(ip);
	udp->src_port = RTE_BE16(5000);
	udp->dst_port = host.udp_port;
	udp->dgram_len = rte_cpu_to_be_16(8 + len);
	memcpy(udp + 1, payload, len);
	assert_int_equal(rte_ring_enqueue(wire_rx, mbuf), 0);
}

static uint64_t
id_of(uint32_t from)
{
	rte_be32_t address = rte_cpu_to_be_32(from);

	return connid_mint(&io.connid, FAMILY_IPV4, (const uint8_t *)&address);
}

static void
arrive_connect(uint32_t from)
{
	struct bep15_request connect = {.connection_id = BEP15_MAGIC};

	arrive(from, &connect, sizeof(connect));
}

static void
arrive_announce(uint32_t from, uint64_t id, uint32_t event, int32_t num_want)
{
	struct bep15_announce announce = {
		.request.connection_id = rte_cpu_to_be_64(id),
		.request.action = rte_cpu_to_be_32(BEP15_ANNOUNCE),
		.event = rte_cpu_to_be_32(event),
		.num_want = rte_cpu_to_be_32((uint32_t)num_want),
		.port = RTE_BE16(6881),
	};

	arrive(from, &announce, sizeof(announce));
}

static void
arrive_scrape(uint32_t from)
{
	struct {
		struct bep15_request request;
		uint8_t info_hash[2][20];
	} __attribute__((packed)) scrape = {
		.request.connection_id = rte_cpu_to_be_64(id_of(from)),
		.request.action = rte_cpu_to_be_32(BEP15_SCRAPE),
	};

	arrive(from, &scrape, sizeof(scrape));
}

// Serves all that arrived, and forgets replies and jobs.
static void
serve(void)
{
	struct rte_mbuf *mbuf;
	struct job job;

	while (io_turn(&io) > 0)
		;
	while (rte_ring_dequeue(wire_tx, (void **)&mbuf) == 0)
		rte_pktmbuf_free(mbuf);
	while (ring_take_requests(&worker_end, &job, 1) == 1) {
		rte_pktmbuf_free(job.mbuf);
		ring_give(&worker_end, &job, 1);
		assert_int_equal(ring_take_replies(&link_, &job, 1), 1);
		stats.values[STAT_jobs]++;
	}
}

// Requests that reached a worker since this was last asked.
static uint64_t
handed_over(void)
{
	uint64_t jobs = stats.values[STAT_jobs];

	stats.values[STAT_jobs] = 0;
	return jobs;
}

static uint64_t
verdict(enum verdict verdict)
{
	return stats.verdicts[FAMILY_IPV4][verdict];
}

// Announces and scrapes over the budget are dropped, others are served meanwhile. A second is too long for
// this test to last, so the budget of a second is what a source gets.
static void
test_work(void **state)
{
	unsigned affordable = 100 * PRICE_CONNECT / price_announce(FAMILY_IPV4, 200);

	(void)state;
	limit(1, 100, 0);
	for (unsigned i = 0; i < 2 * affordable; i++)
		arrive_announce(CLIENT, id_of(CLIENT), BEP15_EVENT_NONE, 200);
	serve();
	assert_in_range(handed_over(), affordable, affordable + 1);
	assert_in_range(verdict(VERDICT_source_limited), affordable - 1, affordable);
	for (unsigned i = 0; i < 8; i++)
		arrive_scrape(CLIENT); // one or two are left
	serve();
	assert_in_range(handed_over(), 0, 2);
	arrive_scrape(CLIENT);
	arrive_scrape(VICTIM);
	serve();
	assert_int_equal(handed_over(), 1);
}

// num_want is cut to what the tracker gives, and -1 is its default: neither is dearer.
static void
test_price_of_peers(void **state)
{
	static const struct {
		int32_t num_want;
		unsigned peers;
	} rows[] = {{0, 0}, {-1, 50}, {200, 200}, {INT32_MAX, 200}};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		limit(1, 1000, 0);
		arrive_announce(CLIENT, id_of(CLIENT), BEP15_EVENT_NONE, rows[i].num_want);
		serve();
		assert_int_equal(io.budgets->work, price_announce(FAMILY_IPV4, rows[i].peers));
	}
	limit(1, 1000, 0);
	arrive_scrape(CLIENT);
	serve();
	assert_int_equal(io.budgets->work, price_scrape(2));
}

static void
test_connects(void **state)
{
	(void)state;
	limit(0, 1, 4);
	for (unsigned i = 0; i < 60; i++)
		arrive_connect(CLIENT);
	arrive_connect(VICTIM);
	serve();
	assert_in_range(verdict(VERDICT_connect), 41, 42);
	assert_in_range(verdict(VERDICT_source_limited), 19, 20);
	arrive_announce(CLIENT, id_of(CLIENT), BEP15_EVENT_NONE, 0); // an id is still good
	serve();
	assert_int_equal(handed_over(), 1);
}

// Whoever forges the address of a victim can take its connects, but not what it may do with an id.
static void
test_forgery_takes_no_work(void **state)
{
	(void)state;
	limit(1, 100, 4);
	for (unsigned i = 0; i < 100; i++) {
		arrive_announce(VICTIM, id_of(CLIENT), BEP15_EVENT_NONE, 200);
		if (i % 2 == 0)
			serve();
	}
	serve();
	assert_int_equal(verdict(VERDICT_id_forged), 100);
	for (unsigned i = 0; i < 100; i++)
		arrive_connect(VICTIM);
	serve();
	assert_true(verdict(VERDICT_source_limited) > 50);
	for (unsigned i = 0; i < 8; i++)
		arrive_announce(VICTIM, id_of(VICTIM), BEP15_EVENT_NONE, 200);
	serve();
	assert_int_equal(handed_over(), 8);
}

// Expired ids are answered with an error as long as the source may connect. They cost no work, and are no
// reason to be banned.
static void
test_expired_ids_are_connects(void **state)
{
	uint64_t old = id_of(CLIENT);

	(void)state;
	limit(1, 100, 4);
	wall_s = WALL_S + OLD_S;
	for (unsigned i = 0; i < 60; i++)
		arrive_announce(CLIENT, old, BEP15_EVENT_NONE, 200);
	serve();
	assert_in_range(verdict(VERDICT_id_expired), 40, 41);
	assert_in_range(verdict(VERDICT_source_limited), 19, 20);
	assert_int_equal(io.budgets->work, 0);
	arrive_announce(CLIENT, id_of(CLIENT), BEP15_EVENT_NONE, 200);
	serve();
	assert_int_equal(handed_over(), 1);
	wall_s = WALL_S;
	serve();
}

// A source that is over its budget loses its requests before their ids are looked at.
static void
test_used_up_before_the_id(void **state)
{
	(void)state;
	limit(1, 64, 0);
	for (unsigned i = 0; i < 10; i++)
		arrive_announce(CLIENT, id_of(CLIENT), BEP15_EVENT_NONE, 200);
	serve();
	uint64_t limited = verdict(VERDICT_source_limited);

	assert_true(limited > 0);
	while (verdict(VERDICT_source_limited) == limited || verdict(VERDICT_id_forged) > 0) {
		stats.verdicts[FAMILY_IPV4][VERDICT_id_forged] = 0;
		arrive_scrape(CLIENT); // until not even the cheapest request is left
		serve();
		limited = verdict(VERDICT_source_limited);
		arrive_announce(CLIENT, id_of(VICTIM), BEP15_EVENT_NONE, 0);
		serve();
	}
	handed_over();
}

// Limits come and go with settings, also while requests arrive.
static void
test_settings(void **state)
{
	(void)state;
	limit(1, 64, 1);
	for (unsigned i = 0; i < 20; i++)
		arrive_announce(CLIENT, id_of(CLIENT), BEP15_EVENT_NONE, 200);
	serve();
	assert_true(handed_over() < 10);
	settings.limits = (struct budget_limits){0};
	settings.version++;
	for (unsigned i = 0; i < 20; i++)
		arrive_announce(CLIENT, id_of(CLIENT), BEP15_EVENT_NONE, 200);
	serve();
	assert_int_equal(handed_over(), 20);
	assert_null(io.budget);
	settings.limits = (struct budget_limits){1000000000, 1000000000, 0};
	settings.version++;
	for (unsigned i = 0; i < 20; i++)
		arrive_announce(VICTIM, id_of(VICTIM), BEP15_EVENT_NONE, 200);
	serve();
	assert_int_equal(handed_over(), 20);
	assert_non_null(io.budget);
}

// Under pressure requests are dropped by their kind; announces of known peers last.
static void
test_overload(void **state)
{
	static const struct {
		unsigned level;
		unsigned scrapes, connects, started, known; // that are left of ten
	} rows[] = {
		{PRESSURE_OF_BUDGET, 10, 10, 10, 10},
		{PRESSURE_OF_BUDGET + 1 * PRESSURE_OF_CLASS, 0, 10, 10, 10},
		{PRESSURE_OF_BUDGET + 2 * PRESSURE_OF_CLASS, 0, 0, 10, 10},
		{PRESSURE_OF_BUDGET + 3 * PRESSURE_OF_CLASS, 0, 0, 0, 10},
		{PRESSURE_MAX, 0, 0, 0, 0},
	};

	(void)state;
	for (unsigned r = 0; r < RTE_DIM(rows); r++) {
		limit(1000000, 1000000, 1000000);
		serve();
		memset(&stats, 0, sizeof(stats));
		pressure_reset(&io.pressure);
		io.pressure.height = (uint64_t)rows[r].level << io.pressure.shift;
		io.pressure.level = rows[r].level;
		for (unsigned i = 0; i < 10; i++) {
			arrive_scrape(CLIENT);
			arrive_connect(CLIENT);
		}
		serve();
		unsigned scrapes = (unsigned)handed_over();

		for (unsigned i = 0; i < 10; i++)
			arrive_announce(CLIENT, id_of(CLIENT), BEP15_EVENT_STARTED, 0);
		io.pressure.height = (uint64_t)rows[r].level << io.pressure.shift;
		io.pressure.level = rows[r].level;
		serve();
		unsigned started = (unsigned)handed_over();

		for (unsigned i = 0; i < 10; i++)
			arrive_announce(CLIENT, id_of(CLIENT), BEP15_EVENT_NONE, 0);
		io.pressure.height = (uint64_t)rows[r].level << io.pressure.shift;
		io.pressure.level = rows[r].level;
		serve();
		unsigned known = (unsigned)handed_over();

		assert_in_range(scrapes, rows[r].scrapes, rows[r].scrapes + 1);
		assert_in_range(verdict(VERDICT_connect), rows[r].connects, rows[r].connects + 1);
		assert_in_range(started, rows[r].started, rows[r].started + 1);
		assert_in_range(known, rows[r].known, rows[r].known + 1);
		assert_int_equal(
			verdict(VERDICT_overload) + scrapes + started + known
				+ verdict(VERDICT_connect),
			40
		);
		assert_int_equal(verdict(VERDICT_source_limited), 0);
	}
}

// A request ring that fills up is pressure, before requests are lost; unless it is not to be followed.
static void
test_full_ring_is_pressure(void **state)
{
	static const struct {
		uint32_t work;
		bool overload, is_pressure;
	} rows[] = {{0, true, false}, {1000000, true, true}, {1000000, false, false}};

	(void)state;
	for (unsigned r = 0; r < RTE_DIM(rows); r++) {
		limit(rows[r].work, 1000000, 1000000);
		settings.overload = rows[r].overload;
		pressure_reset(&io.pressure);
		for (unsigned i = 0; i < ROOM - 4; i++)
			arrive_announce(CLIENT, id_of(CLIENT), BEP15_EVENT_NONE, 0);
		for (unsigned i = 0; i < ROOM / LOOP_BURST + 1; i++)
			io_turn(&io);
		assert_int_equal(io.pressure.level > 0, rows[r].is_pressure);
		serve();
	}
	assert_int_equal(verdict(VERDICT_ring_full), 0);
	handed_over();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_work, each_test),
		cmocka_unit_test_setup(test_price_of_peers, each_test),
		cmocka_unit_test_setup(test_connects, each_test),
		cmocka_unit_test_setup(test_forgery_takes_no_work, each_test),
		cmocka_unit_test_setup(test_expired_ids_are_connects, each_test),
		cmocka_unit_test_setup(test_used_up_before_the_id, each_test),
		cmocka_unit_test_setup(test_settings, each_test),
		cmocka_unit_test_setup(test_overload, each_test),
		cmocka_unit_test_setup(test_full_ring_is_pressure, each_test),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
