// SPDX-License-Identifier: BSD-3-Clause
// lib/net/frame_parse.c: headers of IPv6, extension headers, and who may send ICMPv6.

#include "../support/cmocka_wrap.h"
#include "../support/parse.h"

#include <string.h>

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
		change_apply(&wire, &rows[i]);
		struct frame frame = parse_expect(&host, &wire, rows[i].verdict, rows[i].what);

		assert_int_equal(frame.family, FAMILY_IPV6);
	}
}

// A frame that passes has become the same frame without extension headers; tag and padding stay.
static void
check_chain(bool tagged, const struct chain *chain)
{
	struct host host = wire_host(tagged);
	struct wire plain;
	struct wire wire;
	struct held held;

	wire_chain(&wire, tagged, chain);
	parse_expect(&host, &wire, chain->verdict, chain->what);
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
	for (unsigned i = 0; i < WIRE_CHAINS; i++) {
		check_chain(false, &wire_chains[i]);
		check_chain(true, &wire_chains[i]);
	}
}

// Each truncation has a matching payload length, so the walk itself has to stop.
static void
test_ipv6_extensions_cut(void **state)
{
	struct host host = wire_host(false);

	(void)state;
	for (unsigned i = 0; i < WIRE_CHAINS; i++) {
		struct wire wire;
		struct frame frame;

		wire_chain(&wire, false, &wire_chains[i]);
		for (unsigned len = 54; len < wire.len; len++) {
			wire.bytes[14 + 4] = (len - 54) >> 8;
			wire.bytes[14 + 5] = (len - 54) & 0xff;
			enum verdict verdict = parse_cut(&host, &wire, len, RX_UNKNOWN, &frame);

			assert_int_not_equal(verdict, VERDICT_NONE);
			if (wire_chains[i].verdict == VERDICT_NONE)
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

		wire_chain(&wire, false, &chain);
		wire.bytes[54 + rows[i].at] = rows[i].value;
		parse_expect(&host, &wire, rows[i].verdict, rows[i].what);
	}
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

		wire_udp6_between(&wire, rows[i].from, wire_host6);
		host.allow_private = true;
		parse_expect(&host, &wire, rows[i].udp, rows[i].what);
		host.allow_private = false;
		parse_expect(&host, &wire, rows[i].udp_no_private, rows[i].what);
		wire_icmp6_between(&wire, rows[i].from, wire_host6, 128);
		parse_expect(&host, &wire, rows[i].icmp6, rows[i].what);
	}
}

// A message without a type: no byte behind it is read.
static void
test_icmp6_without_bytes(void **state)
{
	struct host host = wire_host(false);
	struct wire wire;

	(void)state;
	wire_ether(&wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
	wire_ipv6(&wire, wire_host6, wire_host6, ICMP6);
	wire_close(&wire);
	parse_expect(&host, &wire, VERDICT_ip_source, "from us");
	memcpy(wire.bytes + 14 + 8, wire_peer6, 16);
	parse_expect(&host, &wire, VERDICT_NONE, "from the peer");
}

// RFC 4862 5.4.4: an advertisement from our own address is accepted, because another host sent it. No other
// type is.
static void
test_ipv6_advertisement_of_duplicate(void **state)
{
	struct host host = wire_host(false);

	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		struct wire wire;

		wire_icmp6_between(&wire, wire_tentative6, wire_all_nodes, type);
		parse_expect(
			&host, &wire, type == 136 ? VERDICT_NONE : VERDICT_ip_source, "tentative"
		);
		wire_icmp6_between(&wire, wire_host6, wire_all_nodes, type);
		parse_expect(
			&host, &wire, type == 136 ? VERDICT_NONE : VERDICT_ip_source, "usable"
		);

		wire_ether(&wire, wire_all_nodes_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
		wire_ipv6(&wire, wire_tentative6, wire_all_nodes, ICMP6);
		wire_extension(&wire, DEST, 16);
		wire_icmp(&wire, type, 0, NULL, 20);
		wire_close(&wire);
		parse_expect(
			&host,
			&wire,
			type == 136 ? VERDICT_NONE : VERDICT_ip_source,
			"behind a header"
		);
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

		wire_udp6_between(&wire, wire_peer6, rows[i].to);
		parse_expect(&host, &wire, rows[i].udp, rows[i].what);
		wire_icmp6_between(&wire, wire_peer6, rows[i].to, 128);
		parse_expect(&host, &wire, rows[i].icmp6, rows[i].what);
	}
}

// A port without IPv6 drops all of it, for us or not, before any check.
static void
test_ipv6_off(void **state)
{
	struct host host = wire_host(false);
	struct wire wire;

	(void)state;
	host.ipv6_off = true;
	wire_udp6_between(&wire, wire_peer6, wire_host6);
	parse_expect(&host, &wire, VERDICT_ipv6_off, "a datagram");
	wire_udp6_between(&wire, wire_zero, wire_peer6);
	parse_expect(&host, &wire, VERDICT_ipv6_off, "neither from anybody nor for us");
	wire_icmp6_between(&wire, wire_peer6, wire_host6, 128);
	parse_expect(&host, &wire, VERDICT_ipv6_off, "a ping");
	wire_udp4_between(&wire, wire_peer4, wire_host4);
	parse_expect(&host, &wire, VERDICT_NONE, "IPv4");
	host.ipv6_off = false;
	wire_udp6_between(&wire, wire_peer6, wire_host6);
	parse_expect(&host, &wire, VERDICT_NONE, "on again");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv6_fields),
		cmocka_unit_test(test_ipv6_extension_chains),
		cmocka_unit_test(test_ipv6_extensions_cut),
		cmocka_unit_test(test_ipv6_lying_extensions),
		cmocka_unit_test(test_ipv6_off),
		cmocka_unit_test(test_ipv6_sources),
		cmocka_unit_test(test_icmp6_without_bytes),
		cmocka_unit_test(test_ipv6_advertisement_of_duplicate),
		cmocka_unit_test(test_ipv6_destinations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
