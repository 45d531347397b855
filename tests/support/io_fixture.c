// SPDX-License-Identifier: BSD-3-Clause

#include "io_fixture.h"

#include "../../app/weir/datapath/rx_checksum_inline.h"
#include "../../lib/net/checksum.h"
#include "cmocka_wrap.h"
#include "eal.h"

#include <rte_cycles.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>

#include <string.h>

static const uint8_t master[CONNID_MASTER_BYTES] = {1, 2, 3};
const uint8_t client[4] = {10, 77, 0, 9};

struct rte_mempool *mbufs;
struct rte_ring *wire_rx, *wire_tx;
struct host host;
struct stats stats;
struct steer steer;
struct io_queue queue;
struct settings settings = {.port_unreachable = true};
static const struct settings *published = &settings;
const struct networks *denied_sources;
const struct client_list *clients;
const struct auth_keys *auth_keys;
struct ring_requester link_;
struct ring_responder worker_end;
struct io io;
uint32_t wall_s = WALL_S;
static struct ring_slot slots[JOB_ROOM + 1];

void
make_host(void)
{
	host = (struct host){
		.mac = {{2, 0, 0, 0, 0, 1}},
		.l2_len = 14,
		.ipv4_count = 1,
		.ipv4_usable = 1,
		.ipv4 = {RTE_BE32(RTE_IPV4(10, 77, 0, 1))},
		.allow_private = true,
		.udp_port = RTE_BE16(6969),
	};
}

static void
start_port(uint16_t port)
{
	struct rte_eth_conf conf = {0};

	assert_int_equal(rte_eth_dev_configure(port, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, 8, 0, NULL, mbufs), 0);
	assert_int_equal(rte_eth_tx_queue_setup(port, 0, 8, 0, NULL), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
}

struct rte_ring *
make_ring(const char *name, unsigned element, unsigned size)
{
	struct rte_ring *ring = rte_ring_create_elem(
		name, element, size, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ
	);

	assert_non_null(ring);
	return ring;
}

int
set_up(void **state)
{
	struct siphash_key key = {7, 8};

	(void)state;
	test_eal_init();
	mbufs = rte_pktmbuf_pool_create("mbufs", BUFFERS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	assert_non_null(mbufs);
	wire_rx = make_ring("wire_rx", sizeof(void *), 64);
	wire_tx = make_ring("wire_tx", sizeof(void *), TX_ROOM + 1);
	int port = rte_eth_from_rings("wire", &wire_rx, 1, &wire_tx, 1, 0);

	assert_true(port >= 0);
	start_port((uint16_t)port);
	make_host();
	steer_init(&steer, &key, 1);
	queue = (struct io_queue){
		.host = &host,
		.port = (uint16_t)port,
		.rx_checksum_mask = received_checksum_mask(
			RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM
		),
	};
	settings.ports[port] = (struct settings_port){.scrape_rows = {0, 72, 71}};
	ring_init(&link_, &worker_end, slots, JOB_ROOM + 1);
	io = (struct io){
		.steer = &steer,
		.published = &published,
		.lists_published = {&denied_sources, &clients, &auth_keys},
		.wall_s = &wall_s,
		.stats = &stats,
		.outbox = make_ring("outbox", sizeof(void *), 64),
		.queue_count = 1,
		.queues = &queue,
		.link_count = 1,
		.links = &link_,
	};
	clock_init(&io.clock, rte_rdtsc(), rte_get_tsc_hz());
	latency_init(&io.latency, io.clock.hz);
	connid_init(&io.connid, master, 120, WALL_S);
	shares_init(&io.echo_limit, 1000, 1000, io.clock.hz, &key);
	shares_init(&io.neighbour_limit, 1000, 1000, io.clock.hz, &key);
	shares_init(&io.unreachable_limit, 1000, 1000, io.clock.hz, &key);
	return 0;
}

int
each_test(void **state)
{
	(void)state;
	memset(&stats, 0, sizeof(stats));
	assert_int_equal(rte_mempool_avail_count(mbufs), BUFFERS);
	return 0;
}

struct rte_mbuf *
make_datagram(const void *payload, uint16_t len)
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
	memcpy(&ip->src_addr, client, 4);
	ip->dst_addr = host.ipv4[0];
	ip->hdr_checksum = checksum_ipv4(ip);
	udp->src_port = RTE_BE16(5000);
	udp->dst_port = host.udp_port;
	udp->dgram_len = rte_cpu_to_be_16(8 + len);
	memcpy(udp + 1, payload, len);
	return mbuf;
}

void
arrive(struct rte_mbuf *mbuf)
{
	assert_int_equal(rte_ring_enqueue(wire_rx, mbuf), 0);
}

void
arrive_connect(void)
{
	struct bep15_request connect = {.connection_id = BEP15_MAGIC};

	arrive(make_datagram(&connect, sizeof(connect)));
}

void
arrive_announce(void)
{
	uint64_t id = connid_mint(&io.connid, FAMILY_IPV4, client);
	struct bep15_announce announce = {
		.request.connection_id = rte_cpu_to_be_64(id),
		.request.action = rte_cpu_to_be_32(BEP15_ANNOUNCE),
		.port = RTE_BE16(6881),
	};

	arrive(make_datagram(&announce, sizeof(announce)));
}

uint64_t
verdicts(enum family family, enum verdict verdict)
{
	return stats.verdicts[family][verdict];
}

unsigned
depart(void)
{
	struct rte_mbuf *mbuf;
	unsigned count = 0;

	for (; rte_ring_dequeue(wire_tx, (void **)&mbuf) == 0; count++)
		rte_pktmbuf_free(mbuf);
	return count;
}

struct job
take_job(void)
{
	struct job job = {0};

	assert_int_equal(ring_take_requests(&worker_end, &job, 1), 1);
	return job;
}

void
give_reply(const struct job *job)
{
	ring_give(&worker_end, job, 1);
}

unsigned
drop_jobs(void)
{
	struct job job;
	unsigned count = 0;

	for (; ring_take_requests(&worker_end, &job, 1) == 1; count++) {
		rte_pktmbuf_free(job.mbuf);
		ring_give(&worker_end, &job, 1);
		assert_int_equal(ring_take_replies(&link_, &job, 1), 1);
	}
	return count;
}
