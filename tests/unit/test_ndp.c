// SPDX-License-Identifier: BSD-3-Clause
// lib/net/ndp.c: the checks of RFC 4861 7.1 one by one, advertisements byte by byte, conflicts.

#include "../../lib/net/icmp.h"
#include "../../lib/net/ndp.h"
#include "../support/cmocka_wrap.h"
#include "../support/frames.h"

#include <stdlib.h>
#include <string.h>

enum {
	ICMP6 = 58,
	RS = 133,
	RA = 134,
	NS = 135,
	NA = 136,
	REDIRECT = 137,
	SOLICITED = 0x40, // in the first byte of flags
	OVERRIDE = 0x20,
	SLLA = 1,
	TLLA = 2,
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

	memcpy(fixture.host.gateway_ipv6, wire_gateway6, 16);
	shares_init(&fixture.limit, 10, 1, HZ, &(struct siphash_key){1, 2});
	return fixture;
}

// Everything about a message; zeros stand for the usual.
struct message {
	bool tagged;
	const uint8_t *station; // Ethernet source; NULL: the peer
	const uint8_t *from;
	const uint8_t *to; // NULL: the solicited nodes of target
	const uint8_t *target;
	uint8_t type;
	uint8_t flags;
	uint8_t option; // SLLA, TLLA or 0
	const uint8_t *option_mac; // NULL: the peer's
	bool extension; // a hop-by-hop header before it
};

static void
write_message(struct wire *wire, const struct message *message)
{
	uint8_t body[20] = {message->flags};
	uint8_t group[16];
	uint8_t mac[6];

	wire_solicited_nodes(message->target, group);
	const uint8_t *to = message->to ? message->to : group;

	wire_group_mac(to, mac);
	memcpy(body + 4, message->target, 16);
	wire_ether(
		wire,
		to[0] == 0xff ? mac : wire_host_mac,
		message->station ? message->station : wire_peer_mac,
		wire_tag(message->tagged),
		0x86dd
	);
	wire_ipv6(wire, message->from, to, ICMP6);
	if (message->extension)
		wire_extension(wire, 0, 8);
	wire->bytes[wire->l2_len + 7] = 255;
	wire_icmp(wire, message->type, 0, body, 20);
	if (message->option) {
		wire_append(wire, (uint8_t[]){message->option, 1}, 2);
		wire_append(wire, message->option_mac ? message->option_mac : wire_peer_mac, 6);
	}
	wire_close(wire);
}

// As the io loop does it.
static enum verdict
receive(struct fixture *fixture, struct held *held, const struct wire *wire, unsigned room)
{
	enum verdict verdict = VERDICT_COUNT;

	held_open(held, wire, wire->len, room);
	assert_int_equal(frame_parse(&fixture->host, &held->frame), VERDICT_NONE);
	assert_int_equal(held->frame.kind, FRAME_ICMP6);
	assert_true(icmp_is_mld_or_ndp(&held->frame, &verdict));
	assert_int_equal(verdict, VERDICT_NONE);
	return ndp_receive(&fixture->host, &held->frame, &fixture->notes, &fixture->limit, 12345);
}

// Anything but an answer leaves the frame as it came, and needs no room behind it.
static enum verdict
receive_quietly(struct fixture *fixture, const struct wire *wire)
{
	struct held held;
	enum verdict verdict = receive(fixture, &held, wire, 0);

	assert_int_not_equal(verdict, VERDICT_ndp_answered);
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

// The advertisement that should leave.
static void
write_answer(struct wire *wire, const struct message *question)
{
	bool anonymous = memcmp(question->from, wire_zero, 16) == 0;
	uint8_t body[20] = {anonymous ? OVERRIDE : SOLICITED | OVERRIDE};
	const uint8_t *station = question->station ? question->station : wire_peer_mac;

	memcpy(body + 4, question->target, 16);
	wire_ether(
		wire,
		anonymous ? wire_all_nodes_mac : station,
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
check_answer(struct message question, unsigned padding)
{
	for (unsigned tagged = 0; tagged < 2; tagged++) {
		struct fixture fixture = fixture_new(tagged);
		struct wire expected;
		struct wire wire;
		struct held held;

		question.tagged = tagged;
		question.type = NS;
		write_message(&wire, &question);
		wire_disguise(&wire);
		wire.bytes[wire.l2_len + 7] = 255;
		wire_pad(&wire, wire.len + padding);
		write_answer(&expected, &question);
		assert_int_equal(receive(&fixture, &held, &wire, WIRE_ROOM), VERDICT_ndp_answered);
		assert_int_equal(held.frame.len, tagged ? 90 : 86);
		assert_int_equal(held.frame.l4_len, 32);
		held_assert_is(&held, &expected);
		held_close(&held);
		assert_no_notes(&fixture);
	}
}

static void
test_solicitations_are_answered(void **state)
{
	static const struct message questions[] = {
		{.from = wire_peer6, .target = wire_host6, .option = SLLA},
		{.from = wire_peer6, .target = wire_host6},
		{.from = wire_peer_link6, .target = wire_host6, .option = SLLA},
		{.from = wire_peer_link6, .target = wire_link6, .option = SLLA},
		{.from = wire_peer6, .target = wire_host6, .to = wire_host6}, // is it still there?
		{.from = wire_peer6, .target = wire_host6, .to = wire_link6},
		{.from = wire_peer6, .target = wire_host6, .to = wire_all_nodes, .option = SLLA},
		{.from = wire_peer6, .target = wire_host6, .option = SLLA, .extension = true},
		// The kernel's end of a TAP device has our port's MAC, and is a neighbour.
		{.station = wire_host_mac, .from = wire_peer6, .target = wire_host6},
		// The option may name another station: the answer goes where the frame came from.
		{.from = wire_peer6,
		 .target = wire_host6,
		 .option = SLLA,
		 .option_mac = wire_other_mac},
		{.from = wire_peer6, .target = wire_host6, .option = 14}, // a nonce
		{.from = wire_zero, .target = wire_host6}, // a probe: we defend what we use
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
	static const struct message messages[] = {
		{.from = wire_peer6, .target = wire_peer_link6, .to = wire_all_nodes, .type = NS},
		{.from = wire_peer6, .target = wire_peer_link6, .to = wire_host6, .type = NS},
		{.from = wire_peer6, .target = wire_tentative6, .type = NS, .option = SLLA},
		{.from = wire_peer6, .target = wire_tentative6, .to = wire_tentative6, .type = NS},
		{.from = wire_peer6, .target = wire_peer6, .to = wire_all_nodes, .type = NA},
		{.from = wire_peer_link6, .target = wire_peer6, .to = wire_host6, .type = NA},
	};
	struct fixture fixture = fixture_new(false);
	struct wire wire;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(messages); i++) {
		write_message(&wire, &messages[i]);
		assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	}
	assert_no_notes(&fixture);
}

// Shortest messages that pass, and one byte (or eight, to keep options whole) less.
static void
test_least_lengths(void **state)
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
	struct fixture fixture = fixture_new(false);

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		static const uint8_t zeros[40];
		struct wire wire;

		wire_ether(&wire, wire_all_nodes_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
		wire_ipv6(&wire, wire_peer_link6, wire_all_nodes, ICMP6);
		wire.bytes[14 + 7] = 255;
		wire_icmp(&wire, rows[i].type, 0, zeros, rows[i].len - 4);
		wire_close(&wire);
		assert_int_equal(receive_quietly(&fixture, &wire), rows[i].verdict);
	}
}

// One byte of a good message changed; RFC 4861 7.1.1, 7.1.2, 6.1, 8.1.
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

	// Where a router's messages have options, this target is two of them, 8 bytes each.
	static const uint8_t target[16] = {0x2a, 0x01, [8] = 200, 1};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct fixture fixture = fixture_new(false);
		struct message message = {
			.from = wire_peer6,
			.target = target,
			.to = wire_host6,
			.type = rows[i].type,
			.option = rows[i].type == NA ? TLLA : SLLA,
		};
		struct wire wire;

		write_message(&wire, &message);
		if (rows[i].type == REDIRECT)
			wire_append(&wire, wire_zero, 8);
		wire_close(&wire);
		assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
		wire.bytes[14 + rows[i].at] = rows[i].value;
		wire_sum(&wire);
		if (receive_quietly(&fixture, &wire) != VERDICT_ndp_malformed)
			fail_msg("%s passed", rows[i].what);
		assert_no_notes(&fixture);
	}
}

static void
test_malformed_addresses(void **state)
{
	static const struct message messages[] = {
		// From nobody: to the solicited nodes alone, and without a station.
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
	struct fixture fixture = fixture_new(false);

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(messages); i++) {
		struct wire wire;

		write_message(&wire, &messages[i]);
		assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_ndp_malformed);
	}
	assert_no_notes(&fixture);
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
	struct message message = {
		.from = wire_peer6, .target = wire_peer_link6, .to = wire_host6, .type = NS};
	struct fixture fixture = fixture_new(false);

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
		write_message(&wire, &message);
		wire_append(&wire, options, rows[i].bytes);
		wire_close(&wire);
		assert_int_equal(receive_quietly(&fixture, &wire), rows[i].verdict);
	}
}

// A truncation that the IPv6 header admits and the checksum covers: nothing behind it is read.
static void
test_every_truncation(void **state)
{
	static const uint8_t types[] = {RS, RA, NS, NA, REDIRECT};

	(void)state;
	for (unsigned i = 0; i < 2 * RTE_DIM(types); i++) {
		struct message message = {
			.tagged = i % 2,
			.from = wire_peer6,
			.target = wire_host6,
			.to = wire_host6,
			.type = types[i / 2],
			.option = SLLA,
		};
		struct fixture fixture = fixture_new(i % 2);
		struct wire wire;

		write_message(&wire, &message);
		while (wire.len > wire.l4_at + 8) {
			wire.len--;
			wire_close(&wire);
			unsigned l4_len = wire.len - wire.l4_at;

			if (l4_len == 24 && (message.type == NS || message.type == NA))
				continue; // whole again, without its option
			enum verdict verdict = receive_quietly(&fixture, &wire);

			if (message.type == NS || message.type == NA || message.type == REDIRECT)
				assert_int_equal(verdict, VERDICT_ndp_malformed);
		}
		assert_no_notes(&fixture);
	}
}

static void
test_limit(void **state)
{
	struct fixture fixture = fixture_new(false);
	struct message other = {
		.from = wire_peer6, .target = wire_gateway6, .to = wire_host6, .type = NS};
	struct message ours = {.from = wire_peer6, .target = wire_host6, .type = NS};
	struct message claim = {
		.from = wire_peer6, .target = wire_host6, .to = wire_host6, .type = NA};
	struct wire wire;
	struct held held;

	(void)state;
	write_message(&wire, &other); // takes no token
	assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	write_message(&wire, &ours);
	assert_int_equal(receive(&fixture, &held, &wire, WIRE_ROOM), VERDICT_ndp_answered);
	held_close(&held);
	assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_ndp_limited);
	write_message(&wire, &claim); // conflicts are heard all the same
	assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_ndp_conflict);
}

static void
test_conflicts(void **state)
{
	static const struct {
		struct message message;
		unsigned address;
	} rows[] = {
		// RFC 4862 5.4.3: two of us probe for the same address.
		{{.from = wire_zero, .target = wire_tentative6, .type = NS}, 1},
		{{.from = wire_zero, .target = wire_tentative6, .type = NS, .extension = true}, 1},
		// RFC 4862 5.4.4: its owner speaks up, from the address itself or another.
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
		struct message message = rows[i / 2].message;
		struct fixture fixture = fixture_new(i % 2);
		struct held held;
		struct wire wire;

		message.tagged = i % 2;
		write_message(&wire, &message);
		assert_int_equal(receive(&fixture, &held, &wire, 0), VERDICT_ndp_conflict);
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
	struct fixture fixture = fixture_new(false);
	struct message probe = {.from = wire_zero, .target = wire_tentative6, .type = NS};
	struct message claim = {
		.from = wire_peer6, .target = wire_host6, .to = wire_host6, .type = NA};
	struct rte_ether_addr mac;
	struct wire wire;

	(void)state;
	write_message(&wire, &probe);
	receive_quietly(&fixture, &wire);
	write_message(&wire, &claim);
	receive_quietly(&fixture, &wire);
	receive_quietly(&fixture, &wire);
	assert_int_equal(fixture.notes.ipv6_conflicts[0].count, 2);
	assert_int_equal(fixture.notes.ipv6_conflicts[WIRE_TENTATIVE].count, 1);
	memcpy(&mac, wire_peer_mac, 6);
	assert_int_equal(fixture.notes.ipv6_conflicts[0].mac, mac_word(&mac));
}

// A loop gives us our own words back: they are nobody's claim.
static void
test_own_frames_are_no_claim(void **state)
{
	uint16_t (*const writers[])(const struct host *, uint8_t *, unsigned) = {
		ndp_write_probe, ndp_write_advertisement};
	struct fixture fixture = fixture_new(false);

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(writers); i++) {
		struct wire wire = {0};

		wire.len = writers[i](&fixture.host, wire.bytes, WIRE_TENTATIVE);
		assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	}
	assert_no_notes(&fixture);
}

enum word { SILENT, CLAIM, ANSWER, REPLACES }; // what speaks for the gateway, and how loud

static const struct {
	const char *what;
	struct message message;
	enum word word; // while a question is open
} gateway_words[] = {
#define TO_US .from = wire_gateway6, .to = wire_host6, .target = wire_gateway6, .type = NA
#define STATION .option = TLLA, .option_mac = wire_other_mac
	{"its answer", {TO_US, .flags = SOLICITED, STATION}, ANSWER},
	{"a router's", {TO_US, .flags = 0x80 | SOLICITED | OVERRIDE, STATION}, REPLACES},
	{"by another address",
	 {.from = wire_peer_link6,
	  .to = wire_host6,
	  .target = wire_gateway6,
	  .type = NA,
	  .flags = SOLICITED,
	  STATION},
	 ANSWER},
	{"not solicited", {TO_US, .flags = OVERRIDE, STATION}, CLAIM},
	{"without its station", {TO_US, .flags = SOLICITED | OVERRIDE}, SILENT},
	{"with a source station",
	 {TO_US, .flags = SOLICITED, .option = SLLA, .option_mac = wire_other_mac},
	 SILENT},
	{"a group as station",
	 {TO_US, .flags = SOLICITED, .option = TLLA, .option_mac = wire_all_nodes_mac},
	 SILENT},
	{"no station at all",
	 {TO_US, .flags = SOLICITED, .option = TLLA, .option_mac = wire_zero},
	 SILENT},
	{"of another",
	 {.from = wire_gateway6,
	  .to = wire_host6,
	  .target = wire_peer6,
	  .type = NA,
	  .flags = SOLICITED | OVERRIDE,
	  STATION},
	 SILENT},
	{"to all",
	 {.from = wire_gateway6,
	  .to = wire_all_nodes,
	  .target = wire_gateway6,
	  .type = NA,
	  .flags = OVERRIDE,
	  STATION},
	 CLAIM},
	{"its question to another",
	 {.from = wire_gateway6,
	  .target = wire_peer6,
	  .to = wire_host6,
	  .type = NS,
	  .option = SLLA,
	  .option_mac = wire_other_mac},
	 CLAIM},
	{"its question without a station",
	 {.from = wire_gateway6, .target = wire_peer6, .to = wire_host6, .type = NS},
	 SILENT},
#undef TO_US
#undef STATION
};

static void
assert_gateway_word(unsigned row, bool asked, const uint8_t *known)
{
	struct fixture fixture = fixture_new(false);
	const struct gateway_notes *notes = &fixture.notes.gateway_ipv6;
	enum word word = gateway_words[row].word;
	bool same = known == wire_other_mac;
	struct rte_ether_addr mac;
	struct wire wire;

	if (known != NULL) {
		memcpy(&mac, known, 6);
		fixture.host.gateway_ipv6_mac = mac_word(&mac);
	}
	fixture.host.gateway_ipv6_pending = asked;
	write_message(&wire, &gateway_words[row].message);
	assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	bool confirms = asked && same && word >= ANSWER;
	bool answers = asked && !same && (word == REPLACES || (word == ANSWER && known == NULL));
	bool claims = word != SILENT && !answers && !same;

	if (notes->confirmations != confirms || notes->replies.count != answers
	    || notes->claims.count != claims)
		fail_msg("%s, asked: %d, known: %d", gateway_words[row].what, asked, known != NULL);
	memcpy(&mac, wire_other_mac, 6);
	assert_int_equal(notes->replies.mac, answers ? mac_word(&mac) : 0);
	assert_int_equal(notes->claims.mac, claims ? mac_word(&mac) : 0);
	memset(&fixture.notes.gateway_ipv6, 0, sizeof(fixture.notes.gateway_ipv6));
	assert_no_notes(&fixture);
}

// RFC 4861 7.2.5: only what answers an open question is an answer, and only with the override flag
// does it replace what is known.
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

// A station of another length than Ethernet's is none; without a gateway nothing is learned.
static void
test_no_gateway(void **state)
{
	struct message message = {
		.from = wire_gateway6,
		.to = wire_host6,
		.target = wire_gateway6,
		.type = NA,
		.flags = SOLICITED,
		.option = TLLA,
	};
	struct fixture fixture = fixture_new(false);
	struct wire wire;

	(void)state;
	write_message(&wire, &message);
	wire.bytes[wire.l4_at + 25] = 2;
	wire_append(&wire, wire_zero, 8);
	wire_close(&wire);
	assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	assert_no_notes(&fixture);

	memset(fixture.host.gateway_ipv6, 0, 16);
	write_message(&wire, &message);
	assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	message.target = wire_zero;
	write_message(&wire, &message);
	assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_ndp_noted);
	assert_no_notes(&fixture);
}

static void
check_written(
	uint16_t (*write)(const struct host *, uint8_t *, unsigned),
	unsigned i,
	struct message message
)
{
	for (unsigned tagged = 0; tagged < 2; tagged++) {
		struct fixture fixture = fixture_new(tagged);
		uint8_t *bytes = malloc(NDP_FRAME_MAX);
		struct wire expected;

		memset(bytes, 0xa5, NDP_FRAME_MAX);
		message.tagged = tagged;
		message.station = wire_host_mac;
		message.option_mac = wire_host_mac;
		write_message(&expected, &message);
		assert_int_equal(write(&fixture.host, bytes, i), expected.len);
		assert_memory_equal(bytes, expected.bytes, expected.len);
		free(bytes);
	}
}

static void
test_own_frames(void **state)
{
	struct message probe = {.from = wire_zero, .target = wire_tentative6, .type = NS};
	struct message advertisement = {
		.from = wire_host6,
		.to = wire_all_nodes,
		.target = wire_host6,
		.type = NA,
		.flags = OVERRIDE,
		.option = TLLA,
	};
	struct message question = {
		.from = wire_link6, .target = wire_gateway6, .type = NS, .option = SLLA};

	(void)state;
	check_written(ndp_write_probe, WIRE_TENTATIVE, probe);
	check_written(ndp_write_advertisement, 0, advertisement);
	check_written(ndp_write_gateway_request, 2, question);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_solicitations_are_answered),
		cmocka_unit_test(test_others_are_noted),
		cmocka_unit_test(test_least_lengths),
		cmocka_unit_test(test_malformed_bytes),
		cmocka_unit_test(test_malformed_addresses),
		cmocka_unit_test(test_option_walk),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_conflicts_add_up),
		cmocka_unit_test(test_own_frames_are_no_claim),
		cmocka_unit_test(test_gateway),
		cmocka_unit_test(test_no_gateway),
		cmocka_unit_test(test_own_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
