// SPDX-License-Identifier: BSD-3-Clause
// lib/net/frame_parse.c: kinds of frames, MAC addresses, tags, truncated and mutated frames.

#include "../support/cmocka_wrap.h"
#include "../support/parse.h"

#include <string.h>

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

// With padding, too, which is not counted (except in ARP, which has no length field).
static void
check_kind(bool tagged, unsigned i, unsigned padding)
{
	struct host host = wire_host(tagged);
	struct wire wire;

	wire_kind(&wire, tagged, i);
	wire_pad(&wire, wire.len + padding);
	struct frame frame = parse_expect(&host, &wire, VERDICT_NONE, "a good frame");

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

		wire_kind(&wire, i % 2, i / 2);
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
} mac_addresses[] = {
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
test_mac_addresses(void **state)
{
	struct host host = wire_host(false);

	(void)state;
	for (unsigned i = 0; i < 3 * RTE_DIM(mac_addresses); i++) {
		static const uint8_t kind_of[] = {0, 1, 6};
		const enum verdict verdicts[] = {
			mac_addresses[i / 3].ipv4,
			mac_addresses[i / 3].ipv6,
			mac_addresses[i / 3].arp};
		struct wire wire;

		wire_kind(&wire, false, kind_of[i % 3]);
		memcpy(wire.bytes, mac_addresses[i / 3].to, 6);
		memcpy(wire.bytes + 6, mac_addresses[i / 3].from, 6);
		parse_expect(&host, &wire, verdicts[i % 3], "mac_addresses");
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

		wire_kind(&wire, tagged, 0);
		memcpy(wire.bytes + 12, rows[i].bytes, tagged ? 6 : 2);
		struct frame frame = parse_expect(&host, &wire, rows[i].verdict, rows[i].what);

		assert_int_equal(
			frame.family, rows[i].verdict == VERDICT_NONE ? FAMILY_IPV4 : FAMILY_LINK
		);
	}
}

// IEEE 802.1Q 6.9.1: a frame with the null VLAN id is an untagged one with a priority. Parsing leaves the
// untagged frame, for every kind. A truncated one has the verdict of the truncated part.
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

		wire_kind(&plain, false, i);
		wire_kind(&wire, true, i);
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

// Random bytes, from a fixed seed: the lengths of frames that pass lie within the frame.
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
			wire_chain(&wire, n & 1, &wire_chains[n / 3 % WIRE_CHAINS]);
		else
			wire_kind(&wire, n & 1, n / 3 % RTE_DIM(kinds));
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_mac_addresses),
		cmocka_unit_test(test_types_and_tags),
		cmocka_unit_test(test_priority_tags),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
