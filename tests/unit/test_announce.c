// SPDX-License-Identifier: BSD-3-Clause
// lib/tracker/announce.h: from the request's bytes to an op, and from the op to a reply.

#include "../../lib/tracker/announce.h"
#include "../support/chi_square.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <string.h>

enum { ROOM = 1300, ANNOUNCE_BYTES = 98, LEFT_AT = 64, EVENT_AT = 80, WANT_AT = 92, PORT_AT = 96 };

static const struct announce_policy policy = {
	.interval_s = 1800,
	.interval_spread_s = 120,
	.peers_default = 50,
	.peers_max = {[FAMILY_IPV4] = 200, [FAMILY_IPV6] = 66},
};
static const uint8_t address[16] = {198, 51, 100, 7, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

// A leecher on port 0x1ae1 who leaves the number of peers to us; info_hash 01 02 .. 14.
static void
write_request(uint8_t *payload)
{
	memset(payload, 0, ROOM);
	payload[11] = 1; // action
	memcpy(payload + 12, (const uint8_t[]){0xa1, 0xb2, 0xc3, 0xd4}, 4); // transaction id
	for (uint8_t i = 0; i < 20; i++)
		payload[16 + i] = i + 1;
	payload[LEFT_AT + 7] = 1;
	memset(payload + WANT_AT, 0xff, 4);
	payload[PORT_AT] = 0x1a;
	payload[PORT_AT + 1] = 0xe1;
}

static struct shard_op
read_op(uint8_t *payload, enum family family)
{
	struct shard_op op;

	memset(&op, 0xee, sizeof(op));
	announce_read(&policy, payload, family, address, 0x12345678, &op);
	return op;
}

static void
test_read_ipv4(void **state)
{
	uint8_t payload[ROOM];

	(void)state;
	write_request(payload);
	struct shard_op op = read_op(payload, FAMILY_IPV4);

	assert_ptr_equal(op.info_hash, payload + 16);
	assert_ptr_equal(op.peers, payload + 20);
	assert_int_equal(op.hash, 0x12345678);
	assert_int_equal(op.kind, SHARD_ANNOUNCE);
	assert_int_equal(op.family, FAMILY_IPV4);
	assert_false(op.stopped);
	assert_false(op.seeder);
	assert_int_equal(op.num_want, 50);
	assert_memory_equal(op.peer, address, 4);
	assert_memory_equal(op.peer + 4, ((const uint8_t[]){0x1a, 0xe1}), 2);
}

static void
test_read_ipv6(void **state)
{
	uint8_t payload[ROOM];

	(void)state;
	write_request(payload);
	struct shard_op op = read_op(payload, FAMILY_IPV6);

	assert_int_equal(op.family, FAMILY_IPV6);
	assert_memory_equal(op.peer, address, 16);
	assert_memory_equal(op.peer + 16, ((const uint8_t[]){0x1a, 0xe1}), 2);
}

// The address is the sender's, whatever the request's own field says.
static void
test_ip_field_is_ignored(void **state)
{
	uint8_t payload[ROOM];

	(void)state;
	write_request(payload);
	memset(payload + 84, 0x77, 4);
	struct shard_op op = read_op(payload, FAMILY_IPV4);

	assert_memory_equal(op.peer, address, 4);
}

// A seeder is who has nothing left: each of the 8 bytes counts.
static void
test_seeder(void **state)
{
	uint8_t payload[ROOM];

	(void)state;
	for (unsigned byte = 0; byte < 8; byte++) {
		write_request(payload);
		memset(payload + LEFT_AT, 0, 8);
		assert_true(read_op(payload, FAMILY_IPV4).seeder);
		payload[LEFT_AT + byte] = 0x80;
		assert_false(read_op(payload, FAMILY_IPV4).seeder);
	}
}

// 4 is what libtorrent sends for a partial seed; all that is unknown counts as none.
static void
test_events(void **state)
{
	static const uint32_t events[] = {0, 1, 2, 3, 4, 5, 0x0300, 0x03000000, UINT32_MAX};
	uint8_t payload[ROOM];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(events); i++) {
		rte_be32_t event = rte_cpu_to_be_32(events[i]);

		write_request(payload);
		memcpy(payload + EVENT_AT, &event, sizeof(event));
		struct shard_op op = read_op(payload, FAMILY_IPV4);

		assert_int_equal(op.stopped, events[i] == 3);
		assert_int_equal(op.kind, SHARD_ANNOUNCE);
		assert_false(op.seeder);
	}
}

static void
test_num_want(void **state)
{
	static const struct {
		int32_t sent;
		uint16_t ipv4;
		uint16_t ipv6;
	} rows[] = {
		{0, 0, 0},
		{1, 1, 1},
		{66, 66, 66},
		{67, 67, 66},
		{200, 200, 66},
		{201, 200, 66},
		{INT32_MAX, 200, 66},
		{-1, 50, 50},
		{INT32_MIN, 50, 50}};
	uint8_t payload[ROOM];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		rte_be32_t sent = rte_cpu_to_be_32((uint32_t)rows[i].sent);

		write_request(payload);
		memcpy(payload + WANT_AT, &sent, sizeof(sent));
		assert_int_equal(read_op(payload, FAMILY_IPV4).num_want, rows[i].ipv4);
		assert_int_equal(read_op(payload, FAMILY_IPV6).num_want, rows[i].ipv6);
	}
}

// Reading leaves the request as it was: the worker may still need it.
static void
test_reading_writes_nothing(void **state)
{
	uint8_t payload[ROOM];
	uint8_t before[ROOM];

	(void)state;
	write_request(payload);
	memcpy(before, payload, ROOM);
	read_op(payload, FAMILY_IPV6);
	assert_memory_equal(payload, before, ROOM);
}

// The whole of a reply: header, counts, then the peers the shard has put in place.
static void
check_reply(enum family family, uint16_t peers)
{
	static const uint8_t head[] = {
		0, 0, 0, 1, 0xa1, 0xb2, 0xc3, 0xd4, 0, 0, 7, 8, 0, 0, 0, 3, 0, 0, 2, 1};
	const unsigned peer_bytes = peers * (family == FAMILY_IPV4 ? 6 : 18);
	struct announce_policy steady = policy;
	uint8_t payload[ROOM];
	struct rng rng = {1};
	enum verdict verdict;

	steady.interval_spread_s = 0;
	write_request(payload);
	struct shard_op op = read_op(payload, family);

	op.outcome = SHARD_DONE;
	op.leechers = 3;
	op.seeders = 0x201;
	op.peer_count = peers;
	memset(op.peers, 0x66, peer_bytes);
	assert_int_equal(announce_reply(&steady, payload, &op, &rng, &verdict), 20 + peer_bytes);
	assert_memory_equal(payload, head, sizeof(head));
	for (unsigned i = 0; i < peer_bytes; i++)
		assert_int_equal(payload[20 + i], 0x66);
	assert_int_equal(verdict, VERDICT_announce);
}

static void
test_reply(void **state)
{
	(void)state;
	for (uint16_t peers = 0; peers <= 200; peers++)
		check_reply(FAMILY_IPV4, peers);
	for (uint16_t peers = 0; peers <= 66; peers++)
		check_reply(FAMILY_IPV6, peers);
}

static void
test_verdicts(void **state)
{
	static const struct {
		enum shard_outcome outcome;
		enum verdict verdict;
	} rows[] = {
		{SHARD_DONE, VERDICT_announce},
		{SHARD_TORRENTS_FULL, VERDICT_announce_torrents_full},
		{SHARD_PEERS_FULL, VERDICT_announce_peers_full},
		{SHARD_SOURCE_FULL, VERDICT_announce_source_full},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct shard_op op = {.family = FAMILY_IPV4, .outcome = (uint8_t)rows[i].outcome};
		uint8_t payload[ROOM] = {0};
		struct rng rng = {1};
		enum verdict verdict = VERDICT_NONE;

		assert_int_equal(announce_reply(&policy, payload, &op, &rng, &verdict), 20);
		assert_int_equal(verdict, rows[i].verdict);
	}
}

// A torrent that is not allowed: the operator's message, and nothing of the shard.
static void
test_denied(void **state)
{
	static const uint8_t reply[] = {
		0, 0, 0, 3, 0xa1, 0xb2, 0xc3, 0xd4, 'n', 'o', 't', ' ', 'h', 'e', 'r', 'e'};
	struct announce_policy own = policy;
	uint8_t payload[ROOM];
	struct rng rng = {1};
	enum verdict verdict;

	(void)state;
	own.denied_message = "not here";
	write_request(payload);
	struct shard_op op = read_op(payload, FAMILY_IPV6);

	op.outcome = SHARD_DENIED;
	op.peer_count = 0;
	assert_int_equal(announce_reply(&own, payload, &op, &rng, &verdict), sizeof(reply));
	assert_memory_equal(payload, reply, sizeof(reply));
	assert_int_equal(verdict, VERDICT_announce_denied);
}

// From the interval itself to the interval and its whole spread, each second as often.
static void
test_interval_is_spread(void **state)
{
	const unsigned cells = policy.interval_spread_s + 1;
	uint32_t counts[121] = {0};
	struct rng rng = {3};

	(void)state;
	assert_int_equal(cells, RTE_DIM(counts));
	for (unsigned i = 0; i < cells * 100; i++) {
		struct shard_op op = {.family = FAMILY_IPV4};
		uint8_t payload[ROOM] = {0};
		enum verdict verdict;
		rte_be32_t interval;

		announce_reply(&policy, payload, &op, &rng, &verdict);
		memcpy(&interval, payload + 8, sizeof(interval));
		uint32_t late_s = rte_be_to_cpu_32(interval) - policy.interval_s;

		assert_true(late_s < cells);
		counts[late_s]++;
	}
	assert_true(chi_square_even(counts, cells));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_ipv4),
		cmocka_unit_test(test_read_ipv6),
		cmocka_unit_test(test_ip_field_is_ignored),
		cmocka_unit_test(test_seeder),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_num_want),
		cmocka_unit_test(test_reading_writes_nothing),
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_interval_is_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
