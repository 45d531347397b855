// SPDX-License-Identifier: BSD-3-Clause
// app/weir/datapath/exception_inline.h in an io lcore: what goes to the kernel and comes from it, and that neither costs
// the tracker a packet or a buffer.

#include "../support/cmocka_wrap.h"
#include "../support/io_fixture.h"

#include <netinet/in.h>
#include <string.h>

enum { RING = 8, FEW = 7, RATE = 1000, AT_ONCE = RATE / 10 };

static struct exception exception;
static struct frame_slot slots[2 * RING];
static struct rte_mempool *few;
static const struct siphash_key key = {3, 4};

static int
open_path(void **state)
{
	each_test(state);
	exception = (struct exception){0};
	shares_init(&exception.limit, 1000000, 1000000, io.clock.hz, &key);
	frame_ring_init(&exception.to_kernel, slots, RING);
	frame_ring_init(&exception.from_kernel, slots + RING, RING);
	io.exception = &exception;
	queue.has_exception = true;
	queue.mbufs = mbufs;
	return 0;
}

static int
close_path(void **state)
{
	(void)state;
	assert_int_equal(exception.aside_count, 0);
	assert_int_equal(rte_mempool_avail_count(mbufs), BUFFERS);
	io.exception = NULL;
	queue.has_exception = false;
	return 0;
}

static int
set_up_pools(void **state)
{
	set_up(state);
	few = rte_pktmbuf_pool_create("few", FEW, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	assert_non_null(few);
	return 0;
}

// A packet of another protocol, or to another UDP port, from the client.
static struct rte_mbuf *
make(uint8_t protocol, uint16_t udp_port)
{
	static const uint8_t payload[64] = {1, 2, 3};
	struct rte_mbuf *mbuf = make_datagram(payload, sizeof(payload));
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod_offset(mbuf, void *, 14);
	struct rte_udp_hdr *udp = (void *)(ip + 1);

	ip->next_proto_id = protocol;
	ip->hdr_checksum = 0;
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	udp->dst_port = rte_cpu_to_be_16(udp_port);
	return mbuf;
}

static void
arrive_tcp(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		arrive(make(IPPROTO_TCP, 22));
}

static unsigned
passed(void)
{
	return (unsigned)verdicts(FAMILY_IPV4, VERDICT_kernel_passed);
}

static unsigned
full(void)
{
	return (unsigned)verdicts(FAMILY_IPV4, VERDICT_kernel_full);
}

// The kernel's end: takes all frames; returns their number.
static unsigned
take_all(void)
{
	unsigned count = 0;

	for (; frame_ring_first(&exception.to_kernel) != NULL; count++)
		frame_ring_take(&exception.to_kernel);
	return count;
}

static void
test_passed_whole(void **state)
{
	struct rte_mbuf *mbuf = make(IPPROTO_TCP, 22);
	uint8_t original[256];
	uint16_t len = mbuf->data_len;

	(void)state;
	memcpy(original, rte_pktmbuf_mtod(mbuf, void *), len);
	arrive(mbuf);
	assert_int_equal(io_turn(&io), 1);
	assert_int_equal(passed(), 1);
	const struct frame_slot *slot = frame_ring_first(&exception.to_kernel);

	assert_non_null(slot);
	assert_int_equal(slot->len, len);
	assert_int_equal(slot->port, queue.port);
	assert_memory_equal(slot->bytes, original, len);
	assert_int_equal(take_all(), 1);
}

// Another UDP port: the kernel says that it is closed, or serves there. Without the path Weir does.
static void
test_closed_ports(void **state)
{
	(void)state;
	shares_set_rate(&io.unreachable_limit, 1000, 1000, io.clock.hz);
	arrive(make(IPPROTO_UDP, 53));
	io_turn(&io);
	assert_int_equal(passed(), 1);
	assert_int_equal(take_all(), 1);
	assert_int_equal(depart(), 0);
	queue.has_exception = false;
	arrive(make(IPPROTO_UDP, 53));
	arrive_tcp(1);
	io_turn(&io);
	assert_int_equal(passed(), 1);
	assert_int_equal(verdicts(FAMILY_IPV4, VERDICT_port_unreachable), 1);
	assert_int_equal(verdicts(FAMILY_IPV4, VERDICT_ip_protocol), 1);
	assert_int_equal(take_all(), 0);
	assert_int_equal(depart(), 1);
}

// More than the ring holds: the rest is lost, and no buffer stays with it.
static void
test_ring_full(void **state)
{
	(void)state;
	for (unsigned turn = 1; turn <= 3; turn++) {
		arrive_tcp(12);
		assert_int_equal(io_turn(&io), 12);
		assert_int_equal(passed(), RING);
		assert_int_equal(full(), 12 * turn - RING);
		assert_int_equal(rte_mempool_avail_count(mbufs), BUFFERS);
	}
	assert_int_equal(take_all(), RING);
	arrive_tcp(1);
	io_turn(&io);
	assert_int_equal(passed(), RING + 1);
	assert_int_equal(take_all(), 1);
}

// The tracker's packets of the same burst are answered and handed over, whatever becomes of the others.
static void
test_tracker_loses_nothing(void **state)
{
	(void)state;
	for (unsigned turn = 0; turn < 4; turn++) {
		memset(&stats, 0, sizeof(stats));
		arrive_tcp(6);
		for (unsigned i = 0; i < TX_ROOM; i++)
			arrive_connect();
		arrive_tcp(6);
		arrive_announce();
		arrive_tcp(6);
		assert_int_equal(io_turn(&io), 18 + TX_ROOM + 1);
		assert_int_equal(verdicts(FAMILY_IPV4, VERDICT_connect), TX_ROOM);
		assert_int_equal(passed() + full(), 18);
		assert_int_equal(passed(), turn == 0 ? RING : 0);
		assert_int_equal(drop_jobs(), 1);
		assert_int_equal(depart(), TX_ROOM);
	}
	assert_int_equal(take_all(), RING);
}

// A frame of the kernel finds the place that replies have left, and none before them.
static void
put(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct frame_slot *slot = frame_ring_room(&exception.from_kernel);

		assert_non_null(slot);
		slot->port = (uint8_t)queue.port;
		slot->len = 60;
		memset(slot->bytes, (int)i + 1, slot->len);
		frame_ring_put(&exception.from_kernel);
	}
}

static void
test_replies_go_first(void **state)
{
	(void)state;
	put(4);
	for (unsigned i = 0; i < TX_ROOM - 2; i++)
		arrive_connect();
	assert_int_equal(io_turn(&io), TX_ROOM - 2 + 4);
	assert_int_equal(verdicts(FAMILY_IPV4, VERDICT_connect), TX_ROOM - 2);
	assert_int_equal(verdicts(FAMILY_IPV4, VERDICT_tx_full), 0);
	assert_int_equal(stats.values[STAT_kernel_packets], 4);
	assert_int_equal(stats.values[STAT_tx_own_packets], 2);
	assert_int_equal(stats.values[STAT_tx_own_dropped], 2);
	assert_int_equal(depart(), TX_ROOM);
}

static void
test_sent_for_the_kernel(void **state)
{
	struct rte_mbuf *mbuf = NULL;

	(void)state;
	put(3);
	assert_int_equal(io_turn(&io), 3);
	for (unsigned i = 0; i < 3; i++) {
		uint8_t expected[60];

		memset(expected, (int)i + 1, sizeof(expected));
		assert_int_equal(rte_ring_dequeue(wire_tx, (void **)&mbuf), 0);
		assert_int_equal(mbuf->pkt_len, 60);
		assert_memory_equal(rte_pktmbuf_mtod(mbuf, void *), expected, 60);
		rte_pktmbuf_free(mbuf);
	}
	assert_int_equal(io_turn(&io), 0);
}

// Without a buffer the kernel's frame is lost, and the ring goes on.
static void
test_no_buffers(void **state)
{
	struct rte_mbuf *taken[FEW];

	(void)state;
	queue.mbufs = few;
	assert_int_equal(rte_pktmbuf_alloc_bulk(few, taken, FEW), 0);
	put(2);
	assert_int_equal(io_turn(&io), 2);
	assert_int_equal(stats.values[STAT_kernel_packets], 0);
	assert_int_equal(stats.values[STAT_tx_own_dropped], 2);
	rte_pktmbuf_free_bulk(taken, FEW);
	for (unsigned i = 0; i < 3; i++) {
		put(RING);
		assert_int_equal(io_turn(&io), RING);
		assert_int_equal(stats.values[STAT_tx_own_packets], (i + 1) * FEW);
		assert_int_equal(depart(), FEW);
		assert_int_equal(rte_mempool_avail_count(few), FEW);
	}
	assert_int_equal(stats.values[STAT_tx_own_dropped], 2 + 3 * (RING - FEW));
}

// A frame that fits no buffer.
static void
test_long_frames(void **state)
{
	(void)state;
	put(1);
	exception.from_kernel.slots[0].len = FRAME_SLOT_BYTES;
	assert_int_equal(io_turn(&io), 1);
	assert_int_equal(stats.values[STAT_tx_own_dropped], 1);
	assert_int_equal(depart(), 0);
}

// The limit comes with the settings. One sender uses up at most what others do not want.
static void
test_limit(void **state)
{
	unsigned lost = 0;

	(void)state;
	settings.exception_rate = RATE;
	settings.version++;
	for (unsigned i = 0; i < 2 * AT_ONCE; i++) {
		arrive_tcp(1);
		io_turn(&io);
		take_all();
	}
	lost = (unsigned)verdicts(FAMILY_IPV4, VERDICT_kernel_limited);
	assert_int_equal(passed() + lost, 2 * AT_ONCE);
	assert_in_range(passed(), AT_ONCE / 2, AT_ONCE * 3 / 4); // half of the bucket is for others
	struct rte_mbuf *mbuf = make(IPPROTO_TCP, 22);
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod_offset(mbuf, void *, 14);

	ip->src_addr = RTE_BE32(RTE_IPV4(10, 99, 0, 1));
	ip->hdr_checksum = 0;
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	arrive(mbuf);
	io_turn(&io);
	assert_int_equal(verdicts(FAMILY_IPV4, VERDICT_kernel_limited), lost);
	assert_int_equal(take_all(), 1);
	settings.exception_rate = 1000000;
	settings.version++;
	io_turn(&io);
}

// More frames in a turn than can be put aside: three queues bring more than a turn has places for.
static void
test_aside_is_bounded(void **state)
{
	enum { LEFT = 2, FRAMES = 5 };
	struct rte_mbuf *others[EXCEPTION_ASIDE_MAX];
	struct rte_mempool *pool =
		rte_pktmbuf_pool_create("aside", EXCEPTION_ASIDE_MAX, 0, 0, 256, 0);

	(void)state;
	assert_non_null(pool);
	assert_int_equal(rte_pktmbuf_alloc_bulk(pool, others, EXCEPTION_ASIDE_MAX - LEFT), 0);
	for (; exception.aside_count < EXCEPTION_ASIDE_MAX - LEFT; exception.aside_count++)
		exception.aside[exception.aside_count] = (struct exception_aside){
			.mbuf = others[exception.aside_count], .family = FAMILY_LINK};
	arrive_tcp(FRAMES);
	assert_int_equal(io_turn(&io), FRAMES);
	assert_int_equal(full(), FRAMES); // two found a place, and then the ring full
	assert_int_equal(verdicts(FAMILY_LINK, VERDICT_kernel_passed), RING);
	assert_int_equal(rte_mempool_avail_count(pool), EXCEPTION_ASIDE_MAX);
	assert_int_equal(take_all(), RING);
	rte_mempool_free(pool);
}

// A packet that is followed ends with the turn.
static void
test_latency(void **state)
{
	(void)state;
	latency_init(&io.latency, io.clock.hz);
	io.stages = (struct stages){.every = 1};
	arrive_tcp(1);
	io_turn(&io);
	assert_null(io.latency.packet);
	io.stages = (struct stages){.every = 0};
	assert_int_equal(take_all(), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_passed_whole, open_path, close_path),
		cmocka_unit_test_setup_teardown(test_closed_ports, open_path, close_path),
		cmocka_unit_test_setup_teardown(test_ring_full, open_path, close_path),
		cmocka_unit_test_setup_teardown(test_tracker_loses_nothing, open_path, close_path),
		cmocka_unit_test_setup_teardown(test_replies_go_first, open_path, close_path),
		cmocka_unit_test_setup_teardown(test_sent_for_the_kernel, open_path, close_path),
		cmocka_unit_test_setup_teardown(test_no_buffers, open_path, close_path),
		cmocka_unit_test_setup_teardown(test_long_frames, open_path, close_path),
		cmocka_unit_test_setup_teardown(test_limit, open_path, close_path),
		cmocka_unit_test_setup_teardown(test_aside_is_bounded, open_path, close_path),
		cmocka_unit_test_setup_teardown(test_latency, open_path, close_path),
	};

	return cmocka_run_group_tests(tests, set_up_pools, NULL);
}
