// SPDX-License-Identifier: BSD-3-Clause
// lib/net/ndp.h: the checks of RFC 4861 7.1 one by one, and advertisements byte by byte.

#include "../support/cmocka_wrap.h"
#include "../support/ndp_fixture.h"

#include <stdlib.h>
#include <string.h>

// The expected advertisement.
static void
write_answer(struct wire *wire, const struct ndp_test_message *question)
{
	bool anonymous = memcmp(question->from, wire_zero, 16) == 0;
	uint8_t body[20] = {anonymous ? OVERRIDE : SOLICITED | OVERRIDE};
	const uint8_t *mac = question->mac ? question->mac : wire_peer_mac;

	memcpy(body + 4, question->target, 16);
	wire_ether(
		wire,
		anonymous ? wire_all_nodes_mac : mac,
		wire_host_mac,
		wire_tag(question->tagged),
		0x86dd
	);
	wire_ipv6(wire, question->target, anonymous ? wire_all_nodes : question->from, ICMP6);
	wire->bytes[wire->l2_len + 7] = 255;
	wire_icmp(wire, NA, 0, body, 20);
	wire_append(wire, (uint8_t[]){TLLA, 1}, 2);
	wire_append(wire, wire_host_mac, 6);
	wire_close(wire);
}

static void
check_answer(struct ndp_test_message question, unsigned padding)
{
	for (unsigned tagged = 0; tagged < 2; tagged++) {
		struct ndp_fixture fixture = ndp_fixture(tagged);
		struct wire expected;
		struct wire wire;
		struct held held;

		question.tagged = tagged;
		question.type = NS;
		ndp_message_wire(&wire, &question);
		wire_disguise(&wire);
		wire.bytes[wire.l2_len + 7] = 255;
		wire_pad(&wire, wire.len + padding);
		write_answer(&expected, &question);
		assert_int_equal(
			ndp_fixture_receive(&fixture, &held, &wire, WIRE_ROOM), VERDICT_ndp_answered
		);
		assert_int_equal(held.frame.len, tagged ? 90 : 86);
		assert_int_equal(held.frame.l4_len, 32);
		held_assert_is(&held, &expected);
		held_close(&held);
		assert_no_ndp_notes(&fixture);
	}
}

static void
test_solicitations_are_answered(void **state)
{
	static const struct ndp_test_message questions[] = {
		{.from = wire_peer6, .target = wire_host6, .option = SLLA},
		{.from = wire_peer6, .target = wire_host6},
		{.from = wire_peer_link6, .target = wire_host6, .option = SLLA},
		{.from = wire_peer_link6, .target = wire_link6, .option = SLLA},
		{.from = wire_peer6,
		 .target = wire_host6,
		 .to = wire_host6}, // unreachability detection
		{.from = wire_peer6, .target = wire_host6, .to = wire_link6},
		{.from = wire_peer6, .target = wire_host6, .to = wire_all_nodes, .option = SLLA},
		{.from = wire_peer6, .target = wire_host6, .option = SLLA, .extension = true},
		// The kernel's end of a TAP device has our port's MAC address, and is a neighbour.
		{.mac = wire_host_mac, .from = wire_peer6, .target = wire_host6},
		// The option may hold another MAC address: the reply goes to the source of the frame.
		{.from = wire_peer6,
		 .target = wire_host6,
		 .option = SLLA,
		 .option_mac = wire_other_mac},
		{.from = wire_peer6, .target = wire_host6, .option = 14}, // a nonce
		{.from = wire_zero, .target = wire_host6}, // a probe for an address in use
		{.from = wire_zero, .target = wire_link6},
		{.from = wire_zero, .target = wire_host6, .option = 14}, // RFC 7527
		{.from = wire_zero, .target = wire_host6, .extension = true},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(questions); i++) {
		check_answer(questions[i], 0);
		check_answer(questions[i], 7);
	}
}

static void
test_others_are_noted(void **state)
{
	static const struct ndp_test_message messages[] = {
		{.from = wire_peer6, .target = wire_peer_link6, .to = wire_all_nodes, .type = NS},
		{.from = wire_peer6, .target = wire_peer_link6, .to = wire_host6, .type = NS},
		{.from = wire_peer6, .target = wire_tentative6, .type = NS, .option = SLLA},
		{.from = wire_peer6, .target = wire_tentative6, .to = wire_tentative6, .type = NS},
		{.from = wire_peer6, .target = wire_peer6, .to = wire_all_nodes, .type = NA},
		{.from = wire_peer_link6, .target = wire_peer6, .to = wire_host6, .type = NA},
	};
	struct ndp_fixture fixture = ndp_fixture(false);
	struct wire wire;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(messages); i++) {
		ndp_message_wire(&wire, &messages[i]);
		assert_int_equal(ndp_fixture_receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	}
	assert_no_ndp_notes(&fixture);
}

// The shortest messages that pass, and those with one byte (or eight, for complete options) less.
static void
test_min_lengths(void **state)
{
	static const struct {
		uint8_t type;
		uint8_t len; // bytes of ICMPv6
		enum verdict verdict;
	} rows[] = {
		{RS, 8, VERDICT_ndp_noted},
		{RS, 9, VERDICT_ndp_malformed}, // half an option
		{RA, 8, VERDICT_ndp_malformed},
		{RA, 15, VERDICT_ndp_malformed},
		{RA, 16, VERDICT_ndp_noted},
		{NS, 8, VERDICT_ndp_malformed},
		{NS, 23, VERDICT_ndp_malformed},
		{NA, 23, VERDICT_ndp_malformed},
		{REDIRECT, 39, VERDICT_ndp_malformed},
		{REDIRECT, 40, VERDICT_ndp_noted},
	};
	struct ndp_fixture fixture = ndp_fixture(false);

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		static const uint8_t zeros[40];
		struct wire wire;

		wire_ether(&wire, wire_all_nodes_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
		wire_ipv6(&wire, wire_peer_link6, wire_all_nodes, ICMP6);
		wire.bytes[14 + 7] = 255;
		wire_icmp(&wire, rows[i].type, 0, zeros, rows[i].len - 4);
		wire_close(&wire);
		assert_int_equal(ndp_fixture_receive_quietly(&fixture, &wire), rows[i].verdict);
	}
}

// One byte of a valid message is changed: RFC 4861 7.1.1, 7.1.2, 6.1, 8.1.
static void
test_malformed_bytes(void **state)
{
	static const struct {
		const char *what;
		uint8_t type;
		uint8_t at; // from the IPv6 header
		uint8_t value;
	} rows[] = {
		{"NS hop limit 254", NS, 7, 254},
		{"NS hop limit 0", NS, 7, 0},
		{"NS code 1", NS, 41, 1},
		{"NS target is a group", NS, 48, 0xff},
		{"NS option of length 0", NS, 65, 0},
		{"NS option too long", NS, 65, 2},
		{"NS option much too long", NS, 65, 255},
		{"NA hop limit 64", NA, 7, 64},
		{"NA code 1", NA, 41, 1},
		{"NA target is a group", NA, 48, 0xff},
		{"NA option of length 0", NA, 65, 0},
		{"NA option too long", NA, 65, 2},
		{"RS hop limit 254", RS, 7, 254},
		{"RS code 1", RS, 41, 1},
		{"RA hop limit 254", RA, 7, 254},
		{"RA code 255", RA, 41, 255},
		{"RA option of length 0", RA, 65, 0},
		{"redirect hop limit 254", REDIRECT, 7, 254},
		{"redirect code 1", REDIRECT, 41, 1},
	};

	// In messages of routers this target is read as two options of 8 bytes.
	static const uint8_t target[16] = {0x2a, 0x01, [8] = 200, 1};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct ndp_fixture fixture = ndp_fixture(false);
		struct ndp_test_message message = {
			.from = wire_peer6,
			.target = target,
			.to = wire_host6,
			.type = rows[i].type,
			.option = rows[i].type == NA ? TLLA : SLLA,
		};
		struct wire wire;

		ndp_message_wire(&wire, &message);
		if (rows[i].type == REDIRECT)
			wire_append(&wire, wire_zero, 8);
		wire_close(&wire);
		assert_int_equal(ndp_fixture_receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
		wire.bytes[14 + rows[i].at] = rows[i].value;
		wire_sum(&wire);
		if (ndp_fixture_receive_quietly(&fixture, &wire) != VERDICT_ndp_malformed)
			fail_msg("%s passed", rows[i].what);
		assert_no_ndp_notes(&fixture);
	}
}

static void
test_malformed_addresses(void **state)
{
	static const struct ndp_test_message messages[] = {
		// From ::, only to the solicited nodes, and without a link-layer address.
		{.from = wire_zero, .target = wire_host6, .type = NS, .to = wire_host6},
		{.from = wire_zero, .target = wire_host6, .type = NS, .to = wire_all_nodes},
		{.from = wire_zero, .target = wire_host6, .type = NS, .option = SLLA},
		{.from = wire_zero, .target = wire_tentative6, .type = NS, .option = SLLA},
		{.from = wire_zero, .target = wire_tentative6, .type = NS, .to = wire_all_nodes},
		{.from = wire_zero, .target = wire_tentative6, .type = NS, .to = wire_tentative6},
		// A group asked for nothing.
		{.from = wire_peer6,
		 .target = wire_host6,
		 .type = NA,
		 .to = wire_all_nodes,
		 .flags = SOLICITED,
		 .option = TLLA},
		{.from = wire_peer6,
		 .target = wire_host6,
		 .type = NA,
		 .to = wire_all_nodes,
		 .flags = SOLICITED | OVERRIDE,
		 .option = TLLA},
	};
	struct ndp_fixture fixture = ndp_fixture(false);

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(messages); i++) {
		struct wire wire;

		ndp_message_wire(&wire, &messages[i]);
		assert_int_equal(
			ndp_fixture_receive_quietly(&fixture, &wire), VERDICT_ndp_malformed
		);
	}
	assert_no_ndp_notes(&fixture);
}

// Several options: the last byte of the walk decides, in a buffer that ends there.
static void
test_option_walk(void **state)
{
	static const struct {
		uint8_t units[4]; // as the options say
		uint8_t count;
		uint8_t bytes; // that are there
		enum verdict verdict;
	} rows[] = {
		{{1, 1}, 2, 16, VERDICT_ndp_noted},
		{{2}, 1, 16, VERDICT_ndp_noted},
		{{1, 2, 1}, 3, 32, VERDICT_ndp_noted},
		{{1, 0}, 2, 16, VERDICT_ndp_malformed},
		{{1, 2}, 2, 16, VERDICT_ndp_malformed},
		{{2}, 1, 15, VERDICT_ndp_malformed},
		{{1}, 1, 9, VERDICT_ndp_malformed},
		{{1}, 1, 1, VERDICT_ndp_malformed},
		{{1}, 1, 2, VERDICT_ndp_malformed},
		{{1}, 1, 7, VERDICT_ndp_malformed},
	};
	struct ndp_test_message message = {
		.from = wire_peer6, .target = wire_peer_link6, .to = wire_host6, .type = NS};
	struct ndp_fixture fixture = ndp_fixture(false);

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		uint8_t options[64] = {0};
		unsigned at = 0;
		struct wire wire;

		for (unsigned n = 0; n < rows[i].count; n++) {
			options[at] = 200;
			options[at + 1] = rows[i].units[n];
			at += rows[i].units[n] * 8;
		}
		ndp_message_wire(&wire, &message);
		wire_append(&wire, options, rows[i].bytes);
		wire_close(&wire);
		assert_int_equal(ndp_fixture_receive_quietly(&fixture, &wire), rows[i].verdict);
	}
}

// A truncation that the IPv6 header admits and the checksum covers: nothing behind it is read.
static void
test_every_truncation(void **state)
{
	static const uint8_t types[] = {RS, RA, NS, NA, REDIRECT};

	(void)state;
	for (unsigned i = 0; i < 2 * RTE_DIM(types); i++) {
		struct ndp_test_message message = {
			.tagged = i % 2,
			.from = wire_peer6,
			.target = wire_host6,
			.to = wire_host6,
			.type = types[i / 2],
			.option = SLLA,
		};
		struct ndp_fixture fixture = ndp_fixture(i % 2);
		struct wire wire;

		ndp_message_wire(&wire, &message);
		while (wire.len > wire.l4_at + 8) {
			wire.len--;
			wire_close(&wire);
			unsigned l4_len = wire.len - wire.l4_at;

			if (l4_len == 24 && (message.type == NS || message.type == NA))
				continue; // whole again, without its option
			enum verdict verdict = ndp_fixture_receive_quietly(&fixture, &wire);

			if (message.type == NS || message.type == NA || message.type == REDIRECT)
				assert_int_equal(verdict, VERDICT_ndp_malformed);
		}
		assert_no_ndp_notes(&fixture);
	}
}

static void
test_limit(void **state)
{
	struct ndp_fixture fixture = ndp_fixture(false);
	struct ndp_test_message other = {
		.from = wire_peer6, .target = wire_gateway6, .to = wire_host6, .type = NS};
	struct ndp_test_message ours = {.from = wire_peer6, .target = wire_host6, .type = NS};
	struct ndp_test_message claim = {
		.from = wire_peer6, .target = wire_host6, .to = wire_host6, .type = NA};
	struct wire wire;
	struct held held;

	(void)state;
	ndp_message_wire(&wire, &other); // takes no token
	assert_int_equal(ndp_fixture_receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	ndp_message_wire(&wire, &ours);
	assert_int_equal(
		ndp_fixture_receive(&fixture, &held, &wire, WIRE_ROOM), VERDICT_ndp_answered
	);
	held_close(&held);
	assert_int_equal(ndp_fixture_receive_quietly(&fixture, &wire), VERDICT_ndp_limited);
	ndp_message_wire(&wire, &claim); // conflicts are noted all the same
	assert_int_equal(ndp_fixture_receive_quietly(&fixture, &wire), VERDICT_ndp_conflict);
}

// Of a burst of 64 tokens one sender gets the upper half and its share of the rest; others still get theirs.
static void
test_shares(void **state)
{
	struct ndp_fixture fixture = ndp_fixture(false);
	struct ndp_test_message message = {.from = wire_peer6, .target = wire_host6, .type = NS};
	struct wire wire;
	struct held held;
	unsigned answered = 0;

	(void)state;
	shares_init(&fixture.limit, 10, 64, 1000, &(struct siphash_key){1, 2});
	ndp_message_wire(&wire, &message);
	for (unsigned i = 0; i < 64; i++) {
		answered += ndp_fixture_receive(&fixture, &held, &wire, WIRE_ROOM)
			== VERDICT_ndp_answered;
		held_close(&held);
	}
	assert_in_range(answered, 33, 63);
	message.mac = wire_other_mac;
	message.from = wire_peer_link6;
	ndp_message_wire(&wire, &message);
	assert_int_equal(
		ndp_fixture_receive(&fixture, &held, &wire, WIRE_ROOM), VERDICT_ndp_answered
	);
	held_close(&held);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_solicitations_are_answered),
		cmocka_unit_test(test_others_are_noted),
		cmocka_unit_test(test_min_lengths),
		cmocka_unit_test(test_malformed_bytes),
		cmocka_unit_test(test_malformed_addresses),
		cmocka_unit_test(test_option_walk),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
