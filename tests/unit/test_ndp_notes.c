// SPDX-License-Identifier: BSD-3-Clause
// lib/net/ndp.h: notes about conflicts and the gateway, and the frames that Weir sends itself.

#include "../support/cmocka_wrap.h"
#include "../support/ndp_fixture.h"

#include <stdlib.h>
#include <string.h>

static void
test_conflicts(void **state)
{
	static const struct {
		struct ndp_test_message message;
		unsigned address;
	} rows[] = {
		// RFC 4862 5.4.3: two hosts probe for the same address.
		{{.from = wire_zero, .target = wire_tentative6, .type = NS}, 1},
		{{.from = wire_zero, .target = wire_tentative6, .type = NS, .extension = true}, 1},
		// RFC 4862 5.4.4: its owner advertises it, from the address itself or another.
		{{.from = wire_tentative6,
		  .target = wire_tentative6,
		  .to = wire_all_nodes,
		  .type = NA,
		  .flags = OVERRIDE,
		  .option = TLLA},
		 1},
		{{.from = wire_peer6, .target = wire_tentative6, .to = wire_all_nodes, .type = NA},
		 1},
		{{.from = wire_host6, .target = wire_host6, .to = wire_all_nodes, .type = NA}, 0},
		{{.from = wire_peer_link6,
		  .target = wire_link6,
		  .to = wire_host6,
		  .type = NA,
		  .flags = SOLICITED},
		 2},
	};

	(void)state;
	for (unsigned i = 0; i < 2 * RTE_DIM(rows); i++) {
		struct ndp_test_message message = rows[i / 2].message;
		struct ndp_fixture fixture = ndp_fixture(i % 2);
		struct held held;
		struct wire wire;

		message.tagged = i % 2;
		ndp_message_wire(&wire, &message);
		assert_int_equal(
			ndp_fixture_receive(&fixture, &held, &wire, 0), VERDICT_ndp_conflict
		);
		held_close(&held);
		for (unsigned j = 0; j < HOST_ADDRESSES_MAX; j++) {
			assert_int_equal(
				fixture.notes.ipv6_conflicts[j].count, j == rows[i / 2].address
			);
			assert_int_equal(fixture.notes.ipv4_conflicts[j].count, 0);
		}
		assert_int_equal(fixture.notes.gateway_ipv6.claims.count, 0);
	}
}

static void
test_conflicts_add_up(void **state)
{
	struct ndp_fixture fixture = ndp_fixture(false);
	struct ndp_test_message probe = {.from = wire_zero, .target = wire_tentative6, .type = NS};
	struct ndp_test_message claim = {
		.from = wire_peer6, .target = wire_host6, .to = wire_host6, .type = NA};
	struct rte_ether_addr mac;
	struct wire wire;

	(void)state;
	ndp_message_wire(&wire, &probe);
	ndp_fixture_receive_quietly(&fixture, &wire);
	ndp_message_wire(&wire, &claim);
	ndp_fixture_receive_quietly(&fixture, &wire);
	ndp_fixture_receive_quietly(&fixture, &wire);
	assert_int_equal(fixture.notes.ipv6_conflicts[0].count, 2);
	assert_int_equal(fixture.notes.ipv6_conflicts[WIRE_TENTATIVE].count, 1);
	memcpy(&mac, wire_peer_mac, 6);
	assert_int_equal(fixture.notes.ipv6_conflicts[0].mac, mac_word(&mac));
}

// Our own frames, sent back by a loop, are not claims.
static void
test_own_frames_are_no_claim(void **state)
{
	uint16_t (*const writers[])(const struct host *, uint8_t *, unsigned) = {
		ndp_write_probe, ndp_write_advertisement};
	struct ndp_fixture fixture = ndp_fixture(false);

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(writers); i++) {
		struct wire wire = {0};

		wire.len = writers[i](&fixture.host, wire.bytes, WIRE_TENTATIVE);
		assert_int_equal(ndp_fixture_receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	}
	assert_no_ndp_notes(&fixture);
}

enum evidence { IGNORED, CLAIM, REPLY, REPLACES }; // what a message says about the gateway

static const struct {
	const char *what;
	struct ndp_test_message message;
	enum evidence evidence; // while a request is pending
} gateway_messages[] = {
#define TO_US .from = wire_gateway6, .to = wire_host6, .target = wire_gateway6, .type = NA
#define LINK .option = TLLA, .option_mac = wire_other_mac
	{"its reply", {TO_US, .flags = SOLICITED, LINK}, REPLY},
	{"a router's", {TO_US, .flags = 0x80 | SOLICITED | OVERRIDE, LINK}, REPLACES},
	{"by another address",
	 {.from = wire_peer_link6,
	  .to = wire_host6,
	  .target = wire_gateway6,
	  .type = NA,
	  .flags = SOLICITED,
	  LINK},
	 REPLY},
	{"not solicited", {TO_US, .flags = OVERRIDE, LINK}, CLAIM},
	{"without its MAC address", {TO_US, .flags = SOLICITED | OVERRIDE}, IGNORED},
	{"with a source link-layer address",
	 {TO_US, .flags = SOLICITED, .option = SLLA, .option_mac = wire_other_mac},
	 IGNORED},
	{"a multicast MAC address",
	 {TO_US, .flags = SOLICITED, .option = TLLA, .option_mac = wire_all_nodes_mac},
	 IGNORED},
	{"a MAC address of zeros",
	 {TO_US, .flags = SOLICITED, .option = TLLA, .option_mac = wire_zero},
	 IGNORED},
	{"of another",
	 {.from = wire_gateway6,
	  .to = wire_host6,
	  .target = wire_peer6,
	  .type = NA,
	  .flags = SOLICITED | OVERRIDE,
	  LINK},
	 IGNORED},
	{"to all",
	 {.from = wire_gateway6,
	  .to = wire_all_nodes,
	  .target = wire_gateway6,
	  .type = NA,
	  .flags = OVERRIDE,
	  LINK},
	 CLAIM},
	{"its solicitation of another host",
	 {.from = wire_gateway6,
	  .target = wire_peer6,
	  .to = wire_host6,
	  .type = NS,
	  .option = SLLA,
	  .option_mac = wire_other_mac},
	 CLAIM},
	{"its solicitation without a MAC address",
	 {.from = wire_gateway6, .target = wire_peer6, .to = wire_host6, .type = NS},
	 IGNORED},
#undef TO_US
#undef LINK
};

static void
check_gateway_message(unsigned row, bool pending, const uint8_t *known)
{
	struct ndp_fixture fixture = ndp_fixture(false);
	const struct gateway_notes *notes = &fixture.notes.gateway_ipv6;
	enum evidence evidence = gateway_messages[row].evidence;
	bool same = known == wire_other_mac;
	struct rte_ether_addr mac;
	struct wire wire;

	if (known != NULL) {
		memcpy(&mac, known, 6);
		fixture.host.gateway_ipv6_mac = mac_word(&mac);
	}
	fixture.host.gateway_ipv6_pending = pending;
	ndp_message_wire(&wire, &gateway_messages[row].message);
	assert_int_equal(ndp_fixture_receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	bool confirms = pending && same && evidence >= REPLY;
	bool replies =
		pending && !same && (evidence == REPLACES || (evidence == REPLY && known == NULL));
	bool claims = evidence != IGNORED && !replies && !same;

	if (notes->confirmations != confirms || notes->replies.count != replies
	    || notes->claims.count != claims)
		fail_msg(
			"%s, pending: %d, known: %d",
			gateway_messages[row].what,
			pending,
			known != NULL
		);
	memcpy(&mac, wire_other_mac, 6);
	assert_int_equal(notes->replies.mac, replies ? mac_word(&mac) : 0);
	assert_int_equal(notes->claims.mac, claims ? mac_word(&mac) : 0);
	memset(&fixture.notes.gateway_ipv6, 0, sizeof(fixture.notes.gateway_ipv6));
	assert_no_ndp_notes(&fixture);
}

// RFC 4861 7.2.5: an advertisement is a reply only while a request is pending, and replaces a known MAC
// address only with the override flag.
static void
test_gateway(void **state)
{
	const uint8_t *const known[] = {NULL, wire_other_mac, wire_peer_mac};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(gateway_messages); i++)
		for (unsigned k = 0; k < RTE_DIM(known); k++) {
			check_gateway_message(i, false, known[k]);
			check_gateway_message(i, true, known[k]);
		}
}

// A link-layer address of another length than Ethernet's is ignored. Without a gateway nothing is noted.
static void
test_no_gateway(void **state)
{
	struct ndp_test_message message = {
		.from = wire_gateway6,
		.to = wire_host6,
		.target = wire_gateway6,
		.type = NA,
		.flags = SOLICITED,
		.option = TLLA,
	};
	struct ndp_fixture fixture = ndp_fixture(false);
	struct wire wire;

	(void)state;
	ndp_message_wire(&wire, &message);
	wire.bytes[wire.l4_at + 25] = 2;
	wire_append(&wire, wire_zero, 8);
	wire_close(&wire);
	assert_int_equal(ndp_fixture_receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	assert_no_ndp_notes(&fixture);

	memset(fixture.host.gateway_ipv6, 0, 16);
	ndp_message_wire(&wire, &message);
	assert_int_equal(ndp_fixture_receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	message.target = wire_zero;
	ndp_message_wire(&wire, &message);
	assert_int_equal(ndp_fixture_receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	assert_no_ndp_notes(&fixture);
}

static void
check_written(
	uint16_t (*write)(const struct host *, uint8_t *, unsigned),
	unsigned i,
	struct ndp_test_message message
)
{
	for (unsigned tagged = 0; tagged < 2; tagged++) {
		struct ndp_fixture fixture = ndp_fixture(tagged);
		uint8_t *bytes = malloc(NDP_FRAME_MAX);
		struct wire expected;

		memset(bytes, 0xa5, NDP_FRAME_MAX);
		message.tagged = tagged;
		message.mac = wire_host_mac;
		message.option_mac = wire_host_mac;
		ndp_message_wire(&expected, &message);
		assert_int_equal(write(&fixture.host, bytes, i), expected.len);
		assert_memory_equal(bytes, expected.bytes, expected.len);
		free(bytes);
	}
}

static void
test_own_frames(void **state)
{
	struct ndp_test_message probe = {.from = wire_zero, .target = wire_tentative6, .type = NS};
	struct ndp_test_message advertisement = {
		.from = wire_host6,
		.to = wire_all_nodes,
		.target = wire_host6,
		.type = NA,
		.flags = OVERRIDE,
		.option = TLLA,
	};
	struct ndp_test_message question = {
		.from = wire_link6, .target = wire_gateway6, .type = NS, .option = SLLA};

	(void)state;
	check_written(ndp_write_probe, WIRE_TENTATIVE, probe);
	check_written(ndp_write_advertisement, 0, advertisement);
	check_written(ndp_write_gateway_request, 2, question);
}

// A router solicitation may come from ::, which is no gateway's address, also where the host has no gateway.
static void
test_solicitation_of_nobody(void **state)
{
	struct ndp_fixture fixture = ndp_fixture(false);
	uint8_t body[12] = {[4] = SLLA, [5] = 1};
	struct wire wire;

	(void)state;
	memset(fixture.host.gateway_ipv6, 0, 16);
	memcpy(body + 6, wire_peer_mac, 6);
	wire_ether(&wire, wire_all_nodes_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
	wire_ipv6(&wire, wire_zero, wire_all_nodes, ICMP6);
	wire.bytes[wire.l2_len + 7] = 255;
	wire_icmp(&wire, RS, 0, body, sizeof(body));
	wire_close(&wire);
	assert_int_equal(ndp_fixture_receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	assert_no_ndp_notes(&fixture);
	memcpy(fixture.host.gateway_ipv6, wire_gateway6, 16);
	memcpy(wire.bytes + wire.l2_len + 8, wire_gateway6, 16);
	wire_sum(&wire);
	assert_int_equal(ndp_fixture_receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	assert_int_equal(fixture.notes.gateway_ipv6.claims.count, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_conflicts_add_up),
		cmocka_unit_test(test_own_frames_are_no_claim),
		cmocka_unit_test(test_gateway),
		cmocka_unit_test(test_no_gateway),
		cmocka_unit_test(test_solicitation_of_nobody),
		cmocka_unit_test(test_own_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
