// SPDX-License-Identifier: BSD-3-Clause
// app/weir-load/request.c and generator.c: frames, read back by the appliance's own parser, which
// verifies lengths and checksums; the fields of each kind; events, mixes, ids that grow old.

#include "../../app/weir-load/generator.h"
#include "../../app/weir-load/options.h"
#include "../../lib/net/frame.h"
#include "../support/cmocka_wrap.h"

#include <arpa/inet.h>
#include <string.h>

static const struct rte_ether_addr our_mac = {{2, 0, 0, 0, 0, 7}};
static const struct rte_ether_addr tracker_macs[2] = {{{2, 0, 0, 0, 0, 1}}, {{2, 0, 0, 0, 0, 2}}};

static struct options options;
static struct flight flight;
static struct generator generator;
static uint8_t bytes[REQUEST_FRAME_MAX];

static void
start(void)
{
	flight_init(&flight, 4096);
	generator_init(&generator, &options, &flight);
	request_init(&generator.requests, &options, &our_mac, tracker_macs);
}

static void
connect_all(uint32_t now_ms)
{
	for (uint32_t f = 0; f < 2 * options.clients; f++) {
		uint64_t id = UINT64_C(0x1122334455667700) + f;

		generator_connected(&generator, f, &id, now_ms);
	}
}

static int
setup(void **state)
{
	char *argv[] = {(char[]){"weir-load"}, NULL};

	(void)state;
	assert_true(options_parse(&options, 1, argv, stderr));
	options.clients = 50;
	options.peers = 400;
	options.torrents = 30;
	options.tracker_ipv6.given = true;
	inet_pton(AF_INET6, "2001:2:ffff::1", options.tracker_ipv6.address);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	generator_free(&generator);
	flight_free(&flight);
	return 0;
}

// Reads a request as the tracker would; checks everything below the payload, and who sent it.
static const struct bep15_announce *
read_request(uint16_t len, uint16_t *payload_len, uint32_t flow)
{
	bool ipv6 = flow_is_ipv6(&generator.flows, flow);
	struct host host = {
		.mac = tracker_macs[ipv6],
		.l2_len = 14,
		.ipv4_count = 1,
		.ipv6_count = 1,
		.ipv4_usable = 1,
		.ipv6_usable = 1,
		.udp_port = rte_cpu_to_be_16((uint16_t)options.port),
		.ipv4 = {options.tracker_ipv4.address},
	};
	struct frame frame = {.bytes = bytes, .len = len};
	rte_be64_t ipv6_source[2] = {0, FLOW_IPV6_LOW};

	memcpy(host.ipv6[0], options.tracker_ipv6.address, 16);
	assert_int_equal(frame_parse(&host, &frame), VERDICT_NONE);
	assert_int_equal(frame.kind, FRAME_UDP);
	assert_int_equal(frame.family, ipv6 ? FAMILY_IPV6 : FAMILY_IPV4);
	assert_int_equal(len, 14 + frame.l3_len + frame.l4_len); // nothing behind it
	assert_memory_equal(bytes + 6, &our_mac, 6);
	const struct rte_udp_hdr *udp = frame_l4(&frame);
	const struct rte_ipv4_hdr *ipv4 = frame_l3(&frame);
	const struct ipv6_header *ip6 = frame_l3(&frame);

	assert_int_not_equal(udp->dgram_cksum, 0);
	assert_int_equal(udp->src_port, generator.flows.items[flow].port);
	if (ipv6) {
		ipv6_source[0] = flow_ipv6_high(&generator.flows, flow);
		assert_memory_equal(ip6->src_addr, ipv6_source, 16);
	} else {
		assert_int_equal(ipv4->src_addr, flow_ipv4(&generator.flows, flow));
	}
	*payload_len = frame.l4_len - (uint16_t)sizeof(*udp);
	return (const void *)(udp + 1);
}

static const struct pending *
last_pending(void)
{
	return flight_at(&flight, flight.head - 1);
}

static void
check_connect(uint16_t len)
{
	uint16_t payload_len;
	const struct pending *pending = last_pending();
	const struct bep15_announce *payload = read_request(len, &payload_len, pending->flow);

	assert_int_equal(pending->kind, KIND_CONNECT);
	assert_int_equal(payload_len, 16);
	assert_int_equal(payload->request.connection_id, BEP15_MAGIC);
	assert_int_equal(payload->request.action, 0);
	assert_int_equal(rte_be_to_cpu_32(payload->request.transaction_id), flight.head - 1);
}

// The option of BEP 41 behind an announce, if there is a path.
static void
check_url(const uint8_t *option, int len)
{
	int path = options.url_path == NULL ? 0 : (int)strlen(options.url_path);

	assert_int_equal(len, path == 0 ? 0 : 2 + path);
	if (path == 0)
		return;
	assert_int_equal(option[0], 2);
	assert_int_equal(option[1], path);
	assert_memory_equal(option + 2, options.url_path, path);
}

static void
check_announce(uint16_t len, uint32_t number, enum bep15_event event)
{
	uint16_t payload_len;
	const struct pending *pending = last_pending();
	const struct peer *peer = &generator.population.peers[number];
	const struct bep15_announce *announce = read_request(len, &payload_len, peer->flow);
	struct info_hash_words hash = population_info_hash(&generator.population, peer->torrent);

	assert_int_equal(pending->kind, KIND_ANNOUNCE);
	assert_int_equal(pending->flow, peer->flow);
	assert_int_equal(pending->port, peer->port);
	check_url((const uint8_t *)announce + 98, payload_len - 98);
	assert_int_equal(announce->request.connection_id, generator.flows.items[peer->flow].id);
	assert_int_equal(rte_be_to_cpu_32(announce->request.action), 1);
	assert_int_equal(rte_be_to_cpu_32(announce->request.transaction_id), flight.head - 1);
	assert_memory_equal(announce->info_hash, &hash.first, 8);
	assert_memory_equal(announce->info_hash + 8, &hash.second, 8);
	assert_memory_equal(announce->info_hash + 16, &hash.third, 4);
	assert_memory_equal(announce->peer_id, "-WL0100-", 8);
	assert_int_equal(announce->left == 0, (peer->state & PEER_SEEDER) != 0);
	assert_int_equal(rte_be_to_cpu_32(announce->event), event);
	assert_int_equal(rte_be_to_cpu_32(announce->num_want), options.num_want);
	assert_int_equal(announce->port, peer->port);
	assert_int_equal(announce->ip, 0);
}

static void
test_connects_in_turn(void **state)
{
	(void)state;
	start();
	for (uint32_t i = 0; i < 2 * options.clients; i++) {
		check_connect(generator_connect(&generator, i, bytes));
		assert_int_equal(last_pending()->flow, i % options.clients);
		assert_int_equal(last_pending()->due_tsc, i);
	}
}

// All peers, then all again: started once, then no event; distinct peer ids.
static void
test_announces_in_turn(void **state)
{
	uint8_t ids[400][20];

	(void)state;
	options.ipv6_share = 50;
	start();
	connect_all(0);
	for (uint32_t i = 0; i < 2 * options.peers; i++) {
		uint32_t number = i % options.peers;
		uint16_t payload_len, len = generator_announce(&generator, 0, 0, bytes);
		const struct peer *peer = &generator.population.peers[number];

		check_announce(
			len, number, i < options.peers ? BEP15_EVENT_STARTED : BEP15_EVENT_NONE
		);
		const struct bep15_announce *announce = read_request(len, &payload_len, peer->flow);

		if (i >= options.peers) {
			assert_memory_equal(ids[number], announce->peer_id, 20);
			continue;
		}
		memcpy(ids[number], announce->peer_id, 20);
		for (uint32_t j = 0; j < i; j++)
			assert_memory_not_equal(ids[j], ids[i], 20);
	}
	assert_int_equal(generator.announced, 2 * options.peers);
}

// Paths of an odd and an even length, and the longest: frames and checksums are right.
static void
test_url_path(void **state)
{
	static char longest[REQUEST_URL_MAX + 1];
	const char *const paths[] = {"/announce", "/announce/x", longest};

	(void)state;
	memset(longest, '/', REQUEST_URL_MAX);
	options.ipv6_share = 50;
	for (unsigned i = 0; i < RTE_DIM(paths); i++) {
		options.url_path = paths[i];
		start();
		connect_all(0);
		for (uint32_t n = 0; n < 20; n++)
			check_announce(
				generator_announce(&generator, 0, 0, bytes), n, BEP15_EVENT_STARTED
			);
		if (i + 1 < RTE_DIM(paths))
			teardown(state);
	}
}

static void
test_events(void **state)
{
	uint32_t counts[4] = {0};

	(void)state;
	options.peers = 20000;
	options.clients = 100;
	options.seeders = 0;
	options.stopped = 10;
	options.completed = 20;
	start();
	connect_all(0);
	for (uint32_t i = 0; i < 2 * options.peers; i++) {
		uint32_t number = i % options.peers;
		const struct peer *peer = &generator.population.peers[number];
		uint8_t before = peer->state;
		uint16_t payload_len, len = generator_announce(&generator, 0, 0, bytes);
		const struct bep15_announce *announce = read_request(len, &payload_len, peer->flow);
		uint32_t event = rte_be_to_cpu_32(announce->event);

		counts[event]++;
		assert_true((event == BEP15_EVENT_STARTED) == !(before & PEER_STARTED));
		assert_true((event != BEP15_EVENT_STOPPED) == ((peer->state & PEER_STARTED) != 0));
		if (event == BEP15_EVENT_COMPLETED)
			assert_true(announce->left == 0 && !(before & PEER_SEEDER));
		flight_expire(&flight, UINT64_MAX);
	}
	assert_int_equal(counts[BEP15_EVENT_STARTED], 20000);
	assert_true(counts[BEP15_EVENT_STOPPED] > 1800 && counts[BEP15_EVENT_STOPPED] < 2200);
	assert_true(counts[BEP15_EVENT_COMPLETED] > 3700 && counts[BEP15_EVENT_COMPLETED] < 4300);
}

static void
test_scrapes(void **state)
{
	uint32_t next = 0, most = 0;

	(void)state;
	options.ipv6_share = 30;
	options.scrape_hashes = REQUEST_HASHES_MAX;
	start();
	connect_all(0);
	for (unsigned n = 0; n < 200; n++) {
		uint16_t payload_len, len = generator_scrape(&generator, 0, 0, bytes);
		const struct pending *pending = last_pending();
		const struct bep15_scrape *scrape =
			(const void *)read_request(len, &payload_len, pending->flow);

		assert_int_equal(pending->kind, KIND_SCRAPE);
		assert_in_range(pending->hashes, 1, REQUEST_HASHES_MAX);
		assert_int_equal(payload_len, 16 + 20 * pending->hashes);
		assert_int_equal(rte_be_to_cpu_32(scrape->request.action), 2);
		for (unsigned i = 0; i < pending->hashes; i++) {
			uint32_t torrent =
				generator.population.peers[(next + i) % options.peers].torrent;
			struct info_hash_words hash =
				population_info_hash(&generator.population, torrent);

			assert_memory_equal(scrape->info_hash[i], &hash.first, 8);
			assert_memory_equal(scrape->info_hash[i] + 16, &hash.third, 4);
		}
		next = (next + pending->hashes) % options.peers;
		most = RTE_MAX(most, pending->hashes);
	}
	assert_true(most > REQUEST_HASHES_MAX - 4);
}

// Junk is well-formed below its payload, is never a request that must be answered, and is not
// expected to be.
static void
test_junk(void **state)
{
	unsigned sorts[3] = {0};

	(void)state;
	options.ipv6_share = 30;
	start();
	connect_all(0);
	for (unsigned n = 0; n < 3000; n++) {
		uint16_t payload_len, len = generator_junk(&generator, bytes);
		uint32_t flow = 0;

		for (uint32_t f = 0; f < 2 * options.clients; f++) // whose it is, by its port
			if (memcmp(bytes + (bytes[12] == 0x08 ? 34 : 54),
				   &generator.flows.items[f].port,
				   2)
				    == 0
			    && flow_is_ipv6(&generator.flows, f) == (bytes[12] != 0x08))
				flow = f;
		const struct bep15_announce *payload = read_request(len, &payload_len, flow);
		bool known = payload_len >= 16
			&& payload->request.connection_id == generator.flows.items[flow].id;
		bool announces =
			payload_len == 98 && payload->request.action == RTE_BE32(BEP15_ANNOUNCE);

		assert_false(known && announces);
		assert_false(
			payload_len >= 16 && payload->request.connection_id == BEP15_MAGIC
			&& payload->request.action == 0
		);
		if (payload_len >= 16)
			assert_true(
				rte_be_to_cpu_32(payload->request.transaction_id) & FLIGHT_JUNK
			);
		sorts[announces ? 0 : known || payload_len < 16 ? 1 : 2]++;
	}
	assert_int_equal(flight.waiting, 0);
	for (unsigned i = 0; i < 3; i++)
		assert_in_range(sorts[i], 850, 1200); // noise may be short, too
}

static void
test_mix(void **state)
{
	uint32_t sums[KIND_COUNT] = {0}, counts[KIND_COUNT];

	(void)state;
	options.connect_weight = 1;
	options.announce_weight = 2;
	options.scrape_weight = 1;
	options.junk = 20;
	start();
	for (unsigned i = 0; i < 2000; i++) {
		generator_draw(&generator, 50, counts);
		assert_int_equal(counts[0] + counts[1] + counts[2] + counts[3], 50);
		for (unsigned k = 0; k < KIND_COUNT; k++)
			sums[k] += counts[k];
	}
	assert_in_range(sums[KIND_CONNECT], 19400, 20600);
	assert_in_range(sums[KIND_ANNOUNCE], 39200, 40800);
	assert_in_range(sums[KIND_SCRAPE], 19400, 20600);
	assert_in_range(sums[KIND_JUNK], 19400, 20600);
}

static void
test_kinds_without_weight(void **state)
{
	uint32_t counts[KIND_COUNT];

	(void)state;
	options.connect_weight = options.scrape_weight = 0;
	start();
	for (unsigned i = 0; i < 1000; i++) {
		generator_draw(&generator, 64, counts);
		assert_int_equal(counts[KIND_ANNOUNCE], 64);
	}
}

// Every client connects once before the load; one whose connect is lost tries again.
static void
test_first_connects(void **state)
{
	uint64_t id = 1;

	(void)state;
	options.ipv6_share = 50;
	start();
	for (uint32_t i = 0; i < 2 * options.clients; i++) {
		assert_false(generator_is_connected(&generator));
		check_connect(generator_first_connect(&generator, 0, bytes));
	}
	assert_true(generator_is_connected(&generator));
	assert_int_equal(generator_first_connect(&generator, 0, bytes), 0);
	for (uint32_t f = 0; f < 2 * options.clients; f++)
		generator_connected(&generator, f, f == 33 ? NULL : &id, 0);
	assert_false(generator_is_connected(&generator));
	check_connect(generator_first_connect(&generator, 0, bytes));
	assert_int_equal(last_pending()->flow, 33);
	assert_int_equal(generator_first_connect(&generator, 0, bytes), 0);
}

static void
test_ids_are_renewed_before_they_are_stale(void **state)
{
	uint64_t id = 5;

	(void)state;
	start();
	connect_all(1000);
	check_announce(
		generator_announce(&generator, 0, 1000 + FLOW_RENEW_MS - 1, bytes),
		0,
		BEP15_EVENT_STARTED
	);
	check_connect(generator_announce(&generator, 0, 1000 + FLOW_RENEW_MS, bytes));
	assert_int_equal(last_pending()->flow, 0);
	generator_connected(&generator, 0, &id, 1000 + FLOW_RENEW_MS);
	assert_int_equal(generator.flows.items[0].id, id);
}

// All ids are stale and no connect is answered: nothing is asked with them.
static void
test_stale_ids_are_not_used(void **state)
{
	(void)state;
	start();
	connect_all(0);
	for (unsigned i = 0; i < 1000; i++) {
		uint16_t len = generator_announce(&generator, 0, FLOW_STALE_MS, bytes);

		if (len != 0)
			check_connect(len);
		len = generator_scrape(&generator, 0, FLOW_STALE_MS, bytes);
		if (len != 0)
			check_connect(len);
	}
	assert_int_equal(generator.announced, 0);
}

// In order, nobody is passed over: the peer whose client waits for its id is next when it came.
static void
test_in_order(void **state)
{
	uint64_t id = 6;
	uint32_t flow;

	(void)state;
	options.fill = true;
	start();
	connect_all(0);
	flow = generator.population.peers[0].flow;
	generator_disconnect(&generator, flow);
	check_connect(generator_announce(&generator, 0, 0, bytes));
	assert_int_equal(last_pending()->flow, flow);
	assert_int_equal(generator_announce(&generator, 0, 0, bytes), 0);
	generator_connected(&generator, flow, &id, 0);
	check_announce(generator_announce(&generator, 0, 0, bytes), 0, BEP15_EVENT_STARTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_connects_in_turn, setup, teardown),
		cmocka_unit_test_setup_teardown(test_announces_in_turn, setup, teardown),
		cmocka_unit_test_setup_teardown(test_url_path, setup, teardown),
		cmocka_unit_test_setup_teardown(test_events, setup, teardown),
		cmocka_unit_test_setup_teardown(test_scrapes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_junk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mix, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kinds_without_weight, setup, teardown),
		cmocka_unit_test_setup_teardown(test_first_connects, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_ids_are_renewed_before_they_are_stale, setup, teardown
		),
		cmocka_unit_test_setup_teardown(test_stale_ids_are_not_used, setup, teardown),
		cmocka_unit_test_setup_teardown(test_in_order, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
