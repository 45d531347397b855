// SPDX-License-Identifier: BSD-3-Clause
// lib/net/arp.c: replies byte by byte, and the frames that are noted or dropped.

#include "../../lib/net/arp.h"
#include "../support/cmocka_wrap.h"
#include "../support/frames.h"

#include <stdlib.h>
#include <string.h>

enum {
	REQUEST = 1,
	REPLY = 2,
	HZ = 1000,
};

struct fixture {
	struct host host;
	struct host_notes notes;
	struct shares limit;
};

static struct fixture
fixture_new(bool tagged)
{
	struct fixture fixture = {.host = wire_host(tagged)};

	memcpy(&fixture.host.gateway_ipv4, wire_gateway4, 4);
	shares_init(&fixture.limit, 10, 1, HZ, &(struct siphash_key){1, 2});
	return fixture;
}

// Parses and receives a frame, as the io loop does. The frame stays open.
static enum verdict
receive(struct fixture *fixture, struct held *held, const struct wire *wire)
{
	held_open(held, wire, wire->len, 0);
	assert_int_equal(frame_parse(&fixture->host, &held->frame), VERDICT_NONE);
	assert_int_equal(held->frame.kind, FRAME_ARP);
	return arp_receive(&fixture->host, &held->frame, &fixture->notes, &fixture->limit, 12345);
}

// The same for a frame without a reply, which must stay unchanged.
static enum verdict
receive_quietly(struct fixture *fixture, const struct wire *wire)
{
	struct held held;
	enum verdict verdict = receive(fixture, &held, wire);

	assert_int_not_equal(verdict, VERDICT_arp_answered);
	held_assert_is(&held, wire);
	held_close(&held);
	return verdict;
}

static void
assert_no_notes(const struct fixture *fixture)
{
	static const struct host_notes none;

	assert_memory_equal(&fixture->notes, &none, sizeof(none));
}

static void
request(struct wire *wire, bool tagged, const uint8_t *from, const uint8_t *target)
{
	wire_ether(wire, wire_broadcast, wire_peer_mac, wire_tag(tagged), 0x0806);
	wire_arp(wire, REQUEST, wire_peer_mac, from, wire_zero, target);
}

static void
check_answer(bool tagged, const uint8_t *to, const uint8_t *sender_mac, const uint8_t *sender)
{
	struct fixture fixture = fixture_new(tagged);
	struct wire expected;
	struct wire wire;
	struct held held;

	wire_ether(&wire, to, wire_peer_mac, wire_tag(tagged), 0x0806);
	wire_arp(&wire, REQUEST, sender_mac, sender, wire_zero, wire_host4);
	wire_pad(&wire, 64);
	wire_ether(&expected, wire_peer_mac, wire_host_mac, wire_tag(tagged), 0x0806);
	wire_arp(&expected, REPLY, wire_host_mac, wire_host4, sender_mac, sender);
	assert_int_equal(receive(&fixture, &held, &wire), VERDICT_arp_answered);
	assert_int_equal(held.frame.len, tagged ? 46 : 42);
	assert_int_equal(held.frame.l4_len, 28);
	held_assert_is(&held, &expected);
	held_close(&held);
	assert_no_notes(&fixture);
}

static void
test_requests_are_answered(void **state)
{
	(void)state;
	for (unsigned tagged = 0; tagged < 2; tagged++) {
		check_answer(tagged, wire_broadcast, wire_peer_mac, wire_peer4);
		check_answer(tagged, wire_host_mac, wire_peer_mac, wire_peer4);
		// A probe (RFC 5227 2.1.1) for an address in use, which is defended.
		check_answer(tagged, wire_broadcast, wire_peer_mac, wire_zero);
		// The reply goes to the source of the frame, whatever MAC address the body holds.
		check_answer(tagged, wire_broadcast, wire_other_mac, wire_peer4);
	}
}

static void
test_requests_for_others_are_noted(void **state)
{
	static const uint8_t *const targets[] = {wire_peer4, wire_gateway4, wire_zero};
	struct fixture fixture = fixture_new(false);
	struct wire wire;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(targets); i++) {
		request(&wire, false, wire_peer4, targets[i]);
		assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_arp_noted);
	}
	request(&wire, false, wire_zero, wire_peer4); // a probe for another address
	assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_arp_noted);
	assert_no_notes(&fixture);
}

static void
test_tentative_address_is_not_answered(void **state)
{
	struct fixture fixture = fixture_new(false);
	struct wire wire;

	(void)state;
	request(&wire, false, wire_peer4, wire_tentative4);
	assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_arp_noted);
	assert_no_notes(&fixture);
}

static void
test_limit(void **state)
{
	struct fixture fixture = fixture_new(false);
	struct wire wire;
	struct held held;

	(void)state;
	request(&wire, false, wire_peer4, wire_peer4); // takes no token
	assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_arp_noted);
	request(&wire, false, wire_peer4, wire_host4);
	assert_int_equal(receive(&fixture, &held, &wire), VERDICT_arp_answered);
	held_close(&held);
	assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_arp_limited);
	request(&wire, false, wire_host4, wire_host4); // conflicts are noted all the same
	assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_arp_conflict);
}

static void
test_malformed(void **state)
{
	static const struct {
		const char *what;
		uint8_t at; // in the ARP packet
		uint8_t value;
	} rows[] = {
		{"hardware high byte", 0, 1},
		{"hardware IEEE 802", 1, 6},
		{"protocol high byte", 2, 0x86},
		{"protocol low byte", 3, 0x06},
		{"hardware length", 4, 8},
		{"hardware length 0", 4, 0},
		{"protocol length", 5, 16},
		{"protocol length 0", 5, 0},
		{"sender is a group", 8, 0x01},
	};
	static const uint8_t *const senders[] = {wire_zero, wire_broadcast, wire_all_nodes_mac};
	struct fixture fixture = fixture_new(false);
	struct wire wire;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		request(&wire, false, wire_host4, wire_host4);
		wire.bytes[14 + rows[i].at] = rows[i].value;
		if (receive_quietly(&fixture, &wire) != VERDICT_arp_malformed)
			fail_msg("%s passed", rows[i].what);
	}
	for (unsigned i = 0; i < RTE_DIM(senders); i++) {
		request(&wire, false, wire_peer4, wire_host4);
		memcpy(wire.bytes + 14 + 8, senders[i], 6);
		assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_arp_malformed);
	}
	assert_no_notes(&fixture);
}

static void
test_every_truncation(void **state)
{
	(void)state;
	for (unsigned tagged = 0; tagged < 2; tagged++) {
		struct fixture fixture = fixture_new(tagged);
		struct wire wire;

		request(&wire, tagged, wire_peer4, wire_host4);
		for (wire.len--; wire.len >= wire.l2_len; wire.len--)
			assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_arp_malformed);
		assert_no_notes(&fixture);
	}
}

static const struct {
	const char *what;
	uint16_t opcode;
	const uint8_t *sender;
	const uint8_t *target;
	enum verdict verdict;
	uint8_t bits; // bit i: a conflict about address i
} claims[] = {
	{"announced", REQUEST, wire_host4, wire_host4, VERDICT_arp_conflict, 1},
	{"used to ask others", REQUEST, wire_host4, wire_peer4, VERDICT_arp_conflict, 1},
	{"used to reply", REPLY, wire_host4, wire_peer4, VERDICT_arp_conflict, 1},
	{"tentative, announced",
	 REQUEST,
	 wire_tentative4,
	 wire_tentative4,
	 VERDICT_arp_conflict,
	 2},
	{"tentative, our probe answered",
	 REPLY,
	 wire_tentative4,
	 wire_zero,
	 VERDICT_arp_conflict,
	 2},
	{"tentative, asks us", REQUEST, wire_tentative4, wire_host4, VERDICT_arp_conflict, 2},
	{"tentative, probed", REQUEST, wire_zero, wire_tentative4, VERDICT_arp_conflict, 2},
	{"a reply is no probe", REPLY, wire_zero, wire_tentative4, VERDICT_arp_noted, 0},
	{"another's reply", REPLY, wire_peer4, wire_tentative4, VERDICT_arp_noted, 0},
	{"another opcode", 3, wire_host4, wire_host4, VERDICT_arp_noted, 0},
	{"opcode 0", 0, wire_host4, wire_host4, VERDICT_arp_noted, 0},
	{"opcode 0x0101", 0x101, wire_peer4, wire_host4, VERDICT_arp_noted, 0},
};

static void
test_conflicts(void **state)
{
	(void)state;
	for (unsigned i = 0; i < RTE_DIM(claims); i++) {
		struct fixture fixture = fixture_new(i % 2);
		struct wire wire;

		wire_ether(&wire, wire_broadcast, wire_peer_mac, wire_tag(i % 2), 0x0806);
		wire_arp(
			&wire,
			claims[i].opcode,
			wire_peer_mac,
			claims[i].sender,
			wire_zero,
			claims[i].target
		);
		enum verdict verdict = receive_quietly(&fixture, &wire);

		if (verdict != claims[i].verdict)
			fail_msg("%s: %s", claims[i].what, verdict_infos[verdict].name);
		for (unsigned j = 0; j < HOST_ADDRESSES_MAX; j++) {
			assert_int_equal(
				fixture.notes.ipv4_conflicts[j].count, claims[i].bits >> j & 1
			);
			assert_int_equal(fixture.notes.ipv6_conflicts[j].count, 0);
		}
	}
}

static void
test_conflicts_add_up(void **state)
{
	struct fixture fixture = fixture_new(false);
	struct rte_ether_addr mac;
	struct wire wire;

	(void)state;
	request(&wire, false, wire_tentative4, wire_peer4);
	receive_quietly(&fixture, &wire);
	request(&wire, false, wire_host4, wire_peer4);
	receive_quietly(&fixture, &wire);
	receive_quietly(&fixture, &wire);
	assert_int_equal(fixture.notes.ipv4_conflicts[0].count, 2);
	assert_int_equal(fixture.notes.ipv4_conflicts[WIRE_TENTATIVE].count, 1);
	memcpy(&mac, wire_peer_mac, 6);
	assert_int_equal(fixture.notes.ipv4_conflicts[0].mac, mac_word(&mac));
	assert_int_equal(fixture.notes.ipv4_conflicts[0].tsc, 12345);
}

// Our own frames, sent back by a loop or a bridge, are not claims.
static void
test_own_frames_are_no_claim(void **state)
{
	static const struct {
		uint16_t (*write)(const struct host *host, uint8_t *bytes, unsigned i);
		unsigned i;
	} rows[] = {
		{arp_write_probe, WIRE_TENTATIVE},
		{arp_write_announcement, 0},
		{arp_write_announcement, WIRE_TENTATIVE},
		{arp_write_gateway_request, 0},
	};
	struct fixture fixture = fixture_new(false);
	struct wire wire;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		memset(&wire, 0, sizeof(wire));
		wire.len = rows[i].write(&fixture.host, wire.bytes, rows[i].i);
		assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_arp_noted);
		memcpy(wire.bytes + 6, wire_other_mac, 6); // a bridge may rewrite MAC addresses
		assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_arp_noted);
	}
	assert_no_notes(&fixture);
}

// The kernel's end of a TAP device has our port's MAC address, and is served like any neighbour.
static void
test_neighbour_with_our_station(void **state)
{
	struct fixture fixture = fixture_new(false);
	struct wire expected;
	struct wire wire;
	struct held held;

	(void)state;
	wire_ether(&wire, wire_broadcast, wire_host_mac, WIRE_TAG_NONE, 0x0806);
	wire_arp(&wire, REQUEST, wire_host_mac, wire_peer4, wire_zero, wire_host4);
	wire_ether(&expected, wire_host_mac, wire_host_mac, WIRE_TAG_NONE, 0x0806);
	wire_arp(&expected, REPLY, wire_host_mac, wire_host4, wire_host_mac, wire_peer4);
	assert_int_equal(receive(&fixture, &held, &wire), VERDICT_arp_answered);
	held_assert_is(&held, &expected);
	held_close(&held);
	assert_no_notes(&fixture);
}

// Packets that name the gateway's MAC address, and the notes they lead to.
static const struct {
	const char *what;
	uint16_t opcode;
	const uint8_t *to; // of the frame
	const uint8_t *sender;
	const uint8_t *target_mac;
	const uint8_t *target;
	bool speaks; // names the gateway's MAC address at all
	bool answers; // a pending request
} gateway_words[] = {
	{"its answer", REPLY, wire_host_mac, wire_gateway4, wire_host_mac, wire_host4, true, true},
	{"to everybody",
	 REPLY,
	 wire_broadcast,
	 wire_gateway4,
	 wire_host_mac,
	 wire_host4,
	 true,
	 false},
	{"to another", REPLY, wire_host_mac, wire_gateway4, wire_peer_mac, wire_host4, true, false},
	{"to another address",
	 REPLY,
	 wire_host_mac,
	 wire_gateway4,
	 wire_host_mac,
	 wire_peer4,
	 true,
	 false},
	{"to an address not used yet",
	 REPLY,
	 wire_host_mac,
	 wire_gateway4,
	 wire_host_mac,
	 wire_tentative4,
	 true,
	 false},
	{"its request", REQUEST, wire_host_mac, wire_gateway4, wire_zero, wire_peer4, true, false},
	{"an announcement",
	 REQUEST,
	 wire_broadcast,
	 wire_gateway4,
	 wire_zero,
	 wire_gateway4,
	 true,
	 false},
	{"an announcement as reply",
	 REPLY,
	 wire_broadcast,
	 wire_gateway4,
	 wire_broadcast,
	 wire_gateway4,
	 true,
	 false},
	{"from another", REPLY, wire_host_mac, wire_peer4, wire_host_mac, wire_host4, false, false},
};

static void
assert_gateway_word(unsigned row, bool asked, const uint8_t *known)
{
	struct fixture fixture = fixture_new(row % 2);
	const struct gateway_notes *notes = &fixture.notes.gateway_ipv4;
	bool same = known == wire_other_mac;
	struct rte_ether_addr mac;
	struct wire wire;

	if (known != NULL) {
		memcpy(&mac, known, 6);
		fixture.host.gateway_ipv4_mac = mac_word(&mac);
	}
	fixture.host.gateway_ipv4_pending = asked;
	wire_ether(&wire, gateway_words[row].to, wire_peer_mac, wire_tag(row % 2), 0x0806);
	wire_arp(
		&wire,
		gateway_words[row].opcode,
		wire_other_mac,
		gateway_words[row].sender,
		gateway_words[row].target_mac,
		gateway_words[row].target
	);
	assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_arp_noted);
	bool answers = asked && gateway_words[row].answers;
	bool claimed = gateway_words[row].speaks && !answers && !same;

	if (notes->confirmations != (answers && same) || notes->replies.count != (answers && !same)
	    || notes->claims.count != claimed)
		fail_msg("%s, asked: %d, known: %d", gateway_words[row].what, asked, known != NULL);
	memcpy(&mac, wire_other_mac, 6);
	assert_int_equal(notes->replies.mac, notes->replies.count > 0 ? mac_word(&mac) : 0);
	assert_int_equal(notes->claims.mac, claimed ? mac_word(&mac) : 0);
	assert_int_equal(notes->claims.tsc, claimed ? 12345 : 0);
	memset(&fixture.notes.gateway_ipv4, 0, sizeof(fixture.notes.gateway_ipv4));
	assert_no_notes(&fixture);
}

// Only a reply to our request counts as one, and only while the request is pending.
static void
test_gateway(void **state)
{
	const uint8_t *const known[] = {NULL, wire_other_mac, wire_peer_mac};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(gateway_words); i++)
		for (unsigned k = 0; k < RTE_DIM(known); k++) {
			assert_gateway_word(i, false, known[k]);
			assert_gateway_word(i, true, known[k]);
		}
}

// Its request for our address gets a reply, and is a claim, too.
static void
test_gateway_asks_us(void **state)
{
	struct fixture fixture = fixture_new(false);
	struct wire wire;
	struct held held;

	(void)state;
	fixture.host.gateway_ipv4_pending = true;
	request(&wire, false, wire_gateway4, wire_host4);
	assert_int_equal(receive(&fixture, &held, &wire), VERDICT_arp_answered);
	held_close(&held);
	assert_int_equal(fixture.notes.gateway_ipv4.claims.count, 1);
	assert_int_equal(fixture.notes.gateway_ipv4.replies.count, 0);
}

// Without a gateway nothing is noted, not from 0.0.0.0, either.
static void
test_no_gateway(void **state)
{
	static const uint8_t *const senders[] = {wire_zero, wire_gateway4};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(senders); i++) {
		struct fixture fixture = fixture_new(false);
		struct wire wire;

		fixture.host.gateway_ipv4 = 0;
		wire_ether(&wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x0806);
		wire_arp(&wire, REPLY, wire_peer_mac, senders[i], wire_host_mac, wire_host4);
		assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_arp_noted);
		assert_no_notes(&fixture);
	}
}

static void
check_written(
	uint16_t (*write)(const struct host *, uint8_t *, unsigned),
	unsigned i,
	const uint8_t *sender,
	const uint8_t *target
)
{
	for (unsigned tagged = 0; tagged < 2; tagged++) {
		struct fixture fixture = fixture_new(tagged);
		uint8_t *bytes = malloc(ARP_FRAME_MAX);
		struct wire expected;

		memset(bytes, 0xa5, ARP_FRAME_MAX);
		wire_ether(&expected, wire_broadcast, wire_host_mac, wire_tag(tagged), 0x0806);
		wire_arp(&expected, REQUEST, wire_host_mac, sender, wire_zero, target);
		assert_int_equal(write(&fixture.host, bytes, i), tagged ? 46 : 42);
		assert_memory_equal(bytes, expected.bytes, expected.len);
		free(bytes);
	}
}

static void
test_own_frames(void **state)
{
	(void)state;
	check_written(arp_write_probe, 0, wire_zero, wire_host4);
	check_written(arp_write_probe, WIRE_TENTATIVE, wire_zero, wire_tentative4);
	check_written(arp_write_announcement, 0, wire_host4, wire_host4);
	check_written(arp_write_announcement, WIRE_TENTATIVE, wire_tentative4, wire_tentative4);
	check_written(arp_write_gateway_request, 0, wire_host4, wire_gateway4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests_are_answered),
		cmocka_unit_test(test_requests_for_others_are_noted),
		cmocka_unit_test(test_tentative_address_is_not_answered),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_conflicts_add_up),
		cmocka_unit_test(test_own_frames_are_no_claim),
		cmocka_unit_test(test_neighbour_with_our_station),
		cmocka_unit_test(test_gateway),
		cmocka_unit_test(test_gateway_asks_us),
		cmocka_unit_test(test_no_gateway),
		cmocka_unit_test(test_own_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
