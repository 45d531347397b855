// SPDX-License-Identifier: BSD-3-Clause
// lib/net/icmp.c: pings and "port unreachable" byte by byte, and messages without a reply.

#include "../../lib/net/icmp.h"
#include "../support/cmocka_wrap.h"
#include "../support/frames.h"

#include <string.h>

enum { ICMP = 1, UDP = 17, ICMP6 = 58, HZ = 1000, CLOSED_PORT = 53 };

struct fixture {
	struct host host;
	struct shares limit;
	bool refusal_off; // host.port_unreachable is false
};

static struct fixture
fixture_new(bool tagged)
{
	struct fixture fixture = {.host = wire_host(tagged)};

	shares_init(&fixture.limit, 10, 1, HZ, &(struct siphash_key){1, 2});
	return fixture;
}

static void
parse(struct fixture *fixture, struct held *held, const struct wire *wire, unsigned room)
{
	held_open(held, wire, wire->len, room);
	assert_int_equal(frame_parse(&fixture->host, &held->frame), VERDICT_NONE);
}

// Handles a frame as the io loop does. Nothing is written behind the frame, so no bytes follow it.
static enum verdict
receive(struct fixture *fixture, struct held *held, const struct wire *wire)
{
	enum verdict verdict;

	parse(fixture, held, wire, 0);
	assert_false(icmp_is_mld_or_ndp(&held->frame, &verdict));
	if (verdict != VERDICT_NONE)
		return verdict;
	return icmp_receive(&fixture->host, &held->frame, &fixture->limit, 12345);
}

// The same for a frame without a reply, which must stay unchanged.
static enum verdict
receive_quietly(struct fixture *fixture, const struct wire *wire)
{
	struct held held;
	enum verdict verdict = receive(fixture, &held, wire);

	assert_int_not_equal(verdict, VERDICT_echo_answered);
	held_assert_is(&held, wire);
	held_close(&held);
	return verdict;
}

static void
message4(struct wire *wire, bool tagged, uint8_t type, uint8_t code, unsigned len)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, wire_tag(tagged), 0x0800);
	wire_ipv4(wire, wire_peer4, wire_host4, ICMP);
	wire_icmp(wire, type, code, NULL, len - 4);
	wire_close(wire);
	wire_disguise(wire);
}

static void
message6(
	struct wire *wire,
	bool tagged,
	const uint8_t *from,
	const uint8_t *to,
	uint8_t type,
	uint8_t code,
	unsigned len
)
{
	uint8_t mac[6];

	wire_group_mac(to, mac);
	wire_ether(
		wire, to[0] == 0xff ? mac : wire_host_mac, wire_peer_mac, wire_tag(tagged), 0x86dd
	);
	wire_ipv6(wire, from, to, ICMP6);
	wire_icmp(wire, type, code, NULL, len - 4);
	wire_close(wire);
	wire_disguise(wire);
}

static void
check_echo4(bool tagged, unsigned len)
{
	struct fixture fixture = fixture_new(tagged);
	struct wire expected;
	struct wire wire;
	struct held held;

	message4(&wire, tagged, 8, 0, len);
	wire_pad(&wire, wire.len + 9);
	wire_ether(&expected, wire_peer_mac, wire_host_mac, wire_tag(tagged), 0x0800);
	wire_ipv4(&expected, wire_host4, wire_peer4, ICMP);
	wire_icmp(&expected, 0, 0, NULL, len - 4);
	wire_close(&expected);
	assert_int_equal(receive(&fixture, &held, &wire), VERDICT_echo_answered);
	held_assert_is(&held, &expected);
	assert_int_equal(held.frame.l4_len, len);
	held_close(&held);
}

static void
check_echo6(bool tagged, const uint8_t *from, const uint8_t *to, unsigned len)
{
	struct fixture fixture = fixture_new(tagged);
	struct wire expected;
	struct wire wire;
	struct held held;

	message6(&wire, tagged, from, to, 128, 0, len);
	wire_pad(&wire, wire.len + 9);
	wire_ether(&expected, wire_peer_mac, wire_host_mac, wire_tag(tagged), 0x86dd);
	wire_ipv6(&expected, to, from, ICMP6);
	wire_icmp(&expected, 129, 0, NULL, len - 4);
	wire_close(&expected);
	assert_int_equal(receive(&fixture, &held, &wire), VERDICT_echo_answered);
	held_assert_is(&held, &expected);
	assert_int_equal(held.frame.l4_len, len);
	held_close(&held);
}

static void
test_echoes(void **state)
{
	static const unsigned lengths[] = {8, 9, 10, 11, 26, 63, 64, 65, 1399, 1400, 1480};

	(void)state;
	for (unsigned i = 0; i < 2 * RTE_DIM(lengths); i++) {
		check_echo4(i % 2, lengths[i / 2]);
		check_echo6(i % 2, wire_peer6, wire_host6, lengths[i / 2]);
		check_echo6(i % 2, wire_peer_link6, wire_link6, lengths[i / 2]);
	}
}

// frame_parse has removed extension headers; the reply has none.
static void
test_echo_behind_extension(void **state)
{
	struct fixture fixture = fixture_new(true);
	struct wire expected;
	struct wire wire;
	struct held held;

	(void)state;
	wire_ether(&wire, wire_host_mac, wire_peer_mac, WIRE_VLAN, 0x86dd);
	wire_ipv6(&wire, wire_peer6, wire_host6, ICMP6);
	wire_extension(&wire, 60, 24);
	wire_icmp(&wire, 128, 0, NULL, 33);
	wire_close(&wire);
	wire_ether(&expected, wire_peer_mac, wire_host_mac, WIRE_VLAN, 0x86dd);
	wire_ipv6(&expected, wire_host6, wire_peer6, ICMP6);
	wire_icmp(&expected, 129, 0, NULL, 33);
	wire_close(&expected);
	assert_int_equal(receive(&fixture, &held, &wire), VERDICT_echo_answered);
	held_assert_is(&held, &expected);
	held_close(&held);
}

static void
test_echo_limit(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct fixture fixture = fixture_new(false);
		struct wire wire;
		struct held held;

		message4(&wire, false, 13, 0, 20); // takes no token
		assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_icmp_noted);
		if (i == 0)
			message4(&wire, false, 8, 0, 20);
		else
			message6(&wire, false, wire_peer6, wire_host6, 128, 0, 20);
		assert_int_equal(receive(&fixture, &held, &wire), VERDICT_echo_answered);
		held_close(&held);
		assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_echo_limited);
		wire.bytes[wire.l4_at + 2] ^= 1; // a wrong checksum comes first
		assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_icmp_checksum);
	}
}

// Every type and code but the request itself: replies, errors, queries, redirects.
static void
test_other_types_are_noted(void **state)
{
	struct fixture fixture = fixture_new(false);
	struct wire wire;

	(void)state;
	for (unsigned type = 0; type < 256; type++)
		for (unsigned code = 0; code < 2; code++) {
			message4(&wire, false, type, code, 20);
			if (type != 8 || code != 0)
				assert_int_equal(
					receive_quietly(&fixture, &wire), VERDICT_icmp_noted
				);
			message6(&wire, false, wire_peer6, wire_host6, type, code, 24);
			if ((type < 130 || type > 137) && (type != 128 || code != 0))
				assert_int_equal(
					receive_quietly(&fixture, &wire), VERDICT_icmp_noted
				);
		}
}

static void
test_echoes_not_answered(void **state)
{
	uint8_t group[16];
	const struct {
		const char *what;
		const uint8_t *from;
		const uint8_t *to;
	} rows[] = {
		{"to all nodes", wire_peer6, wire_all_nodes},
		{"to solicited nodes", wire_peer6, group},
		{"to a tentative address", wire_peer6, wire_tentative6},
		{"from nobody", wire_zero, wire_host6},
		{"from nobody to all nodes", wire_zero, wire_all_nodes},
	};
	struct fixture fixture = fixture_new(false);

	(void)state;
	wire_solicited_nodes(wire_host6, group);
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct wire wire;

		message6(&wire, false, rows[i].from, rows[i].to, 128, 0, 40);
		if (receive_quietly(&fixture, &wire) != VERDICT_icmp_noted)
			fail_msg("%s", rows[i].what);
	}
}

static void
test_short_messages(void **state)
{
	static const uint8_t types[] = {128, 135, 136};

	(void)state;
	for (unsigned len = 0; len < 8; len++)
		for (unsigned i = 0; i < RTE_DIM(types) + 1; i++) {
			struct fixture fixture = fixture_new(false);
			struct wire wire;

			if (i < RTE_DIM(types))
				message6(&wire, false, wire_peer6, wire_host6, types[i], 0, 8);
			else
				message4(&wire, false, 8, 0, 8);
			wire.len = wire.l4_at + len;
			wire_close(&wire);
			assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_icmp_malformed);
		}
}

// Each bit of a message, and of the addresses that ICMPv6 sums too.
static void
test_checksums(void **state)
{
	struct fixture fixture = fixture_new(false);

	(void)state;
	for (unsigned version = 4; version <= 6; version += 2) {
		struct wire wire;

		if (version == 4)
			message4(&wire, false, 8, 0, 21);
		else
			message6(&wire, false, wire_peer6, wire_host6, 128, 0, 21);
		for (unsigned bit = wire.l4_at * 8; bit < wire.len * 8; bit++) {
			wire.bytes[bit / 8] ^= 1 << bit % 8;
			assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_icmp_checksum);
			wire.bytes[bit / 8] ^= 1 << bit % 8;
		}
		if (version == 6) {
			wire.bytes[14 + 8 + 15] ^= 4;
			assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_icmp_checksum);
		}
	}
}

// A checksum over a message of all zeros is 0xffff; 0 is wrong.
static void
test_zero_message(void **state)
{
	struct fixture fixture = fixture_new(false);
	struct wire wire;

	(void)state;
	message4(&wire, false, 0, 0, 8);
	memset(wire.bytes + wire.l4_at, 0, 8);
	assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_icmp_checksum);
	memset(wire.bytes + wire.l4_at + 2, 0xff, 2);
	assert_int_equal(receive_quietly(&fixture, &wire), VERDICT_icmp_noted);
}

static void
test_is_of_link(void **state)
{
	struct fixture fixture = fixture_new(false);

	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		enum verdict verdict = VERDICT_COUNT;
		bool of_link = type >= 130 && type <= 137;
		struct wire wire;
		struct held held;

		message6(&wire, false, wire_peer6, wire_host6, type, 0, 24);
		parse(&fixture, &held, &wire, 0);
		assert_int_equal(icmp_is_mld_or_ndp(&held.frame, &verdict), of_link);
		assert_int_equal(verdict, VERDICT_NONE);
		held.frame.bytes[wire.len - 1] ^= 0x20;
		assert_false(icmp_is_mld_or_ndp(&held.frame, &verdict));
		assert_int_equal(verdict, of_link ? VERDICT_icmp_checksum : VERDICT_NONE);
		held_close(&held);
		// The same types of IPv4's protocol are something else.
		message4(&wire, false, type, 0, 24);
		parse(&fixture, &held, &wire, 0);
		assert_false(icmp_is_mld_or_ndp(&held.frame, &verdict));
		assert_int_equal(verdict, VERDICT_NONE);
		held_close(&held);
	}
}

static void
write_closed(struct wire *wire, bool tagged, enum family family, unsigned payload_len)
{
	if (family == FAMILY_IPV4)
		wire_udp4(wire, tagged, CLOSED_PORT, payload_len);
	else
		wire_udp6(wire, tagged, CLOSED_PORT, payload_len);
}

// The expected error: it quotes `quoted` bytes of the request's packet.
static void
write_refusal(struct wire *wire, bool tagged, const struct wire *request, unsigned quoted)
{
	bool ipv4 = request->ip_version == 4;
	uint8_t body[4 + 1280] = {0};

	memcpy(body + 4, request->bytes + request->l2_len, quoted);
	wire_ether(wire, wire_peer_mac, wire_host_mac, wire_tag(tagged), ipv4 ? 0x0800 : 0x86dd);
	if (ipv4)
		wire_ipv4(wire, wire_host4, wire_peer4, ICMP);
	else
		wire_ipv6(wire, wire_host6, wire_peer6, ICMP6);
	wire_icmp(wire, ipv4 ? 3 : 1, ipv4 ? 3 : 4, body, 4 + quoted);
	wire_close(wire);
}

static enum verdict
refuse(struct fixture *fixture, struct held *held, const struct wire *wire)
{
	parse(fixture, held, wire, WIRE_ROOM);
	assert_int_equal(held->frame.kind, FRAME_CLOSED);
	struct shares *limit = fixture->refusal_off ? NULL : &fixture->limit;

	return icmp_refuse(&fixture->host, &held->frame, limit, 12345);
}

static void
check_refused(bool tagged, enum family family, unsigned payload_len, unsigned quoted)
{
	struct fixture fixture = fixture_new(tagged);
	struct wire expected;
	struct wire wire;
	struct held held;

	write_closed(&wire, tagged, family, payload_len);
	write_refusal(&expected, tagged, &wire, quoted);
	wire_pad(&wire, wire.len + 5);
	assert_int_equal(refuse(&fixture, &held, &wire), VERDICT_port_unreachable);
	held_assert_is(&held, &expected);
	assert_int_equal(held.frame.l4_len, 8 + quoted);
	held_close(&held);
}

static void
check_not_refused(struct fixture *fixture, const struct wire *wire, enum verdict verdict)
{
	struct held held;

	assert_int_equal(refuse(fixture, &held, wire), verdict);
	held_assert_is(&held, wire);
	held_close(&held);
}

// Lengths of payload, and of the quote that makes the error no longer than the datagram.
static void
test_refusals(void **state)
{
	static const struct {
		enum family family;
		uint16_t payload_len;
		uint16_t quoted;
	} rows[] = {
		{FAMILY_IPV4, 28, 28}, // 56 bytes for 56
		{FAMILY_IPV4, 29, 29},
		{FAMILY_IPV4, 98, 98},
		{FAMILY_IPV4, 547, 547},
		{FAMILY_IPV4, 548, 548}, // 576
		{FAMILY_IPV4, 549, 548},
		{FAMILY_IPV4, 1472, 548},
		{FAMILY_IPV6, 48, 48}, // 96 for 96
		{FAMILY_IPV6, 49, 49},
		{FAMILY_IPV6, 1231, 1231},
		{FAMILY_IPV6, 1232, 1232}, // 1280
		{FAMILY_IPV6, 1233, 1232},
		{FAMILY_IPV6, 1452, 1232},
	};

	(void)state;
	for (unsigned i = 0; i < 2 * RTE_DIM(rows); i++)
		check_refused(
			i % 2, rows[i / 2].family, rows[i / 2].payload_len, rows[i / 2].quoted
		);
}

// A datagram shorter than its error gets no reply, padded or not.
static void
test_short_datagrams_are_not_refused(void **state)
{
	(void)state;
	for (unsigned tagged = 0; tagged < 2; tagged++) {
		struct fixture fixture = fixture_new(tagged);
		struct wire wire;

		for (unsigned payload_len = 0; payload_len < 48; payload_len++) {
			write_closed(&wire, tagged, FAMILY_IPV6, payload_len);
			wire_pad(&wire, 200);
			check_not_refused(&fixture, &wire, VERDICT_port_closed);
			if (payload_len >= 28)
				continue;
			write_closed(&wire, tagged, FAMILY_IPV4, payload_len);
			wire_pad(&wire, 200);
			check_not_refused(&fixture, &wire, VERDICT_port_closed);
		}
		// None of these took the one token.
		struct held held;

		write_closed(&wire, tagged, FAMILY_IPV4, 28);
		assert_int_equal(refuse(&fixture, &held, &wire), VERDICT_port_unreachable);
		held_close(&held);
		check_not_refused(&fixture, &wire, VERDICT_unreachable_limited);
	}
}

// Of a burst of 64 tokens one sender gets the upper half and its share of the rest; others still get theirs.
static void
test_refusals_are_shared(void **state)
{
	struct fixture fixture = fixture_new(false);
	struct wire wire;
	struct held held;
	unsigned refused = 0;

	(void)state;
	shares_init(&fixture.limit, 10, 64, HZ, &(struct siphash_key){1, 2});
	write_closed(&wire, false, FAMILY_IPV4, 28);
	for (unsigned i = 0; i < 64; i++) {
		refused += refuse(&fixture, &held, &wire) == VERDICT_port_unreachable;
		held_close(&held);
	}
	assert_in_range(refused, 33, 63);
	write_closed(&wire, false, FAMILY_IPV6, 48);
	assert_int_equal(refuse(&fixture, &held, &wire), VERDICT_port_unreachable);
	held_close(&held);
}

static void
test_refusal_is_a_setting(void **state)
{
	struct fixture fixture = fixture_new(false);
	struct wire wire;

	(void)state;
	fixture.refusal_off = true;
	write_closed(&wire, false, FAMILY_IPV4, 100);
	check_not_refused(&fixture, &wire, VERDICT_port_closed);
	write_closed(&wire, false, FAMILY_IPV6, 100);
	check_not_refused(&fixture, &wire, VERDICT_port_closed);
}

// Extension headers are not quoted: frame_parse has removed them from frame and length.
static void
test_refusal_behind_extension(void **state)
{
	struct fixture fixture = fixture_new(false);
	struct wire expected;
	struct wire plain;
	struct wire wire;
	struct held held;

	(void)state;
	wire_ether(&wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
	wire_ipv6(&wire, wire_peer6, wire_host6, UDP);
	wire_extension(&wire, 0, 16);
	wire_udp(&wire, WIRE_PEER_PORT, CLOSED_PORT, 60);
	wire_close(&wire);
	wire_disguise(&wire);
	write_closed(&plain, false, FAMILY_IPV6, 60);
	write_refusal(&expected, false, &plain, 60);
	assert_int_equal(refuse(&fixture, &held, &wire), VERDICT_port_unreachable);
	held_assert_is(&held, &expected);
	held_close(&held);
}

// Checksum offloads are for datagrams; checksums of ICMP are always complete.
static void
test_offloads_do_not_matter(void **state)
{
	struct fixture fixture = fixture_new(false);
	struct wire expected;
	struct wire wire;
	struct held held;

	(void)state;
	fixture.host.offload_ip_checksum = true;
	fixture.host.offload_udp_checksum = true;
	write_closed(&wire, false, FAMILY_IPV4, 64);
	write_refusal(&expected, false, &wire, 64);
	assert_int_equal(refuse(&fixture, &held, &wire), VERDICT_port_unreachable);
	held_assert_is(&held, &expected);
	held_close(&held);
}

// Senders that the tracker does not serve get no ping reply, either; neighbours do.
static void
test_echo6_senders(void **state)
{
	static const uint8_t local[16] = {0xfd, 0x12, [15] = 9};
	static const uint8_t near[16] = {0xfd, 0x11, [7] = 7, [15] = 9};
	static const uint8_t reserved[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 9};
	static const struct {
		const uint8_t *from;
		enum verdict verdict;
		enum verdict no_private;
	} rows[] = {
		{wire_peer6, VERDICT_echo_answered, VERDICT_echo_answered},
		{wire_peer_link6, VERDICT_echo_answered, VERDICT_echo_answered},
		{local, VERDICT_echo_answered, VERDICT_ip_source_private},
		{near, VERDICT_echo_answered, VERDICT_echo_answered},
		{reserved, VERDICT_ip_source, VERDICT_ip_source},
	};

	(void)state;
	for (unsigned i = 0; i < 2 * RTE_DIM(rows); i++) {
		struct fixture fixture = fixture_new(false);
		struct host *host = &fixture.host;
		struct wire wire;
		struct held held;

		host->allow_private = i % 2 == 0;
		memcpy(host->ipv6[host->ipv6_count], near, 8);
		host->ipv6_prefix[host->ipv6_count++] = 64;
		message6(&wire, false, rows[i / 2].from, wire_host6, 128, 0, 16);
		assert_int_equal(
			receive(&fixture, &held, &wire),
			i % 2 == 0 ? rows[i / 2].verdict : rows[i / 2].no_private
		);
		held_close(&held);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_echo6_senders),
		cmocka_unit_test(test_echoes),
		cmocka_unit_test(test_echo_behind_extension),
		cmocka_unit_test(test_echo_limit),
		cmocka_unit_test(test_other_types_are_noted),
		cmocka_unit_test(test_echoes_not_answered),
		cmocka_unit_test(test_short_messages),
		cmocka_unit_test(test_checksums),
		cmocka_unit_test(test_zero_message),
		cmocka_unit_test(test_is_of_link),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_short_datagrams_are_not_refused),
		cmocka_unit_test(test_refusals_are_shared),
		cmocka_unit_test(test_refusal_is_a_setting),
		cmocka_unit_test(test_refusal_behind_extension),
		cmocka_unit_test(test_offloads_do_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
