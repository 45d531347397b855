// SPDX-License-Identifier: BSD-3-Clause

#include "parse.h"

#include "cmocka_wrap.h"

const struct chain wire_chains[WIRE_CHAINS] = {
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

enum verdict
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

struct frame
parse_expect(
	const struct host *host,
	const struct wire *wire,
	enum verdict expected,
	const char *what
)
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

void
wire_icmp6_between(struct wire *wire, const uint8_t *from, const uint8_t *to, uint8_t type)
{
	uint8_t mac[6];

	wire_group_mac(to, mac);
	wire_ether(wire, to[0] == 0xff ? mac : wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
	wire_ipv6(wire, from, to, ICMP6);
	wire_icmp(wire, type, 0, NULL, 20);
	wire_close(wire);
}

void
wire_kind(struct wire *wire, bool tagged, unsigned kind)
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

void
change_apply(struct wire *wire, const struct change *change)
{
	uint8_t *at = wire->bytes + wire->l2_len + change->at;

	if (change->width == 2)
		*at++ = change->value >> 8;
	*at = change->value & 0xff;
}

void
wire_udp4_between(struct wire *wire, const uint8_t *from, const uint8_t *to)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x0800);
	wire_ipv4(wire, from, to, UDP);
	wire_udp(wire, WIRE_PEER_PORT, WIRE_PORT, 16);
	wire_close(wire);
}

void
wire_udp6_between(struct wire *wire, const uint8_t *from, const uint8_t *to)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
	wire_ipv6(wire, from, to, UDP);
	wire_udp(wire, WIRE_PEER_PORT, WIRE_PORT, 16);
	wire_close(wire);
}

void
wire_chain(struct wire *wire, bool tagged, const struct chain *chain)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, wire_tag(tagged), 0x86dd);
	wire_ipv6(wire, wire_peer6, wire_host6, UDP);
	for (unsigned i = 0; i < chain->count; i++)
		wire_extension(wire, chain->headers[i].type, chain->headers[i].len);
	wire_udp(wire, WIRE_PEER_PORT, WIRE_PORT, 16);
	wire_close(wire);
	wire_disguise(wire);
}
