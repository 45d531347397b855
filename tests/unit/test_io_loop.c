// SPDX-License-Identifier: BSD-3-Clause
// app/weir/datapath/io_loop.c on a port made of rings: what an io lcore does when there is no room.

#include "../../app/weir/datapath/rx_checksum_inline.h"
#include "../support/cmocka_wrap.h"
#include "../support/io_fixture.h"

#include <string.h>

static void
test_empty_turn(void **state)
{
	(void)state;
	assert_int_equal(io_turn(&io), 0);
	assert_int_equal(stats.values[STAT_io_turns], 1);
	assert_int_equal(stats.values[STAT_io_turns_empty], 1);
}

// More answers than the transmit queue takes: the rest is given up, each with its verdict.
static void
test_tx_full(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 12; i++)
		arrive_connect();
	assert_int_equal(io_turn(&io), 12);
	assert_int_equal(verdicts(FAMILY_IPV4, VERDICT_connect), TX_ROOM);
	assert_int_equal(verdicts(FAMILY_IPV4, VERDICT_tx_full), 12 - TX_ROOM);
	assert_int_equal(stats.values[STAT_rx_packets], 12);
	assert_int_equal(stats.values[STAT_rx_bytes], 12 * 58);
	assert_int_equal(stats.values[STAT_tx_packets], TX_ROOM);
	assert_int_equal(stats.values[STAT_tx_bytes], TX_ROOM * 58);
	assert_int_equal(depart(), TX_ROOM);
}

// More announces than the worker's ring holds.
static void
test_ring_full(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 20; i++)
		arrive_announce();
	assert_int_equal(io_turn(&io), 20);
	assert_int_equal(verdicts(FAMILY_IPV4, VERDICT_ring_full), 20 - JOB_ROOM);
	assert_int_equal(drop_jobs(), JOB_ROOM);
}

// A job carries what the worker needs, and its answer leaves through the queue it came from.
static void
test_job_to_worker_and_back(void **state)
{
	uint8_t info_hash[20] = {0};

	(void)state;
	arrive_announce();
	io_turn(&io);
	struct job job = take_job();

	assert_int_equal(job.action, BEP15_ANNOUNCE);
	assert_int_equal(job.family, FAMILY_IPV4);
	assert_int_equal(job.port, queue.port);
	assert_ptr_equal(loop_frame(&job), rte_pktmbuf_mtod(job.mbuf, void *));
	assert_int_equal(job.hash, (uint32_t)steer_hash(&steer, info_hash));
	job.verdict = VERDICT_announce;
	job.frame_len = frame_reply_udp(&host, loop_frame(&job), FAMILY_IPV4, 20);
	give_reply(&job);
	assert_int_equal(io_turn(&io), 1);
	assert_int_equal(verdicts(FAMILY_IPV4, VERDICT_announce), 1);
	assert_int_equal(stats.values[STAT_tx_bytes], 62);
	assert_int_equal(depart(), 1);
}

// An lcore with two queues can have asked a worker for more than a burst: all comes back in a turn.
static void
test_drains_replies_of_each_queue(void **state)
{
	enum { REPLIES = LOOP_BURST + 8 };
	struct io_queue queues[2] = {queue, queue};
	static struct ring_slot slots[2 * LOOP_BURST];
	struct ring_requester few = link_;
	struct ring_responder worker;

	(void)state;
	ring_init(&link_, &worker, slots, RTE_DIM(slots));
	for (unsigned i = 0; i < REPLIES; i++) {
		struct rte_mbuf *mbuf = rte_pktmbuf_alloc(mbufs);
		struct job job = loop_job(mbuf, queue.port, BEP15_ANNOUNCE, FAMILY_IPV4);

		job.frame_len = 62;
		job.verdict = VERDICT_announce;
		ring_put(&link_, &job);
		ring_show(&link_);
		io.waiting = 1;
		assert_int_equal(ring_take_requests(&worker, &job, 1), 1);
		ring_give(&worker, &job, 1);
	}
	io.queues = queues;
	io.queue_count = 2;
	assert_int_equal(io_turn(&io), REPLIES);
	io.queues = &queue;
	io.queue_count = 1;
	link_ = few;
	assert_int_equal(depart(), TX_ROOM);
}

// What passes each stage, in a turn that is timed.
static void
test_stages(void **state)
{
	static const struct {
		enum stage stage;
		unsigned items;
	} rows[] = {
		{STAGE_receive, 3},
		{STAGE_parse, 3},
		{STAGE_verify, 3},
		{STAGE_answer, 3},
		{STAGE_steer, 1},
		{STAGE_handover, 1},
		{STAGE_send, 2},
	};

	(void)state;
	io.stages = (struct stages){.every = 1};
	arrive_connect();
	arrive_announce();
	arrive_connect();
	assert_int_equal(io_turn(&io), 3);
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		assert_int_equal(io.stages.sums[rows[i].stage].items, rows[i].items);
		assert_true(io.stages.sums[rows[i].stage].cycles > 0);
	}
	assert_int_equal(io.stages.sums[STAGE_collect].items, 0);
	io.stages = (struct stages){.every = 0};
	assert_int_equal(drop_jobs(), 1);
	assert_int_equal(depart(), 2);
}

// In turns that are timed one packet is followed: until it leaves, or is dropped.
static void
test_latency(void **state)
{
	const struct histogram *kinds = io.latency.kinds;

	(void)state;
	latency_init(&io.latency, io.clock.hz);
	io.stages = (struct stages){.every = 1};
	arrive_connect();
	assert_int_equal(io_turn(&io), 1);
	assert_null(io.latency.packet);
	assert_int_equal(histogram_count(&kinds[LATENCY_connect]), 1);
	assert_true(kinds[LATENCY_connect].min > 0);

	arrive_announce();
	io_turn(&io);
	assert_non_null(io.latency.packet); // a worker has it
	assert_int_equal(drop_jobs(), 1);
	latency_cancel(&io.latency, io.latency.packet);

	for (unsigned i = 0; i < JOB_ROOM + 1; i++) // the last finds the ring full
		arrive_announce();
	io_turn(&io);
	latency_cancel(&io.latency, io.latency.packet);
	arrive_announce();
	io_turn(&io);
	assert_null(io.latency.packet);
	assert_int_equal(histogram_count(&kinds[LATENCY_announce]), 0);
	io.stages = (struct stages){.every = 0};
	assert_int_equal(drop_jobs(), JOB_ROOM);
	assert_int_equal(depart(), 1);
}

// A reply that the port does not take is not followed any longer.
static void
test_latency_of_dropped_packets(void **state)
{
	(void)state;
	io.stages = (struct stages){.every = 1};
	for (unsigned i = 0; i < TX_ROOM; i++)
		arrive_connect();
	io_turn(&io);
	uint64_t before = histogram_count(&io.latency.kinds[LATENCY_connect]);

	arrive_connect(); // the port is full
	io_turn(&io);
	assert_null(io.latency.packet);
	assert_int_equal(histogram_count(&io.latency.kinds[LATENCY_connect]), before);
	assert_int_equal(stats.verdicts[FAMILY_IPV4][VERDICT_tx_full], 1);
	io.stages = (struct stages){.every = 0};
	assert_int_equal(depart(), TX_ROOM);
}

// A scrape that comes back unfinished goes on to the worker of the next hash.
static void
test_scrape_passes_several_workers(void **state)
{
	uint64_t id = connid_mint(&io.connid, FAMILY_IPV4, client);
	struct {
		struct bep15_request request;
		uint8_t info_hash[2][20];
	} __attribute__((packed)) scrape = {
		.request.connection_id = rte_cpu_to_be_64(id),
		.request.action = rte_cpu_to_be_32(BEP15_SCRAPE),
	};

	(void)state;
	arrive(make_datagram(&scrape, sizeof(scrape)));
	io_turn(&io);
	struct job job = take_job();

	assert_int_equal(job.action, BEP15_SCRAPE);
	job.verdict = VERDICT_NONE;
	give_reply(&job);
	io_turn(&io);
	assert_int_equal(drop_jobs(), 1);
	assert_int_equal(depart(), 0);
}

// Frames of the control thread leave; those without room are counted apart from verdicts.
static void
test_own_frames(void **state)
{
	(void)state;
	for (unsigned i = 0; i < LOOP_OUTBOX_BURST; i++) {
		struct rte_mbuf *mbuf = rte_pktmbuf_alloc(mbufs);

		rte_pktmbuf_append(mbuf, 60);
		mbuf->port = queue.port;
		assert_int_equal(rte_ring_enqueue(io.outbox, mbuf), 0);
	}
	assert_int_equal(io_turn(&io), LOOP_OUTBOX_BURST);
	assert_int_equal(stats.values[STAT_tx_own_packets], TX_ROOM);
	assert_int_equal(stats.values[STAT_tx_own_dropped], LOOP_OUTBOX_BURST - TX_ROOM);
	for (unsigned v = 0; v < VERDICT_COUNT; v++)
		assert_int_equal(verdicts(FAMILY_LINK, v), 0);
	assert_int_equal(depart(), TX_ROOM);
}

// The device of a queue was unplugged: nothing is received any more, and what workers still return is dropped.
static void
test_unplugged(void **state)
{
	(void)state;
	arrive_announce();
	io_turn(&io);
	struct job job = take_job();

	job.verdict = VERDICT_announce;
	job.frame_len = frame_reply_udp(&host, loop_frame(&job), FAMILY_IPV4, 20);
	give_reply(&job);
	arrive_connect();
	queue.unplugged = true;
	assert_int_equal(io_turn(&io), 1);
	assert_int_equal(verdicts(FAMILY_IPV4, VERDICT_tx_full), 1);
	assert_int_equal(stats.values[STAT_rx_packets], 1);
	assert_int_equal(depart(), 0);
	queue.unplugged = false;
	assert_int_equal(io_turn(&io), 1);
	assert_int_equal(verdicts(FAMILY_IPV4, VERDICT_connect), 1);
	assert_int_equal(depart(), 1);
}

// Buffers we could not answer in are refused before a byte is read.
static void
test_unsuitable_mbufs(void **state)
{
	struct rte_mbuf *first = rte_pktmbuf_alloc(mbufs);
	struct rte_mbuf *second = rte_pktmbuf_alloc(mbufs);
	struct rte_mbuf *shifted = rte_pktmbuf_alloc(mbufs);

	(void)state;
	rte_pktmbuf_append(first, 60);
	rte_pktmbuf_append(second, 60);
	assert_int_equal(rte_pktmbuf_chain(first, second), 0);
	arrive(first);
	rte_pktmbuf_append(shifted, 1000);
	rte_pktmbuf_adj(shifted, 900); // a hundred bytes near the end of the buffer
	arrive(shifted);
	io_turn(&io);
	assert_int_equal(verdicts(FAMILY_LINK, VERDICT_frame_segmented), 2);
}

// What a card says about checksums is believed.
static void
test_checksums_verified_by_the_port(void **state)
{
	static const struct {
		uint64_t flags;
		uint16_t checksum; // in the frame: wrong, but present
		enum verdict verdict;
	} rows[] = {
		{RTE_MBUF_F_RX_L4_CKSUM_UNKNOWN, 0x1234, VERDICT_udp_checksum},
		{RTE_MBUF_F_RX_L4_CKSUM_BAD, 0x1234, VERDICT_udp_checksum},
		{RTE_MBUF_F_RX_L4_CKSUM_GOOD, 0x1234, VERDICT_connect},
		{RTE_MBUF_F_RX_L4_CKSUM_NONE, 0x1234, VERDICT_connect},
		{RTE_MBUF_F_RX_IP_CKSUM_BAD, 0, VERDICT_ipv4_checksum},
		{RTE_MBUF_F_RX_IP_CKSUM_GOOD, 0, VERDICT_connect},
	};
	struct bep15_request connect = {.connection_id = BEP15_MAGIC};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct rte_mbuf *mbuf = make_datagram(&connect, sizeof(connect));
		struct rte_udp_hdr *udp = rte_pktmbuf_mtod_offset(mbuf, void *, 34);

		udp->dgram_cksum = rte_cpu_to_be_16(rows[i].checksum);
		mbuf->ol_flags |= rows[i].flags;
		memset(&stats, 0, sizeof(stats));
		arrive(mbuf);
		io_turn(&io);
		assert_int_equal(verdicts(FAMILY_IPV4, rows[i].verdict), 1);
		depart();
	}
}

// What a port says of checksums that it was not asked to check does not count: igb's driver says that they are good.
static void
test_checksums_not_asked_for(void **state)
{
	static const struct {
		uint64_t offloads;
		uint64_t flags;
		enum verdict verdict;
	} rows[] = {
		{0, RTE_MBUF_F_RX_L4_CKSUM_GOOD, VERDICT_udp_checksum},
		{RTE_ETH_RX_OFFLOAD_IPV4_CKSUM, RTE_MBUF_F_RX_L4_CKSUM_GOOD, VERDICT_udp_checksum},
		{RTE_ETH_RX_OFFLOAD_UDP_CKSUM, RTE_MBUF_F_RX_L4_CKSUM_GOOD, VERDICT_connect},
		{RTE_ETH_RX_OFFLOAD_UDP_CKSUM,
		 RTE_MBUF_F_RX_IP_CKSUM_BAD | RTE_MBUF_F_RX_L4_CKSUM_GOOD,
		 VERDICT_connect},
	};
	struct bep15_request connect = {.connection_id = BEP15_MAGIC};
	uint8_t mask = queue.rx_checksum_mask;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct rte_mbuf *mbuf = make_datagram(&connect, sizeof(connect));
		struct rte_udp_hdr *udp = rte_pktmbuf_mtod_offset(mbuf, void *, 34);

		queue.rx_checksum_mask = received_checksum_mask(rows[i].offloads);
		udp->dgram_cksum = RTE_BE16(0x1234);
		mbuf->ol_flags |= rows[i].flags;
		memset(&stats, 0, sizeof(stats));
		arrive(mbuf);
		io_turn(&io);
		assert_int_equal(verdicts(FAMILY_IPV4, rows[i].verdict), 1);
		depart();
	}
	queue.rx_checksum_mask = mask;
}

// Where the port writes checksums, the reply says where its headers lie and holds the sum of the
// pseudo-header alone.
static void
test_offloaded_checksums(void **state)
{
	struct rte_mbuf *mbuf = NULL;

	(void)state;
	host.offload_ip_checksum = true;
	host.offload_udp_checksum = true;
	arrive_connect();
	io_turn(&io);
	make_host();
	assert_int_equal(rte_ring_dequeue(wire_tx, (void **)&mbuf), 0);
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod_offset(mbuf, void *, 14);
	struct rte_udp_hdr *udp = (void *)(ip + 1);

	assert_true(
		mbuf->ol_flags
		== (RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_UDP_CKSUM)
	);
	assert_int_equal(mbuf->l2_len, 14);
	assert_int_equal(mbuf->l3_len, 20);
	assert_int_equal(ip->hdr_checksum, 0);
	assert_int_equal(udp->dgram_cksum, rte_ipv4_phdr_cksum(ip, 0));
	rte_pktmbuf_free(mbuf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_empty_turn, each_test),
		cmocka_unit_test_setup(test_tx_full, each_test),
		cmocka_unit_test_setup(test_ring_full, each_test),
		cmocka_unit_test_setup(test_job_to_worker_and_back, each_test),
		cmocka_unit_test_setup(test_drains_replies_of_each_queue, each_test),
		cmocka_unit_test_setup(test_stages, each_test),
		cmocka_unit_test_setup(test_latency, each_test),
		cmocka_unit_test_setup(test_latency_of_dropped_packets, each_test),
		cmocka_unit_test_setup(test_scrape_passes_several_workers, each_test),
		cmocka_unit_test_setup(test_own_frames, each_test),
		cmocka_unit_test_setup(test_unplugged, each_test),
		cmocka_unit_test_setup(test_unsuitable_mbufs, each_test),
		cmocka_unit_test_setup(test_checksums_verified_by_the_port, each_test),
		cmocka_unit_test_setup(test_checksums_not_asked_for, each_test),
		cmocka_unit_test_setup(test_offloaded_checksums, each_test),
		cmocka_unit_test_setup(test_empty_turn, each_test), // all buffers are back
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
