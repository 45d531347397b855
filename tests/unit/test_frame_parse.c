// SPDX-License-Identifier: BSD-3-Clause
// lib/net/frame_parse.c: every verdict it gives, every length it believes or not.
//
// Each frame lies in a heap buffer of its own length, so that a sanitizer sees a read beyond.

#include "../../lib/net/frame.h"
#include "../support/cmocka_wrap.h"
#include "../support/frames.h"

#include <stdlib.h>
#include <string.h>

enum {
	ICMP = 1,
	TCP = 6,
	UDP = 17,
	ICMP6 = 58,
	HOP = 0,
	ROUTE = 43,
	FRAGMENT = 44,
	NO_NEXT = 59,
	DEST = 60,
	RX_UNKNOWN = 0,
};

static enum verdict
parse_cut(
	const struct host *host,
	const struct wire *wire,
	unsigned len,
	uint8_t rx_checksum,
	struct frame *result
)
{
	struct held held;
	enum verdict verdict;

	held_open(&held, wire, len, 0);
	held.frame.rx_checksum = rx_checksum;
	verdict = frame_parse(host, &held.frame);
	assert_ptr_equal(held.frame.bytes + held.frame.len, held.buffer + len);
	*result = held.frame;
	held_close(&held);
	return verdict;
}

static struct frame
expect(const struct host *host, const struct wire *wire, enum verdict expected, const char *what)
{
	struct frame frame;
	enum verdict verdict = parse_cut(host, wire, wire->len, RX_UNKNOWN, &frame);

	if (verdict != expected)
		fail_msg(
			"%s: %s, not %s",
			what,
			verdict_infos[verdict].name,
			verdict_infos[expected].name
		);
	assert_int_equal(frame.kind == FRAME_NONE, verdict != VERDICT_NONE);
	return frame;
}

static void
icmp6_to(struct wire *wire, const uint8_t *from, const uint8_t *to, uint8_t type)
{
	uint8_t mac[6];

	wire_group_mac(to, mac);
	wire_ether(wire, to[0] == 0xff ? mac : wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
	wire_ipv6(wire, from, to, ICMP6);
	wire_icmp(wire, type, 0, NULL, 20);
	wire_close(wire);
}

// A good frame of each row of `kinds`.
static void
write_kind(struct wire *wire, bool tagged, unsigned kind)
{
	int tag = wire_tag(tagged);

	switch (kind) {
	case 0:
		wire_udp4(wire, tagged, WIRE_PORT, 16);
		return;
	case 1:
		wire_udp6(wire, tagged, WIRE_PORT, 98);
		return;
	case 2:
		wire_udp4(wire, tagged, 53, 17);
		return;
	case 3:
		wire_udp6(wire, tagged, 53, 1);
		return;
	case 4:
		wire_ether(wire, wire_host_mac, wire_peer_mac, tag, 0x0800);
		wire_ipv4(wire, wire_peer4, wire_host4, ICMP);
		wire_icmp(wire, 8, 0, NULL, 13);
		wire_close(wire);
		return;
	case 5:
		wire_ether(wire, wire_host_mac, wire_peer_mac, tag, 0x86dd);
		wire_ipv6(wire, wire_peer6, wire_host6, ICMP6);
		wire_icmp(wire, 128, 0, NULL, 13);
		wire_close(wire);
		return;
	default:
		wire_ether(wire, wire_broadcast, wire_peer_mac, tag, 0x0806);
		wire_arp(wire, 1, wire_peer_mac, wire_peer4, wire_zero, wire_host4);
		return;
	}
}

static const struct {
	uint8_t kind;
	uint8_t family;
	uint8_t l3_len;
	uint8_t l4_len;
} kinds[] = {
	{FRAME_UDP, FAMILY_IPV4, 20, 24},
	{FRAME_UDP, FAMILY_IPV6, 40, 106},
	{FRAME_CLOSED, FAMILY_IPV4, 20, 25},
	{FRAME_CLOSED, FAMILY_IPV6, 40, 9},
	{FRAME_ICMP, FAMILY_IPV4, 20, 17},
	{FRAME_ICMP6, FAMILY_IPV6, 40, 17},
	{FRAME_ARP, FAMILY_LINK, 0, 28},
};

// Also with padding behind, which is not counted (but in ARP, which has no length of its own).
static void
check_kind(bool tagged, unsigned i, unsigned padding)
{
	struct host host = wire_host(tagged);
	struct wire wire;

	write_kind(&wire, tagged, i);
	wire_pad(&wire, wire.len + padding);
	struct frame frame = expect(&host, &wire, VERDICT_NONE, "a good frame");

	assert_int_equal(frame.kind, kinds[i].kind);
	assert_int_equal(frame.family, kinds[i].family);
	assert_int_equal(frame.l2_len, tagged ? 18 : 14);
	assert_int_equal(frame.l3_len, kinds[i].l3_len);
	assert_int_equal(
		frame.l4_len, kinds[i].l4_len + (kinds[i].kind == FRAME_ARP ? padding : 0)
	);
	assert_int_equal(frame.len, wire.len);
	if (kinds[i].kind == FRAME_UDP)
		assert_int_equal(
			frame_udp_payload_at(&host, frame.family), frame.l2_len + frame.l3_len + 8
		);
}

static void
test_kinds(void **state)
{
	(void)state;
	for (unsigned i = 0; i < RTE_DIM(kinds); i++)
		for (unsigned tagged = 0; tagged < 2; tagged++) {
			check_kind(tagged, i, 0);
			check_kind(tagged, i, 1);
			check_kind(tagged, i, 46);
		}
}

static enum verdict
cut_verdict(const struct wire *wire, unsigned i, unsigned len)
{
	if (len < wire->l2_len)
		return VERDICT_frame_short;
	if (kinds[i].kind == FRAME_ARP)
		return VERDICT_NONE; // arp_receive looks
	if (len < wire->l2_len + kinds[i].l3_len)
		return VERDICT_frame_short;
	return kinds[i].family == FAMILY_IPV4 ? VERDICT_ipv4_header : VERDICT_ipv6_header;
}

static void
test_every_truncation(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2 * RTE_DIM(kinds); i++) {
		struct host host = wire_host(i % 2);
		struct frame frame;
		struct wire wire;

		write_kind(&wire, i % 2, i / 2);
		for (unsigned len = 0; len < wire.len; len++)
			assert_int_equal(
				parse_cut(&host, &wire, len, RX_UNKNOWN, &frame),
				cut_verdict(&wire, i / 2, len)
			);
	}
}

static const uint8_t group4[6] = {0x01, 0x00, 0x5e, 0, 0, 1};
static const uint8_t near_group6[2][6] = {{0x33, 0x32, 0, 0, 0, 1}, {0x31, 0x33, 0, 0, 0, 1}};
static const struct {
	const uint8_t *to;
	const uint8_t *from;
	enum verdict ipv4;
	enum verdict ipv6; // UDP to a unicast address
	enum verdict arp;
} stations[] = {
	{wire_host_mac, wire_peer_mac, VERDICT_NONE, VERDICT_NONE, VERDICT_NONE},
	{wire_other_mac,
	 wire_peer_mac,
	 VERDICT_frame_destination,
	 VERDICT_frame_destination,
	 VERDICT_frame_destination},
	{group4,
	 wire_peer_mac,
	 VERDICT_frame_destination,
	 VERDICT_frame_destination,
	 VERDICT_frame_destination},
	{near_group6[0],
	 wire_peer_mac,
	 VERDICT_frame_destination,
	 VERDICT_frame_destination,
	 VERDICT_frame_destination},
	{near_group6[1],
	 wire_peer_mac,
	 VERDICT_frame_destination,
	 VERDICT_frame_destination,
	 VERDICT_frame_destination},
	{wire_broadcast,
	 wire_peer_mac,
	 VERDICT_frame_destination,
	 VERDICT_frame_destination,
	 VERDICT_NONE},
	{wire_all_nodes_mac,
	 wire_peer_mac,
	 VERDICT_frame_destination,
	 VERDICT_frame_destination,
	 VERDICT_NONE},
	{wire_host_mac,
	 wire_all_nodes_mac,
	 VERDICT_frame_source,
	 VERDICT_frame_source,
	 VERDICT_frame_source},
	{wire_host_mac,
	 wire_broadcast,
	 VERDICT_frame_source,
	 VERDICT_frame_source,
	 VERDICT_frame_source},
};

static void
test_stations(void **state)
{
	struct host host = wire_host(false);

	(void)state;
	for (unsigned i = 0; i < 3 * RTE_DIM(stations); i++) {
		static const uint8_t kind_of[] = {0, 1, 6};
		const enum verdict verdicts[] = {
			stations[i / 3].ipv4, stations[i / 3].ipv6, stations[i / 3].arp};
		struct wire wire;

		write_kind(&wire, false, kind_of[i % 3]);
		memcpy(wire.bytes, stations[i / 3].to, 6);
		memcpy(wire.bytes + 6, stations[i / 3].from, 6);
		expect(&host, &wire, verdicts[i % 3], "stations");
	}
}

// Bytes from 12 on: type, or tag and type.
static void
test_types_and_tags(void **state)
{
	static const struct {
		const char *what;
		bool host_tagged;
		uint8_t bytes[6];
		enum verdict verdict;
	} rows[] = {
		{"LLDP", false, {0x88, 0xcc}, VERDICT_frame_type},
		{"802.3 length", false, {0x00, 0x40}, VERDICT_frame_type},
		{"type 0", false, {0}, VERDICT_frame_type},
		{"tag for an untagged host", false, {0x81, 0, 0, 42, 8, 0}, VERDICT_frame_vlan},
		{"tag 0 for an untagged host", false, {0x81, 0, 0, 0, 8, 0}, VERDICT_NONE},
		{"priority 7, drop eligible", false, {0x81, 0, 0xf0, 0, 8, 0}, VERDICT_NONE},
		{"tag 0, high bits", false, {0x81, 0, 1, 0, 8, 0}, VERDICT_frame_vlan},
		{"QinQ with tag 0", false, {0x88, 0xa8, 0, 0, 8, 0}, VERDICT_frame_vlan},
		{"tag 0 twice", false, {0x81, 0, 0, 0, 0x81, 0}, VERDICT_frame_vlan},
		{"tag 0, LLDP", false, {0x81, 0, 0, 0, 0x88, 0xcc}, VERDICT_frame_type},
		{"QinQ for an untagged host", false, {0x88, 0xa8, 0, 42, 8, 0}, VERDICT_frame_vlan},
		{"our tag", true, {0x81, 0, 0, 42, 8, 0}, VERDICT_NONE},
		{"our tag with a priority", true, {0x81, 0, 0xb0, 42, 8, 0}, VERDICT_NONE},
		{"no tag", true, {8, 0}, VERDICT_frame_vlan},
		{"another VLAN", true, {0x81, 0, 0, 43, 8, 0}, VERDICT_frame_vlan},
		{"another VLAN, high bits", true, {0x81, 0, 1, 42, 8, 0}, VERDICT_frame_vlan},
		{"VLAN 0", true, {0x81, 0, 0, 0, 8, 0}, VERDICT_frame_vlan},
		{"QinQ", true, {0x88, 0xa8, 0, 42, 8, 0}, VERDICT_frame_vlan},
		{"two tags", true, {0x81, 0, 0, 42, 0x81, 0}, VERDICT_frame_vlan},
		{"our tag, LLDP", true, {0x81, 0, 0, 42, 0x88, 0xcc}, VERDICT_frame_type},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct host host = wire_host(rows[i].host_tagged);
		struct wire wire;

		bool tagged = rows[i].bytes[0] == 0x81 || rows[i].bytes[1] == 0xa8;

		write_kind(&wire, tagged, 0);
		memcpy(wire.bytes + 12, rows[i].bytes, tagged ? 6 : 2);
		struct frame frame = expect(&host, &wire, rows[i].verdict, rows[i].what);

		assert_int_equal(
			frame.family, rows[i].verdict == VERDICT_NONE ? FAMILY_IPV4 : FAMILY_LINK
		);
	}
}

// IEEE 802.1Q 6.9.1: with the null VLAN id a frame is an untagged one that has a priority. What is
// left is that frame, of every kind; one that is cut short has the verdict of what is missing.
static void
test_priority_tags(void **state)
{
	struct host host = wire_host(false);

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(kinds); i++) {
		struct frame frame;
		struct wire plain;
		struct wire wire;
		struct held held;

		write_kind(&plain, false, i);
		write_kind(&wire, true, i);
		memcpy(wire.bytes + 14, (const uint8_t[]){0xa0, 0}, 2); // priority 5, VLAN 0
		wire_pad(&plain, plain.len + 3);
		wire_pad(&wire, wire.len + 3);
		held_open(&held, &wire, wire.len, 0);
		assert_int_equal(frame_parse(&host, &held.frame), VERDICT_NONE);
		assert_int_equal(held.frame.kind, kinds[i].kind);
		assert_int_equal(held.frame.l2_len, 14);
		assert_ptr_equal(held.frame.bytes, held.buffer + 4);
		held_assert_is(&held, &plain);
		held_close(&held);
		for (unsigned len = 0; len < wire.len - 3; len++)
			assert_int_equal(
				parse_cut(&host, &wire, len, RX_UNKNOWN, &frame),
				cut_verdict(&wire, i, len)
			);
	}
}

// A change of one or two bytes behind the Ethernet header.
struct change {
	const char *what;
	uint8_t at; // from the IP header
	uint8_t width; // bytes: 1 or 2
	uint16_t value;
	enum verdict verdict;
};

static void
apply(struct wire *wire, const struct change *change)
{
	uint8_t *at = wire->bytes + wire->l2_len + change->at;

	if (change->width == 2)
		*at++ = change->value >> 8;
	*at = change->value & 0xff;
}

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
		apply(&wire, &rows[i]);
		wire_sum_ipv4(&wire);
		struct frame frame = expect(&host, &wire, rows[i].verdict, rows[i].what);

		assert_int_equal(frame.family, FAMILY_IPV4);
	}
}

// Too short, none, honest options, and options that the total length has no room for.
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
		expect(&host,
		       &wire,
		       words < 5	    ? VERDICT_ipv4_header
			       : words == 5 ? VERDICT_NONE
					    : VERDICT_ipv4_options,
		       "header length");
		wire.bytes[16] = 0;
		wire.bytes[17] = words * 4 - 1;
		wire_sum_ipv4(&wire);
		expect(&host, &wire, VERDICT_ipv4_header, "total length less than header length");
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
		{FRAME_RX_IP_GOOD, false, VERDICT_NONE}, // the card looked
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

static void
udp4_between(struct wire *wire, const uint8_t *from, const uint8_t *to)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x0800);
	wire_ipv4(wire, from, to, UDP);
	wire_udp(wire, WIRE_PEER_PORT, WIRE_PORT, 16);
	wire_close(wire);
}

static void
test_ipv4_addresses(void **state)
{
	static const struct {
		const char *what;
		uint8_t from[4];
		uint8_t to[4];
		enum verdict verdict;
		enum verdict no_private;
	} rows[] = {
#define SAME(v) VERDICT_##v, VERDICT_##v
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
		{"documentation, but our network",
		 {198, 51, 100, 9},
		 {198, 51, 100, 1},
		 SAME(NONE)},
		{"private, but our network", {172, 20, 1, 9}, {198, 51, 100, 1}, SAME(NONE)},
#undef SAME
		{"private, beside our network",
		 {172, 20, 2, 9},
		 {198, 51, 100, 1},
		 VERDICT_NONE,
		 VERDICT_ip_source_private},
		{"benchmarking",
		 {198, 18, 0, 9},
		 {198, 51, 100, 1},
		 VERDICT_NONE,
		 VERDICT_ip_source_private},
		{"RFC 1918",
		 {10, 0, 0, 9},
		 {198, 51, 100, 1},
		 VERDICT_NONE,
		 VERDICT_ip_source_private},
		{"shared",
		 {100, 64, 0, 9},
		 {198, 51, 100, 1},
		 VERDICT_NONE,
		 VERDICT_ip_source_private},
		{"link-local",
		 {169, 254, 3, 9},
		 {198, 51, 100, 1},
		 VERDICT_NONE,
		 VERDICT_ip_source_private},
	};
	struct host host = wire_host(false);
	struct wire wire;

	(void)state;
	host.ipv4[host.ipv4_count] = rte_cpu_to_be_32(0xac140101); // 172.20.1.1
	host.ipv4_prefix[host.ipv4_count++] = 24;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		udp4_between(&wire, rows[i].from, rows[i].to);
		host.allow_private = true;
		expect(&host, &wire, rows[i].verdict, rows[i].what);
		host.allow_private = false;
		expect(&host, &wire, rows[i].no_private, rows[i].what);
	}
	host.ipv4_usable = 3;
	udp4_between(&wire, wire_peer4, wire_tentative4);
	expect(&host, &wire, VERDICT_NONE, "no longer tentative");
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

		write_kind(&wire, false, i % 2);
		wire.len = wire.l4_at + 24;
		wire_close(&wire);
		wire.bytes[wire.l4_at + 5] = 24;
		change.at += wire.l4_at - wire.l2_len;
		apply(&wire, &change);
		wire_sum(&wire);
		struct frame frame = expect(&host, &wire, change.verdict, change.what);

		if (rows[i / 2].at == 2)
			assert_int_equal(frame.kind, FRAME_CLOSED);
	}
}

// A datagram shorter than its packet: what is behind it is not part of it, nor of its checksum.
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
		struct frame frame = expect(&host, &wire, VERDICT_NONE, "shorter datagram");

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
		{FRAME_RX_UDP_GOOD, WRONG, VERDICT_NONE, VERDICT_NONE}, // the card looked
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

		write_kind(&wire, false, i % 2);
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

static void
test_ipv6_fields(void **state)
{
	static const struct change rows[] = {
		{"version 4", 0, 1, 0x4b, VERDICT_ipv6_header},
		{"version 7", 0, 1, 0x7b, VERDICT_ipv6_header},
		{"payload one too long", 4, 2, 107, VERDICT_ipv6_header},
		{"payload of all ones", 4, 2, 0xffff, VERDICT_ipv6_header},
		{"payload one too short", 4, 2, 105, VERDICT_udp_length},
		{"payload of 7 bytes", 4, 2, 7, VERDICT_udp_length},
		{"no payload", 4, 2, 0, VERDICT_udp_length},
		{"hop limit 0", 7, 1, 0, VERDICT_NONE},
		{"TCP", 6, 1, TCP, VERDICT_ip_protocol},
		{"ICMP in IPv6", 6, 1, ICMP, VERDICT_ip_protocol},
		{"nothing next", 6, 1, NO_NEXT, VERDICT_ip_protocol},
		{"ESP", 6, 1, 50, VERDICT_ip_protocol},
		{"AH", 6, 1, 51, VERDICT_ip_protocol},
		{"a fragment", 6, 1, FRAGMENT, VERDICT_ipv6_fragment},
	};
	struct host host = wire_host(false);

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct wire wire;

		wire_udp6(&wire, false, WIRE_PORT, 98);
		apply(&wire, &rows[i]);
		struct frame frame = expect(&host, &wire, rows[i].verdict, rows[i].what);

		assert_int_equal(frame.family, FAMILY_IPV6);
	}
}

struct chain {
	const char *what;
	unsigned count;
	struct {
		uint8_t type;
		uint8_t len; // bytes
	} headers[5];
	enum verdict verdict;
};

static const struct chain chains[] = {
	{"none", 0, {{0}}, VERDICT_NONE},
	{"hop-by-hop", 1, {{HOP, 8}}, VERDICT_NONE},
	{"routing", 1, {{ROUTE, 24}}, VERDICT_NONE},
	{"destination", 1, {{DEST, 16}}, VERDICT_NONE},
	{"two", 2, {{HOP, 8}, {DEST, 8}}, VERDICT_NONE},
	{"three", 3, {{HOP, 8}, {DEST, 16}, {ROUTE, 8}}, VERDICT_NONE},
	{"three of a kind", 3, {{DEST, 8}, {DEST, 8}, {DEST, 8}}, VERDICT_NONE},
	{"four", 4, {{DEST, 8}, {DEST, 8}, {DEST, 8}, {DEST, 8}}, VERDICT_ipv6_extension},
	{"five",
	 5,
	 {{HOP, 8}, {DEST, 8}, {ROUTE, 8}, {DEST, 8}, {DEST, 8}},
	 VERDICT_ipv6_extension},
	{"128 bytes", 1, {{DEST, 128}}, VERDICT_NONE},
	{"128 bytes in three", 3, {{DEST, 64}, {DEST, 56}, {DEST, 8}}, VERDICT_NONE},
	{"136 bytes", 1, {{DEST, 136}}, VERDICT_ipv6_extension},
	{"136 bytes in two", 2, {{DEST, 128}, {DEST, 8}}, VERDICT_ipv6_extension},
	{"hop-by-hop second", 2, {{DEST, 8}, {HOP, 8}}, VERDICT_ipv6_extension},
	{"hop-by-hop twice", 2, {{HOP, 8}, {HOP, 8}}, VERDICT_ipv6_extension},
	{"fragment", 1, {{FRAGMENT, 8}}, VERDICT_ipv6_fragment},
	{"fragment second", 2, {{HOP, 8}, {FRAGMENT, 8}}, VERDICT_ipv6_fragment},
	{"fragment fourth",
	 4,
	 {{HOP, 8}, {DEST, 8}, {DEST, 8}, {FRAGMENT, 8}},
	 VERDICT_ipv6_fragment},
	{"AH second", 2, {{HOP, 8}, {51, 8}}, VERDICT_ip_protocol},
};

static void
write_chain(struct wire *wire, bool tagged, const struct chain *chain)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, wire_tag(tagged), 0x86dd);
	wire_ipv6(wire, wire_peer6, wire_host6, UDP);
	for (unsigned i = 0; i < chain->count; i++)
		wire_extension(wire, chain->headers[i].type, chain->headers[i].len);
	wire_udp(wire, WIRE_PEER_PORT, WIRE_PORT, 16);
	wire_close(wire);
	wire_disguise(wire);
}

// What passes has become the same frame without extension headers, tag and padding kept.
static void
check_chain(bool tagged, const struct chain *chain)
{
	struct host host = wire_host(tagged);
	struct wire plain;
	struct wire wire;
	struct held held;

	write_chain(&wire, tagged, chain);
	expect(&host, &wire, chain->verdict, chain->what);
	if (chain->verdict != VERDICT_NONE)
		return;
	wire_udp6(&plain, tagged, WIRE_PORT, 16);
	wire_pad(&plain, plain.len + 3);
	wire_pad(&wire, wire.len + 3);
	held_open(&held, &wire, wire.len, 0);
	assert_int_equal(frame_parse(&host, &held.frame), VERDICT_NONE);
	assert_int_equal(held.frame.kind, FRAME_UDP);
	assert_int_equal(held.frame.l3_len, 40);
	assert_int_equal(held.frame.l4_len, 24);
	assert_ptr_equal(held.frame.bytes, held.buffer + (wire.len - plain.len));
	held_assert_is(&held, &plain);
	held_close(&held);
}

static void
test_ipv6_extension_chains(void **state)
{
	(void)state;
	for (unsigned i = 0; i < RTE_DIM(chains); i++) {
		check_chain(false, &chains[i]);
		check_chain(true, &chains[i]);
	}
}

// Each truncation with a payload length that admits it, so that the walk itself must stop.
static void
test_ipv6_extensions_cut(void **state)
{
	struct host host = wire_host(false);

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(chains); i++) {
		struct wire wire;
		struct frame frame;

		write_chain(&wire, false, &chains[i]);
		for (unsigned len = 54; len < wire.len; len++) {
			wire.bytes[14 + 4] = (len - 54) >> 8;
			wire.bytes[14 + 5] = (len - 54) & 0xff;
			enum verdict verdict = parse_cut(&host, &wire, len, RX_UNKNOWN, &frame);

			assert_int_not_equal(verdict, VERDICT_NONE);
			if (chains[i].verdict == VERDICT_NONE)
				assert_int_equal(
					verdict,
					len < wire.l4_at ? VERDICT_ipv6_header : VERDICT_udp_length
				);
		}
	}
}

static void
test_ipv6_lying_extensions(void **state)
{
	static const struct {
		const char *what;
		uint8_t type;
		uint8_t at; // in the extension header
		uint8_t value;
		enum verdict verdict;
	} rows[] = {
		{"longer than the packet", DEST, 1, 4, VERDICT_ipv6_header},
		{"up to the end", ROUTE, 1, 3, VERDICT_udp_length},
		{"an option to drop for", DEST, 2, 0x80, VERDICT_ipv6_option},
		{"an option to drop for", HOP, 2, 0xc0, VERDICT_ipv6_option},
		{"an option longer than its header", DEST, 3, 5, VERDICT_ipv6_header},
		{"an option longer than its header", HOP, 3, 200, VERDICT_ipv6_header},
		{"an option of a route's", ROUTE, 4, 0x80, VERDICT_NONE},
		{"longer than we walk", DEST, 1, 255, VERDICT_ipv6_extension},
		{"says fragment", DEST, 0, FRAGMENT, VERDICT_ipv6_fragment},
		{"says TCP", DEST, 0, TCP, VERDICT_ip_protocol},
		{"says hop-by-hop", DEST, 0, HOP, VERDICT_ipv6_extension},
		{"not at its end", ROUTE, 3, 1, VERDICT_ipv6_extension}, // RFC 8200 4.4
		{"no route", DEST, 3, 1, VERDICT_NONE},
	};
	struct host host = wire_host(false);

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct chain chain = {.count = 1, .headers = {{rows[i].type, 8}}};
		struct wire wire;

		write_chain(&wire, false, &chain);
		wire.bytes[54 + rows[i].at] = rows[i].value;
		expect(&host, &wire, rows[i].verdict, rows[i].what);
	}
}

static void
udp6_between(struct wire *wire, const uint8_t *from, const uint8_t *to)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
	wire_ipv6(wire, from, to, UDP);
	wire_udp(wire, WIRE_PEER_PORT, WIRE_PORT, 16);
	wire_close(wire);
}

static void
test_ipv6_sources(void **state)
{
	static const uint8_t loopback[16] = {[15] = 1};
	static const uint8_t mapped[16] = {[10] = 0xff, 0xff, 1, 2, 3, 4};
	static const uint8_t local[16] = {0xfd, [15] = 9};
	static const uint8_t near[16] = {0xfd, 0x11, [7] = 7, [15] = 9};
	static const uint8_t reserved[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 9};
	static const struct {
		const char *what;
		const uint8_t *from;
		enum verdict udp;
		enum verdict udp_no_private;
		enum verdict icmp6;
	} rows[] = {
#define ALL(v) VERDICT_##v, VERDICT_##v, VERDICT_##v
		{"public", wire_peer6, ALL(NONE)},
		{"loopback", loopback, ALL(ip_source)},
		{"mapped", mapped, ALL(ip_source)},
		{"group", wire_all_nodes, ALL(ip_source)},
		{"LAND", wire_host6, ALL(ip_source)},
		{"our tentative address", wire_tentative6, ALL(ip_source)},
		{"nobody", wire_zero, VERDICT_ip_source, VERDICT_ip_source, VERDICT_NONE},
		{"neighbour", wire_peer_link6, VERDICT_ip_source, VERDICT_ip_source, VERDICT_NONE},
		{"unique local", local, VERDICT_NONE, VERDICT_ip_source_private, VERDICT_NONE},
		{"unique local, but our network", near, ALL(NONE)},
		{"documentation", reserved, VERDICT_ip_source, VERDICT_ip_source, VERDICT_NONE},
#undef ALL
	};
	struct host host = wire_host(false);

	(void)state;
	memcpy(host.ipv6[host.ipv6_count], near, 8);
	host.ipv6_prefix[host.ipv6_count++] = 64;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct wire wire;

		udp6_between(&wire, rows[i].from, wire_host6);
		host.allow_private = true;
		expect(&host, &wire, rows[i].udp, rows[i].what);
		host.allow_private = false;
		expect(&host, &wire, rows[i].udp_no_private, rows[i].what);
		icmp6_to(&wire, rows[i].from, wire_host6, 128);
		expect(&host, &wire, rows[i].icmp6, rows[i].what);
	}
}

// A message without a type: nothing behind it is read.
static void
test_icmp6_without_bytes(void **state)
{
	struct host host = wire_host(false);
	struct wire wire;

	(void)state;
	wire_ether(&wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
	wire_ipv6(&wire, wire_host6, wire_host6, ICMP6);
	wire_close(&wire);
	expect(&host, &wire, VERDICT_ip_source, "from us");
	memcpy(wire.bytes + 14 + 8, wire_peer6, 16);
	expect(&host, &wire, VERDICT_NONE, "from the peer");
}

// RFC 4862 5.4.4: the other owner of our address speaks from it, and must be heard. No other type.
static void
test_ipv6_duplicate_is_heard(void **state)
{
	struct host host = wire_host(false);

	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		struct wire wire;

		icmp6_to(&wire, wire_tentative6, wire_all_nodes, type);
		expect(&host, &wire, type == 136 ? VERDICT_NONE : VERDICT_ip_source, "tentative");
		icmp6_to(&wire, wire_host6, wire_all_nodes, type);
		expect(&host, &wire, type == 136 ? VERDICT_NONE : VERDICT_ip_source, "usable");

		wire_ether(&wire, wire_all_nodes_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
		wire_ipv6(&wire, wire_tentative6, wire_all_nodes, ICMP6);
		wire_extension(&wire, DEST, 16);
		wire_icmp(&wire, type, 0, NULL, 20);
		wire_close(&wire);
		expect(&host,
		       &wire,
		       type == 136 ? VERDICT_NONE : VERDICT_ip_source,
		       "behind a header");
	}
}

static void
test_ipv6_destinations(void **state)
{
	static const uint8_t routers[16] = {0xff, 0x02, [15] = 2};
	static const uint8_t all_nodes_here[16] = {0xff, 0x01, [15] = 1};
	uint8_t groups[5][16];
	const struct {
		const char *what;
		const uint8_t *to;
		enum verdict udp;
		enum verdict icmp6;
	} rows[] = {
		{"usable", wire_host6, VERDICT_NONE, VERDICT_NONE},
		{"link-local", wire_link6, VERDICT_NONE, VERDICT_NONE},
		{"tentative", wire_tentative6, VERDICT_ip_destination, VERDICT_NONE},
		{"another", wire_peer6, VERDICT_ip_destination, VERDICT_ip_destination},
		{"nobody", wire_zero, VERDICT_ip_destination, VERDICT_ip_destination},
		{"all nodes", wire_all_nodes, VERDICT_ip_destination, VERDICT_NONE},
		{"all routers", routers, VERDICT_ip_destination, VERDICT_ip_destination},
		{"ff01::1", all_nodes_here, VERDICT_ip_destination, VERDICT_ip_destination},
		{"solicited", groups[0], VERDICT_ip_destination, VERDICT_NONE},
		{"solicited, tentative", groups[1], VERDICT_ip_destination, VERDICT_NONE},
		{"solicited, link-local", groups[2], VERDICT_ip_destination, VERDICT_NONE},
		{"solicited, other", groups[3], VERDICT_ip_destination, VERDICT_ip_destination},
		{"solicited, of no row", groups[4], VERDICT_ip_destination, VERDICT_ip_destination},
	};
	struct host host = wire_host(false);

	(void)state;
	wire_solicited_nodes(wire_host6, groups[0]);
	wire_solicited_nodes(wire_tentative6, groups[1]);
	wire_solicited_nodes(wire_link6, groups[2]);
	wire_solicited_nodes(wire_peer6, groups[3]);
	wire_solicited_nodes(wire_zero, groups[4]); // what unused rows of the host hold
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct wire wire;

		udp6_between(&wire, wire_peer6, rows[i].to);
		expect(&host, &wire, rows[i].udp, rows[i].what);
		icmp6_to(&wire, wire_peer6, rows[i].to, 128);
		expect(&host, &wire, rows[i].icmp6, rows[i].what);
	}
}

// Any bytes at all: what passes has lengths that lie within the frame. A fixed seed.
static void
test_mutations(void **state)
{
	uint64_t random = UINT64_C(0x9e3779b97f4a7c15);

	(void)state;
	for (unsigned n = 0; n < 100000; n++) {
		struct host host = wire_host(n & 1);
		struct frame frame;
		struct wire wire;

		if (n % 3 == 0)
			write_chain(&wire, n & 1, &chains[n / 3 % RTE_DIM(chains)]);
		else
			write_kind(&wire, n & 1, n / 3 % RTE_DIM(kinds));
		for (unsigned i = 0; i <= n % 4; i++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
			wire.bytes[12 + (random >> 40) % (wire.len - 12)] = random >> 32;
		}
		unsigned len = random >> 63 ? wire.len : (random >> 20) % (wire.len + 1);
		uint8_t skip = n & 8 ? FRAME_RX_IP_GOOD | FRAME_RX_UDP_GOOD : RX_UNKNOWN;

		if (parse_cut(&host, &wire, len, skip, &frame) != VERDICT_NONE)
			continue;
		assert_in_range(frame.kind, FRAME_UDP, FRAME_ICMP6);
		assert_true(frame.l2_len + frame.l3_len + frame.l4_len <= frame.len);
	}
}

// A link that carries no IPv6: nothing of it is looked at, be it for us or not.
static void
test_ipv6_off(void **state)
{
	struct host host = wire_host(false);
	struct wire wire;

	(void)state;
	host.ipv6_off = true;
	udp6_between(&wire, wire_peer6, wire_host6);
	expect(&host, &wire, VERDICT_ipv6_off, "a datagram");
	udp6_between(&wire, wire_zero, wire_peer6);
	expect(&host, &wire, VERDICT_ipv6_off, "neither from anybody nor for us");
	icmp6_to(&wire, wire_peer6, wire_host6, 128);
	expect(&host, &wire, VERDICT_ipv6_off, "a ping");
	udp4_between(&wire, wire_peer4, wire_host4);
	expect(&host, &wire, VERDICT_NONE, "IPv4");
	host.ipv6_off = false;
	udp6_between(&wire, wire_peer6, wire_host6);
	expect(&host, &wire, VERDICT_NONE, "on again");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_stations),
		cmocka_unit_test(test_types_and_tags),
		cmocka_unit_test(test_priority_tags),
		cmocka_unit_test(test_ipv4_fields),
		cmocka_unit_test(test_ipv4_header_lengths),
		cmocka_unit_test(test_ipv4_checksum),
		cmocka_unit_test(test_ipv4_addresses),
		cmocka_unit_test(test_udp_fields),
		cmocka_unit_test(test_udp_shorter_than_packet),
		cmocka_unit_test(test_udp_checksum),
		cmocka_unit_test(test_ipv6_fields),
		cmocka_unit_test(test_ipv6_extension_chains),
		cmocka_unit_test(test_ipv6_extensions_cut),
		cmocka_unit_test(test_ipv6_lying_extensions),
		cmocka_unit_test(test_ipv6_off),
		cmocka_unit_test(test_ipv6_sources),
		cmocka_unit_test(test_icmp6_without_bytes),
		cmocka_unit_test(test_ipv6_duplicate_is_heard),
		cmocka_unit_test(test_ipv6_destinations),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
