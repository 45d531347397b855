// SPDX-License-Identifier: BSD-3-Clause
// lib/net/exception.h: which frames of a shared port are the kernel's, whose share of the limit they take, and how it
// gets them.

#include "../../lib/net/arp.h"
#include "../../lib/net/exception.h"
#include "../../lib/net/icmp.h"
#include "../../lib/net/mld.h"
#include "../../lib/net/ndp.h"
#include "../support/cmocka_wrap.h"
#include "../support/parse.h"

#include <string.h>

enum { RATE = 1000, HZ = 1000000 };

static struct host_notes notes;
static struct shares limit;

static const uint8_t other4[4] = {
	203,
	0,
	113,
	77}; // an address that is not the host's, perhaps the kernel's
static const uint8_t other6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x77};
static const uint8_t private4[4] = {10, 1, 2, 3};
static const uint8_t private6[16] = {0xfd, [15] = 3};

static int
set_up(void **state)
{
	static const struct siphash_key key = {1, 2};

	(void)state;
	shares_init(&limit, RATE, RATE, HZ, &key);
	return 0;
}

// Handles a frame as the io loop does. VERDICT_NONE: it is a datagram for the tracker.
static enum verdict
handle(const struct host *host, struct frame *frame)
{
	enum verdict verdict = frame_parse(host, frame);

	if (verdict != VERDICT_NONE || frame->kind == FRAME_UDP)
		return verdict;
	if (frame->kind == FRAME_ARP)
		return arp_receive(host, frame, &notes, &limit, 0);
	if (frame->kind == FRAME_CLOSED)
		return icmp_refuse(host, frame, NULL, 0);
	if (!icmp_is_mld_or_ndp(frame, &verdict))
		return verdict != VERDICT_NONE ? verdict : icmp_receive(host, frame, &limit, 0);
	return mld_is_message(frame) ? mld_receive(host, frame, &notes, 0)
				     : ndp_receive(host, frame, &notes, &limit, 0);
}

static void
expect_of(
	const struct host *host,
	const struct wire *wire,
	enum verdict verdict,
	bool kernel,
	const char *what
)
{
	struct held held;

	held_open(&held, wire, wire->len, WIRE_ROOM);
	enum verdict got = handle(host, &held.frame);

	if (got != verdict)
		fail_msg(
			"%s: %s, not %s", what, verdict_infos[got].name, verdict_infos[verdict].name
		);
	if (exception_wants(host, &held.frame, got) != kernel)
		fail_msg("%s: is%s the kernel's", what, kernel ? " not" : "");
	held_close(&held);
}

static void
expect(const struct wire *wire, enum verdict verdict, bool kernel, const char *what)
{
	struct host host = wire_host(false);

	expect_of(&host, wire, verdict, kernel, what);
}

// --- whose is it ----------------------------------------------------------------------------------

static void
ipv4(struct wire *wire, const uint8_t *from, const uint8_t *to, uint8_t protocol)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x0800);
	wire_ipv4(wire, from, to, protocol);
	if (protocol == UDP)
		wire_udp(wire, WIRE_PEER_PORT, 53, 40);
	else if (protocol == ICMP)
		wire_icmp(wire, 8, 0, NULL, 20);
	else
		wire_append(wire, NULL, 20);
	wire_close(wire);
}

static void
ipv6(struct wire *wire, const uint8_t *from, const uint8_t *to, uint8_t protocol)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
	wire_ipv6(wire, from, to, protocol);
	if (protocol == UDP)
		wire_udp(wire, WIRE_PEER_PORT, 53, 60);
	else if (protocol == ICMP6)
		wire_icmp(wire, 128, 0, NULL, 20);
	else
		wire_append(wire, NULL, 20);
	wire_close(wire);
}

static void
test_packets_for_weir(void **state)
{
	struct wire wire;

	(void)state;
	wire_udp4(&wire, false, WIRE_PORT, 16);
	expect(&wire, VERDICT_NONE, false, "a request");
	wire_udp6(&wire, false, WIRE_PORT, 16);
	expect(&wire, VERDICT_NONE, false, "a request over IPv6");
	ipv4(&wire, wire_peer4, wire_host4, ICMP);
	expect(&wire, VERDICT_echo_answered, false, "a ping");
	ipv6(&wire, wire_peer6, wire_host6, ICMP6);
	expect(&wire, VERDICT_echo_answered, false, "a ping over IPv6");
	wire_kind(&wire, false, 6);
	expect(&wire, VERDICT_arp_answered, false, "an ARP request");
	wire_udp4(&wire, false, WIRE_PORT, 16);
	wire.bytes[wire.len - 1] ^= 1;
	expect(&wire, VERDICT_udp_checksum, false, "a broken request");
}

// To Weir's addresses and to others.
static void
test_packets_for_the_kernel(void **state)
{
	static const uint8_t gre = 47;
	struct wire wire;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const uint8_t *to4 = i == 0 ? wire_host4 : other4;
		const uint8_t *to6 = i == 0 ? wire_host6 : other6;
		enum verdict protocol = i == 0 ? VERDICT_ip_protocol : VERDICT_ip_destination;
		enum verdict port = i == 0 ? VERDICT_port_closed : VERDICT_ip_destination;

		ipv4(&wire, wire_peer4, to4, TCP);
		expect(&wire, protocol, true, "TCP");
		ipv6(&wire, wire_peer6, to6, TCP);
		expect(&wire, protocol, true, "TCP over IPv6");
		ipv4(&wire, wire_peer4, to4, gre);
		expect(&wire, protocol, true, "GRE");
		ipv4(&wire, wire_peer4, to4, UDP);
		expect(&wire, port, true, "another UDP port");
		ipv6(&wire, wire_peer6, to6, UDP);
		expect(&wire, port, true, "another UDP port over IPv6");
	}
	ipv4(&wire, wire_peer4, other4, ICMP);
	expect(&wire, VERDICT_ip_destination, true, "a ping to another address");
	wire_udp4_between(&wire, wire_peer4, other4);
	expect(&wire, VERDICT_ip_destination, true, "the tracker's port of another address");
	wire_udp4(&wire, false, WIRE_PORT, 16);
	wire.bytes[wire.l2_len + 6] = 0x20; // more fragments
	wire_sum(&wire);
	expect(&wire, VERDICT_ipv4_fragment, true, "a fragment");
	wire_chain(&wire, false, &wire_chains[15]);
	expect(&wire, VERDICT_ipv6_fragment, true, "a fragment of IPv6");
	wire_chain(&wire, false, &wire_chains[7]);
	expect(&wire, VERDICT_ipv6_extension, true, "extension headers");
}

// Rules about sources are for what Weir serves.
static void
test_private_sources(void **state)
{
	struct host host = wire_host(false);
	struct wire wire;

	(void)state;
	host.allow_private = false;
	ipv4(&wire, private4, wire_host4, TCP);
	expect_of(&host, &wire, VERDICT_ip_source_private, true, "TCP");
	ipv4(&wire, private4, wire_host4, UDP);
	expect_of(&host, &wire, VERDICT_ip_source_private, true, "another UDP port");
	ipv4(&wire, private4, wire_host4, ICMP);
	expect_of(&host, &wire, VERDICT_ip_source_private, false, "a ping");
	wire_udp4_between(&wire, private4, wire_host4);
	expect_of(&host, &wire, VERDICT_ip_source_private, false, "a request");
	ipv4(&wire, wire_host4, wire_host4, TCP);
	expect(&wire, VERDICT_ip_source, true, "TCP from our own address, which the kernel drops");
}

static void
test_private_sources_ipv6(void **state)
{
	struct host host = wire_host(false);
	struct wire wire;

	(void)state;
	host.allow_private = false;
	ipv6(&wire, private6, wire_host6, TCP);
	expect_of(&host, &wire, VERDICT_ip_source_private, true, "TCP");
	ipv6(&wire, private6, wire_host6, UDP);
	expect_of(&host, &wire, VERDICT_ip_source_private, true, "another UDP port");
	wire_udp6_between(&wire, private6, wire_host6);
	expect_of(&host, &wire, VERDICT_ip_source_private, false, "a request");
	ipv6(&wire, wire_all_nodes, wire_host6, ICMP6);
	expect_of(&host, &wire, VERDICT_ip_source, false, "a ping from a group");
	wire_ether(&wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
	wire_ipv6(&wire, private6, wire_host6, TCP);
	wire_extension(&wire, DEST, 8);
	wire_append(&wire, NULL, 20);
	wire_close(&wire);
	expect_of(&host, &wire, VERDICT_ip_source_private, false, "what is behind a header");
}

// Too short for their ports or types: taken for packets of Weir's.
static void
test_short_packets_of_private_sources(void **state)
{
	static const uint8_t protocols[] = {UDP, ICMP};
	struct host host = wire_host(false);
	struct wire wire;

	(void)state;
	host.allow_private = false;
	for (unsigned i = 0; i < sizeof(protocols); i++) {
		ipv4(&wire, private4, wire_host4, protocols[i]);
		wire.bytes[wire.l2_len + 2] = 0;
		wire.bytes[wire.l2_len + 3] = 20 + 7; // bytes of the packet
		wire_sum_ipv4(&wire);
		expect_of(&host, &wire, VERDICT_ip_source_private, false, "a short packet");
	}
}

static void
test_frames(void **state)
{
	static const uint8_t lldp[6] = {0x01, 0x80, 0xc2, 0, 0, 0x0e};
	static const uint8_t all_hosts[6] = {0x01, 0, 0x5e, 0, 0, 1};
	static const struct {
		const uint8_t *to;
		uint16_t type;
		enum verdict verdict;
		bool kernel;
	} rows[] = {
		{wire_host_mac, 0x88cc, VERDICT_frame_type, true},
		{lldp, 0x88cc, VERDICT_frame_destination, true},
		{all_hosts, 0x0800, VERDICT_frame_destination, true},
		{wire_broadcast, 0x0800, VERDICT_frame_destination, true},
		{wire_other_mac, 0x0800, VERDICT_frame_destination, false},
		{wire_host_mac, 0x0800, VERDICT_ipv4_header, false},
	};
	struct wire wire;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		wire_ether(&wire, rows[i].to, wire_peer_mac, WIRE_TAG_NONE, rows[i].type);
		wire_append(&wire, wire_zero, 16);
		wire_append(&wire, wire_zero, 16);
		expect(&wire, rows[i].verdict, rows[i].kernel, verdict_infos[rows[i].verdict].name);
	}
	wire_ether(&wire, wire_host_mac, wire_peer_mac, 7, 0x0800);
	wire_ipv4(&wire, wire_peer4, wire_host4, TCP);
	wire_append(&wire, NULL, 20);
	wire_close(&wire);
	expect(&wire, VERDICT_frame_vlan, true, "another VLAN");
	wire_ether(&wire, wire_host_mac, wire_host_mac, WIRE_TAG_NONE, 0x0800);
	wire.bytes[6] |= 1;
	expect(&wire, VERDICT_frame_source, false, "a multicast source");
}

static void
test_arp(void **state)
{
	struct wire wire;

	(void)state;
	wire_ether(&wire, wire_broadcast, wire_peer_mac, WIRE_TAG_NONE, 0x0806);
	wire_arp(&wire, 1, wire_peer_mac, wire_peer4, wire_zero, other4);
	expect(&wire, VERDICT_arp_noted, true, "a request for another address");
	wire_ether(&wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x0806);
	wire_arp(&wire, 2, wire_peer_mac, wire_peer4, wire_host_mac, other4);
	expect(&wire, VERDICT_arp_noted, true, "a reply");
	wire_ether(&wire, wire_broadcast, wire_peer_mac, WIRE_TAG_NONE, 0x0806);
	wire_arp(&wire, 1, wire_peer_mac, wire_host4, wire_zero, wire_host4);
	expect(&wire, VERDICT_arp_conflict, false, "a claim of our address");
}

// --- ICMP ------------------------------------------------------------------------------------------

// An error that quotes a packet of `protocol` from a port.
static void
error4(struct wire *wire, uint8_t type, uint8_t protocol, uint16_t from_port, unsigned quoted)
{
	struct wire inner;

	wire_ether(&inner, wire_peer_mac, wire_host_mac, WIRE_TAG_NONE, 0x0800);
	wire_ipv4(&inner, wire_host4, wire_peer4, protocol);
	wire_udp(&inner, from_port, WIRE_PEER_PORT, 16);
	wire_close(&inner);
	wire_ether(wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x0800);
	wire_ipv4(wire, wire_peer4, wire_host4, ICMP);
	wire_icmp(wire, type, 3, wire_zero, 4);
	wire_append(wire, inner.bytes + inner.l2_len, quoted);
	wire_close(wire);
}

static void
error6(struct wire *wire, uint8_t type, uint16_t from_port)
{
	struct wire inner;

	wire_ether(&inner, wire_peer_mac, wire_host_mac, WIRE_TAG_NONE, 0x86dd);
	wire_ipv6(&inner, wire_host6, wire_peer6, UDP);
	wire_udp(&inner, from_port, WIRE_PEER_PORT, 16);
	wire_close(&inner);
	wire_ether(wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
	wire_ipv6(wire, wire_peer6, wire_host6, ICMP6);
	wire_icmp(wire, type, 4, wire_zero, 4);
	wire_append(wire, inner.bytes + inner.l2_len, 48);
	wire_close(wire);
}

// A tracker gets many errors about its replies to clients that have gone.
static void
test_icmp_errors(void **state)
{
	static const uint8_t types4[] = {3, 4, 5, 11, 12};
	static const uint8_t types6[] = {1, 2, 3, 4};
	struct wire wire;

	(void)state;
	for (unsigned i = 0; i < sizeof(types4); i++) {
		error4(&wire, types4[i], UDP, WIRE_PORT, 28);
		expect(&wire, VERDICT_icmp_noted, false, "an error about the tracker");
		error4(&wire, types4[i], UDP, 53, 28);
		expect(&wire, VERDICT_icmp_noted, true, "an error about another port");
		error4(&wire, types4[i], TCP, WIRE_PORT, 28);
		expect(&wire, VERDICT_icmp_noted, true, "an error about TCP");
		error4(&wire, types4[i], UDP, WIRE_PORT, 21);
		expect(&wire, VERDICT_icmp_noted, true, "an error that quotes no port");
	}
	for (unsigned i = 0; i < sizeof(types6); i++) {
		error6(&wire, types6[i], WIRE_PORT);
		expect(&wire, VERDICT_icmp_noted, false, "an error about the tracker over IPv6");
		error6(&wire, types6[i], 53);
		expect(&wire, VERDICT_icmp_noted, true, "an error about another port over IPv6");
	}
	error4(&wire, 0, UDP, WIRE_PORT, 28);
	expect(&wire, VERDICT_icmp_noted, true, "an echo reply");
	error4(&wire, 3, UDP, WIRE_PORT, 28);
	wire.bytes[wire.l4_at + 8] = 0x4f; // 60 bytes of header, 28 of them quoted
	wire_sum(&wire);
	expect(&wire, VERDICT_icmp_noted, true, "an error that ends in the quoted header");
}

static void
test_icmp_errors_of_private_sources(void **state)
{
	static const struct {
		uint8_t type;
		uint16_t port;
		bool kernel;
	} rows[] = {
		{3, WIRE_PORT, false},
		{3, 53, true},
		{0, WIRE_PORT, true},
	};
	struct host host = wire_host(false);
	struct wire wire;

	(void)state;
	host.allow_private = false;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		error4(&wire, rows[i].type, UDP, rows[i].port, 28);
		memcpy(wire.bytes + wire.l2_len + 12, private4, sizeof(private4));
		wire_sum_ipv4(&wire);
		expect_of(&host, &wire, VERDICT_ip_source_private, rows[i].kernel, "an error");
	}
}

static void
test_ndp(void **state)
{
	struct wire wire;
	uint8_t group[16], mac[6], body[20] = {0};

	(void)state;
	wire_solicited_nodes(other6, group);
	wire_group_mac(group, mac);
	memcpy(body + 4, other6, 16);
	wire_ether(&wire, mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
	wire_ipv6(&wire, wire_peer6, group, ICMP6);
	wire.bytes[wire.l2_len + 7] = 255;
	wire_icmp(&wire, NDP_NEIGHBOUR_SOLICITATION, 0, body, 20);
	wire_close(&wire);
	expect(&wire, VERDICT_ip_destination, true, "a solicitation for another address");
	wire_ether(&wire, wire_all_nodes_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
	wire_ipv6(&wire, wire_peer_link6, wire_all_nodes, ICMP6);
	wire.bytes[wire.l2_len + 7] = 255;
	wire_icmp(&wire, NDP_ROUTER_ADVERTISEMENT, 0, wire_zero, 12);
	wire_close(&wire);
	expect(&wire, VERDICT_ndp_noted, true, "a router advertisement");
}

// --- shares ----------------------------------------------------------------------------------------

static struct shares_source
source_of(const struct wire *wire)
{
	struct host host = wire_host(false);
	struct shares_source source;
	struct held held;

	held_open(&held, wire, wire->len, WIRE_ROOM);
	handle(&host, &held.frame);
	source = exception_source(&held.frame);
	held_close(&held);
	return source;
}

static void
test_sources(void **state)
{
	uint8_t near4[4], far4[4], near6[16], far6[16];
	struct wire wire;

	(void)state;
	memcpy(near4, wire_peer4, 4);
	memcpy(far4, wire_peer4, 4);
	memcpy(near6, wire_peer6, 16);
	memcpy(far6, wire_peer6, 16);
	near4[3] ^= 1;
	far4[2] ^= 1;
	near6[15] ^= 1;
	far6[7] ^= 1;
	ipv4(&wire, wire_peer4, wire_host4, TCP);
	struct shares_source one = source_of(&wire);

	ipv4(&wire, near4, other4, TCP);
	struct shares_source near = source_of(&wire);

	ipv4(&wire, far4, wire_host4, TCP);
	assert_int_equal(one.group, near.group);
	assert_true(one.member != near.member);
	assert_true(source_of(&wire).group != one.group);
	ipv6(&wire, wire_peer6, wire_host6, TCP);
	one = source_of(&wire);
	ipv6(&wire, near6, wire_host6, TCP);
	near = source_of(&wire);
	ipv6(&wire, far6, wire_host6, TCP);
	assert_int_equal(one.group, near.group);
	assert_true(one.member != near.member);
	assert_true(source_of(&wire).group != one.group);
	wire_ether(&wire, wire_broadcast, wire_peer_mac, WIRE_TAG_NONE, 0x0806);
	wire_arp(&wire, 1, wire_peer_mac, wire_peer4, wire_zero, other4);
	one = source_of(&wire);
	wire_ether(&wire, wire_broadcast, wire_other_mac, WIRE_TAG_NONE, 0x0806);
	wire_arp(&wire, 1, wire_other_mac, wire_peer4, wire_zero, other4);
	assert_true(source_of(&wire).group != one.group);
}

// --- what the kernel gets --------------------------------------------------------------------------

static void
test_write(void **state)
{
	uint8_t bytes[WIRE_MAX];
	struct wire wire;

	(void)state;
	ipv4(&wire, wire_peer4, wire_host4, TCP);
	memset(bytes, 0x5a, sizeof(bytes));
	assert_int_equal(
		exception_write(bytes, wire.bytes, (uint16_t)wire.len, 14, false), wire.len
	);
	assert_memory_equal(bytes, wire.bytes, wire.len);
	assert_int_equal(bytes[wire.len], 0x5a);
	// Without a whole IPv6 header there is no place for a Router Alert.
	memset(bytes, 0x5a, sizeof(bytes));
	assert_int_equal(exception_write(bytes, wire.bytes, 14 + 39, 14, true), 14 + 39);
	assert_memory_equal(bytes, wire.bytes, 14 + 39);
	assert_int_equal(bytes[14 + 39], 0x5a);
}

// A query of multicast listener discovery gets its Router Alert back.
static void
test_router_alert(void **state)
{
	static const uint8_t alert[8] = {ICMP6, 0, 5, 2, 0, 0, 1, 0};

	(void)state;
	for (unsigned tagged = 0; tagged < 2; tagged++) {
		struct host host = wire_host(tagged);
		uint8_t bytes[WIRE_MAX], original[WIRE_MAX];
		struct wire wire;
		struct held held;

		wire_ether(&wire, wire_all_nodes_mac, wire_peer_mac, wire_tag(tagged), 0x86dd);
		wire_ipv6(&wire, wire_peer_link6, wire_all_nodes, ICMP6);
		wire.bytes[wire.l2_len + 7] = 1;
		wire_extension(&wire, HOP, 8);
		memcpy(wire.bytes + wire.len - 8, alert, 8);
		wire_icmp(&wire, MLD_QUERY, 0, wire_zero, 16);
		wire_append(&wire, wire_zero, 8);
		wire_close(&wire);
		memcpy(original, wire.bytes, wire.len);
		held_open(&held, &wire, wire.len, WIRE_ROOM);
		assert_int_equal(handle(&host, &held.frame), VERDICT_mld_query);
		assert_true(exception_wants(&host, &held.frame, VERDICT_mld_query));
		assert_true(held.frame.router_alert);
		assert_int_equal(
			exception_write(
				bytes,
				held.frame.bytes,
				held.frame.len,
				held.frame.l2_len,
				held.frame.router_alert
			),
			wire.len
		);
		assert_memory_equal(bytes, original, wire.len);
		held_close(&held);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packets_for_weir),
		cmocka_unit_test(test_packets_for_the_kernel),
		cmocka_unit_test(test_private_sources),
		cmocka_unit_test(test_private_sources_ipv6),
		cmocka_unit_test(test_short_packets_of_private_sources),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_arp),
		cmocka_unit_test(test_icmp_errors),
		cmocka_unit_test(test_icmp_errors_of_private_sources),
		cmocka_unit_test(test_ndp),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_router_alert),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
