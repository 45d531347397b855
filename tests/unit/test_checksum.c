// SPDX-License-Identifier: BSD-3-Clause
// lib/net/checksum.h against published vectors and the plain sum of tests/support/frames.c.

#include "../../lib/net/checksum.h"
#include "../support/cmocka_wrap.h"
#include "../support/frames.h"

#include <stdlib.h>
#include <string.h>

// A header whose checksum is widely published: 0xb861.
static const uint8_t known_ipv4[20] = {
	0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
	0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7,
};

static uint16_t
read16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static void
test_plain_sum_is_right(void **state)
{
	static const uint8_t rfc1071[8] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
	uint8_t header[20];

	(void)state;
	memcpy(header, known_ipv4, 20);
	header[10] = 0;
	header[11] = 0;
	assert_int_equal(wire_checksum(header, 20, 0), 0xb861);
	assert_int_equal(wire_checksum(rfc1071, 8, 0), 0xffff - 0xddf2); // RFC 1071 3
}

static void
test_ipv4_known_header(void **state)
{
	uint8_t header[20];
	rte_be16_t sum;

	(void)state;
	memcpy(header, known_ipv4, 20);
	assert_true(checksum_ipv4_ok((const void *)header));
	header[10] = 0;
	header[11] = 0;
	sum = checksum_ipv4((const void *)header);
	assert_memory_equal(&sum, known_ipv4 + 10, 2);
}

static void
test_ipv4_each_flipped_bit_is_seen(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 160; bit++) {
		uint8_t header[20];

		memcpy(header, known_ipv4, 20);
		header[bit / 8] ^= 1 << bit % 8;
		assert_false(checksum_ipv4_ok((const void *)header));
	}
}

// Odd and even lengths, in a buffer that ends where the datagram does.
static void
check_udp(enum family family, unsigned payload_len)
{
	struct wire wire;
	struct held held;
	uint8_t *udp;
	rte_be16_t sum;

	if (family == FAMILY_IPV4)
		wire_udp4(&wire, false, WIRE_PORT, payload_len);
	else
		wire_udp6(&wire, false, WIRE_PORT, payload_len);
	held_open(&held, &wire, wire.len, 0);
	uint8_t *l3 = held.buffer + 14;

	udp = held.buffer + wire.l4_at;
	assert_true(checksum_l4_ok(family, IPPROTO_UDP, udp, 8 + payload_len));
	udp[6] = 0;
	udp[7] = 0;
	sum = checksum_l4(l3, family, IPPROTO_UDP, udp, 8 + payload_len);
	assert_memory_equal(&sum, wire.bytes + wire.l4_at + 6, 2);
	held_close(&held);
}

static void
test_l4_equals_plain_sum(void **state)
{
	(void)state;
	for (unsigned payload_len = 0; payload_len < 70; payload_len++) {
		check_udp(FAMILY_IPV4, payload_len);
		check_udp(FAMILY_IPV6, payload_len);
	}
	check_udp(FAMILY_IPV4, 1399);
	check_udp(FAMILY_IPV6, 1400);
}

static void
check_flips(enum family family)
{
	struct wire wire;

	if (family == FAMILY_IPV4)
		wire_udp4(&wire, false, WIRE_PORT, 5);
	else
		wire_udp6(&wire, false, WIRE_PORT, 5);
	unsigned addresses = family == FAMILY_IPV4 ? 14 + 12 : 14 + 8;
	uint8_t *l4 = wire.bytes + wire.l4_at;

	for (unsigned bit = addresses * 8; bit < wire.len * 8; bit++) {
		wire.bytes[bit / 8] ^= 1 << bit % 8;
		assert_false(checksum_l4_ok(family, IPPROTO_UDP, l4, 13));
		wire.bytes[bit / 8] ^= 1 << bit % 8;
	}
	// The protocol and the length are summed too.
	assert_true(checksum_l4_ok(family, IPPROTO_UDP, l4, 13));
	assert_false(checksum_l4_ok(family, IPPROTO_ICMPV6, l4, 13));
	assert_false(checksum_l4_ok(family, IPPROTO_UDP, l4, 12));
}

static void
test_l4_each_flipped_bit_is_seen(void **state)
{
	(void)state;
	check_flips(FAMILY_IPV4);
	check_flips(FAMILY_IPV6);
}

// RFC 768, RFC 8200 8.1: a sum that comes out as 0 is sent as 0xffff.
static void
check_zero_sum(enum family family)
{
	struct wire wire;

	if (family == FAMILY_IPV4)
		wire_udp4(&wire, false, WIRE_PORT, 2);
	else
		wire_udp6(&wire, false, WIRE_PORT, 2);
	uint8_t *udp = wire.bytes + wire.l4_at;

	// The payload word takes what is missing to 0xffff.
	memset(udp + 6, 0, 4);
	uint16_t missing = wire_checksum(udp, 10, wire_pseudo_sum(wire.bytes + 14, 10, 17));

	udp[8] = missing >> 8;
	udp[9] = missing & 0xff;
	assert_int_equal(checksum_l4(wire.bytes + 14, family, IPPROTO_UDP, udp, 10), 0xffff);
	udp[6] = 0xff;
	udp[7] = 0xff;
	assert_true(checksum_l4_ok(family, IPPROTO_UDP, udp, 10));
}

static void
test_udp_sum_zero_is_all_ones(void **state)
{
	(void)state;
	check_zero_sum(FAMILY_IPV4);
	check_zero_sum(FAMILY_IPV6);
}

static void
test_icmp6_equals_plain_sum(void **state)
{
	(void)state;
	for (unsigned len = 4; len < 40; len++) {
		struct wire wire;
		rte_be16_t sum;

		wire_ether(&wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
		wire_ipv6(&wire, wire_peer6, wire_host6, 58);
		wire_icmp(&wire, 128, 0, NULL, len);
		wire_close(&wire);
		uint8_t *icmp = wire.bytes + wire.l4_at;
		uint16_t expected = read16(icmp + 2);

		assert_true(checksum_l4_ok(FAMILY_IPV6, IPPROTO_ICMPV6, icmp, 4 + len));
		icmp[2] = 0;
		icmp[3] = 0;
		sum = checksum_l4(wire.bytes + 14, FAMILY_IPV6, IPPROTO_ICMPV6, icmp, 4 + len);
		assert_int_equal(rte_be_to_cpu_16(sum), expected);
	}
}

// The largest datagram there is, all ones: no carry may be lost.
static void
test_l4_carries(void **state)
{
	enum { LEN = 65535 - 20 };
	uint8_t *packet = malloc(65535);

	(void)state;
	assert_non_null(packet);
	memset(packet, 0xff, 65535);
	packet[0] = 0x45;
	packet[9] = 17;
	packet[26] = 0;
	packet[27] = 0;
	uint16_t sum = wire_checksum(packet + 20, LEN, wire_pseudo_sum(packet, LEN, 17));

	assert_int_not_equal(sum, 0);
	assert_int_equal(
		rte_be_to_cpu_16(checksum_l4(packet, FAMILY_IPV4, IPPROTO_UDP, packet + 20, LEN)),
		sum
	);
	packet[26] = sum >> 8;
	packet[27] = sum & 0xff;
	assert_true(checksum_l4_ok(FAMILY_IPV4, IPPROTO_UDP, packet + 20, LEN));
	free(packet);
}

// Headers may start at any byte.
static void
test_any_alignment(void **state)
{
	(void)state;
	for (unsigned shift = 0; shift < 4; shift++) {
		uint8_t shifted[256];
		struct wire wire;

		wire_udp6(&wire, false, WIRE_PORT, 21);
		memcpy(shifted + shift, wire.bytes, wire.len);
		assert_true(checksum_l4_ok(FAMILY_IPV6, IPPROTO_UDP, shifted + shift + 54, 29));
		memcpy(shifted + shift, known_ipv4, 20);
		assert_true(checksum_ipv4_ok((const void *)(shifted + shift)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_sum_is_right),
		cmocka_unit_test(test_ipv4_known_header),
		cmocka_unit_test(test_ipv4_each_flipped_bit_is_seen),
		cmocka_unit_test(test_l4_equals_plain_sum),
		cmocka_unit_test(test_l4_each_flipped_bit_is_seen),
		cmocka_unit_test(test_udp_sum_zero_is_all_ones),
		cmocka_unit_test(test_icmp6_equals_plain_sum),
		cmocka_unit_test(test_l4_carries),
		cmocka_unit_test(test_any_alignment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
