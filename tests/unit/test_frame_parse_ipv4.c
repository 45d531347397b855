// SPDX-License-Identifier: BSD-3-Clause
// lib/net/frame_parse.c: headers of IPv4 and of UDP.

#include "../../lib/net/udp_partial.h"
#include "../support/cmocka_wrap.h"
#include "../support/parse.h"

#include <string.h>

static void
test_ipv4_fields(void **state)
{
	static const struct change rows[] = {
		{"version 5", 0, 1, 0x55, VERDICT_ipv4_header},
		{"version 6", 0, 1, 0x65, VERDICT_ipv4_header},
		{"version 0", 0, 1, 0x05, VERDICT_ipv4_header},
		{"total length 0", 2, 2, 0, VERDICT_ipv4_header},
		{"total length 19", 2, 2, 19, VERDICT_ipv4_header},
		{"total length one too many", 2, 2, 45, VERDICT_ipv4_header},
		{"total length of all ones", 2, 2, 0xffff, VERDICT_ipv4_header},
		{"total length without UDP", 2, 2, 20, VERDICT_udp_length},
		{"total length with 7 bytes of UDP", 2, 2, 27, VERDICT_udp_length},
		{"total length one too few", 2, 2, 43, VERDICT_udp_length},
		{"do not fragment", 6, 2, 0x4000, VERDICT_NONE},
		{"the reserved bit", 6, 2, 0x8000, VERDICT_NONE},
		{"more fragments", 6, 2, 0x2000, VERDICT_ipv4_fragment},
		{"fragment at 8", 6, 2, 0x0001, VERDICT_ipv4_fragment},
		{"last fragment there can be", 6, 2, 0x1fff, VERDICT_ipv4_fragment},
		{"TTL 1", 8, 1, 1, VERDICT_NONE}, // RFC 1122 3.2.1.7
		{"TTL 0", 8, 1, 0, VERDICT_NONE},
		{"TCP", 9, 1, TCP, VERDICT_ip_protocol},
		{"IGMP", 9, 1, 2, VERDICT_ip_protocol},
		{"ICMPv6 in IPv4", 9, 1, ICMP6, VERDICT_ip_protocol},
		{"protocol 255", 9, 1, 255, VERDICT_ip_protocol},
	};
	struct host host = wire_host(false);

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct wire wire;

		wire_udp4(&wire, false, WIRE_PORT, 16);
		change_apply(&wire, &rows[i]);
		wire_sum_ipv4(&wire);
		struct frame frame = parse_expect(&host, &wire, rows[i].verdict, rows[i].what);

		assert_int_equal(frame.family, FAMILY_IPV4);
	}
}

// Too short, without options, with options, and with options that do not fit the total length.
static void
test_ipv4_header_lengths(void **state)
{
	struct host host = wire_host(false);

	(void)state;
	for (unsigned words = 0; words < 16; words++) {
		struct wire wire;

		wire_ether(&wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x0800);
		wire_ipv4(&wire, wire_peer4, wire_host4, UDP);
		for (unsigned i = 5; i < words; i++)
			wire_append(&wire, "\1\1\1\1", 4); // no operation
		wire.l4_at = wire.len;
		wire_udp(&wire, WIRE_PEER_PORT, WIRE_PORT, 16);
		wire.bytes[14] = 0x40 | words;
		wire_close(&wire);
		parse_expect(
			&host,
			&wire,
			words < 5	     ? VERDICT_ipv4_header
				: words == 5 ? VERDICT_NONE
					     : VERDICT_ipv4_options,
			"header length"
		);
		wire.bytes[16] = 0;
		wire.bytes[17] = words * 4 - 1;
		wire_sum_ipv4(&wire);
		parse_expect(
			&host, &wire, VERDICT_ipv4_header, "total length less than header length"
		);
	}
}

static void
test_ipv4_checksum(void **state)
{
	static const struct {
		uint8_t rx_checksum;
		bool right;
		enum verdict verdict;
	} rows[] = {
		{RX_UNKNOWN, true, VERDICT_NONE},
		{RX_UNKNOWN, false, VERDICT_ipv4_checksum},
		{FRAME_RX_IP_GOOD, true, VERDICT_NONE},
		{FRAME_RX_IP_GOOD, false, VERDICT_NONE}, // verified by the NIC
		{FRAME_RX_IP_BAD, true, VERDICT_ipv4_checksum},
		{FRAME_RX_UDP_GOOD, false, VERDICT_ipv4_checksum},
	};
	struct host host = wire_host(false);
	struct frame frame;
	struct wire wire;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		wire_udp4(&wire, false, WIRE_PORT, 16);
		wire.bytes[14 + 10] ^= rows[i].right ? 0 : 0x10;
		assert_int_equal(
			parse_cut(&host, &wire, wire.len, rows[i].rx_checksum, &frame),
			rows[i].verdict
		);
	}
}

// The verdicts on packets between two addresses, with host.allow_private and without.
static const struct {
	const char *what;
	uint8_t from[4];
	uint8_t to[4];
	enum verdict verdict;
	enum verdict no_private;
} address_rows[] = {
#define SAME(v) VERDICT_##v, VERDICT_##v
#define PRIVATE VERDICT_NONE, VERDICT_ip_source_private
	{"public", {1, 2, 3, 4}, {198, 51, 100, 1}, SAME(NONE)},
	{"to another", {1, 2, 3, 4}, {198, 51, 100, 3}, SAME(ip_destination)},
	{"to a tentative address", {1, 2, 3, 4}, {198, 51, 100, 2}, SAME(ip_destination)},
	{"to the subnet", {1, 2, 3, 4}, {198, 51, 100, 255}, SAME(ip_destination)},
	{"to everybody", {1, 2, 3, 4}, {255, 255, 255, 255}, SAME(ip_destination)},
	{"to a group", {1, 2, 3, 4}, {224, 0, 0, 1}, SAME(ip_destination)},
	{"to nobody", {1, 2, 3, 4}, {0, 0, 0, 0}, SAME(ip_destination)},
	{"LAND", {198, 51, 100, 1}, {198, 51, 100, 1}, SAME(ip_source)},
	{"our tentative", {198, 51, 100, 2}, {198, 51, 100, 1}, SAME(ip_source)},
	{"loopback", {127, 0, 0, 1}, {198, 51, 100, 1}, SAME(ip_source)},
	{"nobody", {0, 0, 0, 0}, {198, 51, 100, 1}, SAME(ip_source)},
	{"group", {224, 0, 0, 1}, {198, 51, 100, 1}, SAME(ip_source)},
	{"everybody", {255, 255, 255, 255}, {198, 51, 100, 1}, SAME(ip_source)},
	{"our broadcast", {198, 51, 100, 255}, {198, 51, 100, 1}, SAME(ip_source)},
	{"documentation", {203, 0, 113, 9}, {198, 51, 100, 1}, SAME(ip_source)},
	{"documentation, but our network", {198, 51, 100, 9}, {198, 51, 100, 1}, SAME(NONE)},
	{"private, but our network", {172, 20, 1, 9}, {198, 51, 100, 1}, SAME(NONE)},
	{"private, beside our network", {172, 20, 2, 9}, {198, 51, 100, 1}, PRIVATE},
	{"benchmarking", {198, 18, 0, 9}, {198, 51, 100, 1}, PRIVATE},
	{"RFC 1918", {10, 0, 0, 9}, {198, 51, 100, 1}, PRIVATE},
	{"shared", {100, 64, 0, 9}, {198, 51, 100, 1}, PRIVATE},
	{"link-local", {169, 254, 3, 9}, {198, 51, 100, 1}, PRIVATE},
#undef SAME
#undef PRIVATE
};

static void
test_ipv4_addresses(void **state)
{
	struct host host = wire_host(false);
	struct wire wire;

	(void)state;
	host.ipv4[host.ipv4_count] = rte_cpu_to_be_32(0xac140101); // 172.20.1.1
	host.ipv4_prefix[host.ipv4_count++] = 24;
	for (unsigned i = 0; i < RTE_DIM(address_rows); i++) {
		wire_udp4_between(&wire, address_rows[i].from, address_rows[i].to);
		host.allow_private = true;
		parse_expect(&host, &wire, address_rows[i].verdict, address_rows[i].what);
		host.allow_private = false;
		parse_expect(&host, &wire, address_rows[i].no_private, address_rows[i].what);
	}
	host.ipv4_usable = 3;
	wire_udp4_between(&wire, wire_peer4, wire_tentative4);
	parse_expect(&host, &wire, VERDICT_NONE, "no longer tentative");
}

static void
test_udp_fields(void **state)
{
	static const struct change rows[] = {
		{"length 0", 4, 2, 0, VERDICT_udp_length},
		{"length 7", 4, 2, 7, VERDICT_udp_length},
		{"length one too many", 4, 2, 25, VERDICT_udp_length},
		{"length of all ones", 4, 2, 0xffff, VERDICT_udp_length},
		{"source port 0", 0, 2, 0, VERDICT_udp_source_port},
		{"source port of the tracker", 0, 2, WIRE_PORT, VERDICT_NONE},
		{"destination port 0", 2, 2, 0, VERDICT_NONE}, // closed
	};

	(void)state;
	for (unsigned i = 0; i < 2 * RTE_DIM(rows); i++) {
		struct host host = wire_host(false);
		struct change change = rows[i / 2];
		struct wire wire;

		wire_kind(&wire, false, i % 2);
		wire.len = wire.l4_at + 24;
		wire_close(&wire);
		wire.bytes[wire.l4_at + 5] = 24;
		change.at += wire.l4_at - wire.l2_len;
		change_apply(&wire, &change);
		wire_sum(&wire);
		struct frame frame = parse_expect(&host, &wire, change.verdict, change.what);

		if (rows[i / 2].at == 2)
			assert_int_equal(frame.kind, FRAME_CLOSED);
	}
}

// A datagram shorter than its packet: bytes behind it belong neither to it nor to its checksum.
static void
test_udp_shorter_than_packet(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct host host = wire_host(false);
		struct wire wire;

		if (i == 0)
			wire_udp4(&wire, false, WIRE_PORT, 16);
		else
			wire_udp6(&wire, false, WIRE_PORT, 16);
		wire_append(&wire, "behind", 6);
		uint8_t *l3 = wire.bytes + 14;

		l3[i == 0 ? 3 : 5] += 6;
		if (i == 0)
			wire_sum_ipv4(&wire);
		struct frame frame = parse_expect(&host, &wire, VERDICT_NONE, "shorter datagram");

		assert_int_equal(frame.l4_len, 24);
		assert_int_equal(frame.len, wire.len);
	}
}

static void
test_udp_checksum(void **state)
{
	enum { RIGHT, WRONG, ABSENT };
	static const struct {
		uint8_t rx_checksum;
		uint8_t sum;
		enum verdict ipv4;
		enum verdict ipv6;
	} rows[] = {
		{RX_UNKNOWN, RIGHT, VERDICT_NONE, VERDICT_NONE},
		{RX_UNKNOWN, WRONG, VERDICT_udp_checksum, VERDICT_udp_checksum},
		{RX_UNKNOWN, ABSENT, VERDICT_NONE, VERDICT_udp_no_checksum},
		{FRAME_RX_UDP_GOOD, WRONG, VERDICT_NONE, VERDICT_NONE}, // verified by the NIC
		{FRAME_RX_UDP_GOOD, ABSENT, VERDICT_NONE, VERDICT_udp_no_checksum},
		{FRAME_RX_UDP_BAD, RIGHT, VERDICT_udp_checksum, VERDICT_udp_checksum},
		{FRAME_RX_UDP_BAD, ABSENT, VERDICT_NONE, VERDICT_udp_no_checksum},
		{FRAME_RX_IP_GOOD, WRONG, VERDICT_udp_checksum, VERDICT_udp_checksum},
	};
	struct host host = wire_host(false);

	(void)state;
	for (unsigned i = 0; i < 2 * RTE_DIM(rows); i++) {
		struct frame frame;
		struct wire wire;

		wire_kind(&wire, false, i % 2);
		if (rows[i / 2].sum == WRONG)
			wire.bytes[wire.l4_at + 8] ^= 1;
		if (rows[i / 2].sum == ABSENT)
			memset(wire.bytes + wire.l4_at + 6, 0, 2);
		assert_int_equal(
			parse_cut(&host, &wire, wire.len, rows[i / 2].rx_checksum, &frame),
			i % 2 == 0 ? rows[i / 2].ipv4 : rows[i / 2].ipv6
		);
	}
}

// The folded sum of the pseudo header, as a sender leaves it to its NIC; summed byte by byte here.
static uint16_t
partial_sum(const struct wire *wire, bool ipv6)
{
	unsigned addresses = ipv6 ? 32 : 8, at = wire->l4_at - addresses;
	uint32_t sum = UDP + wire->len - wire->l4_at;

	for (unsigned i = 0; i < addresses; i += 2)
		sum += (uint32_t)wire->bytes[at + i] << 8 | wire->bytes[at + i + 1];
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void
test_partial_udp_checksum(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		bool accepted = i & 1, ipv6 = i & 2, wrong = i & 4;
		struct host host = wire_host(false);
		struct frame frame;
		struct wire wire;

		host.partial_checksums = accepted;
		wire_kind(&wire, false, ipv6);
		uint16_t sum = partial_sum(&wire, ipv6);

		wire.bytes[wire.l4_at + 6] = (uint8_t)(sum >> 8);
		wire.bytes[wire.l4_at + 7] = (uint8_t)(sum ^ wrong);
		assert_int_equal(
			parse_cut(&host, &wire, wire.len, RX_UNKNOWN, &frame), VERDICT_udp_checksum
		);
		frame.bytes = wire.bytes; // it was parsed in a copy
		assert_int_equal(
			udp_partial_accept(&host, &frame),
			accepted && !wrong ? VERDICT_NONE : VERDICT_udp_checksum
		);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4_fields),
		cmocka_unit_test(test_ipv4_header_lengths),
		cmocka_unit_test(test_ipv4_checksum),
		cmocka_unit_test(test_ipv4_addresses),
		cmocka_unit_test(test_udp_fields),
		cmocka_unit_test(test_udp_shorter_than_packet),
		cmocka_unit_test(test_udp_checksum),
		cmocka_unit_test(test_partial_udp_checksum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
