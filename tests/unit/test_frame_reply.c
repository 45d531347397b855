// SPDX-License-Identifier: BSD-3-Clause
// lib/net/frame_reply.c: replies compared byte by byte with frames written by hand.

#include "../../lib/net/frame.h"
#include "../support/cmocka_wrap.h"
#include "../support/frames.h"

#include <stdlib.h>
#include <string.h>

enum {
	UDP = 17,
	PRIORITY = 0xa000, // in a TCI
};

// The expected reply: to `mac`, `payload_len` bytes.
static void
write_reply(
	struct wire *wire,
	bool tagged,
	enum family family,
	const uint8_t *mac,
	const uint8_t *payload,
	unsigned payload_len
)
{
	int tag = tagged ? WIRE_VLAN | PRIORITY : WIRE_TAG_NONE;

	wire_ether(wire, mac, wire_host_mac, tag, family == FAMILY_IPV4 ? 0x0800 : 0x86dd);
	if (family == FAMILY_IPV4)
		wire_ipv4(wire, wire_host4, wire_peer4, UDP);
	else
		wire_ipv6(wire, wire_host6, wire_peer6, UDP);
	wire_udp(wire, WIRE_PORT, WIRE_PEER_PORT, payload_len);
	memcpy(wire->bytes + wire->l4_at + 8, payload, payload_len);
	wire_close(wire);
}

// With offloads the NIC completes the checksums: the frame has the sum of the pseudo header, and no IPv4
// checksum.
static void
undo_checksums(struct wire *wire, const struct host *host, unsigned payload_len)
{
	uint8_t *ip = wire->bytes + wire->l2_len;
	uint8_t *udp = wire->bytes + wire->l4_at;

	if (host->offload_ip_checksum && wire->ip_version == 4)
		memset(ip + 10, 0, 2);
	if (host->offload_udp_checksum) {
		uint16_t sum = ~wire_checksum(NULL, 0, wire_pseudo_sum(ip, 8 + payload_len, UDP));

		udp[6] = sum >> 8;
		udp[7] = sum & 0xff;
	}
}

static void
check_reply(const struct host *host, enum family family, const uint8_t *mac, unsigned payload_len)
{
	bool tagged = host->l2_len == 18;
	uint8_t payload[1400];
	struct wire expected;
	struct wire request;
	struct held held;

	for (unsigned i = 0; i < payload_len; i++)
		payload[i] = i * 7 + 3;
	if (family == FAMILY_IPV4)
		wire_udp4(&request, tagged, WIRE_PORT, payload_len);
	else
		wire_udp6(&request, tagged, WIRE_PORT, payload_len);
	if (tagged)
		request.bytes[14] |= PRIORITY >> 8;
	held_open(&held, &request, request.len, 0);
	memcpy(held.buffer + frame_udp_payload_at(host, family), payload, payload_len);
	held.frame.len = frame_reply_udp(host, held.buffer, family, payload_len);
	write_reply(&expected, tagged, family, mac, payload, payload_len);
	undo_checksums(&expected, host, payload_len);
	held_assert_is(&held, &expected);
	held_close(&held);
}

static void
test_replies(void **state)
{
	static const unsigned lengths[] = {0, 1, 2, 8, 15, 16, 20, 333, 1232};

	(void)state;
	for (unsigned bits = 0; bits < 8; bits++)
		for (unsigned i = 0; i < RTE_DIM(lengths); i++) {
			struct host host = wire_host(bits & 1);

			host.offload_ip_checksum = bits & 2;
			host.offload_udp_checksum = bits & 4;
			check_reply(&host, FAMILY_IPV4, wire_peer_mac, lengths[i]);
			check_reply(&host, FAMILY_IPV6, wire_peer_mac, lengths[i]);
		}
}

// A reply may be longer or shorter than its request: only payload_len counts.
static void
test_reply_length_is_its_own(void **state)
{
	struct host host = wire_host(false);
	uint8_t payload[100] = {1, 2, 3};
	struct wire expected;
	struct wire request;
	struct held held;

	(void)state;
	wire_udp4(&request, false, WIRE_PORT, 16);
	held_open(&held, &request, request.len, 100 - 16);
	memcpy(held.buffer + 42, payload, 100);
	held.frame.len = frame_reply_udp(&host, held.buffer, FAMILY_IPV4, 100);
	write_reply(&expected, false, FAMILY_IPV4, wire_peer_mac, payload, 100);
	held_assert_is(&held, &expected);
	held_close(&held);

	wire_udp6(&request, false, WIRE_PORT, 98);
	held_open(&held, &request, request.len, 0);
	memcpy(held.buffer + 62, payload, 20);
	held.frame.len = frame_reply_udp(&host, held.buffer, FAMILY_IPV6, 20);
	write_reply(&expected, false, FAMILY_IPV6, wire_peer_mac, payload, 20);
	held_assert_is(&held, &expected);
	held_close(&held);
}

// The reply goes to the gateway if its MAC address is known.
static void
test_gateways(void **state)
{
	struct rte_ether_addr mac;
	struct host host;

	(void)state;
	memcpy(&mac, wire_other_mac, 6);
	for (unsigned tagged = 0; tagged < 2; tagged++) {
		host = wire_host(tagged);
		memcpy(&host.gateway_ipv4, wire_gateway4, 4);
		memcpy(host.gateway_ipv6, wire_gateway6, 16);
		memset(host.ipv4_prefix, 32, sizeof(host.ipv4_prefix)); // the peer is not on-link
		memset(host.ipv6_prefix, 128, sizeof(host.ipv6_prefix));
		check_reply(&host, FAMILY_IPV4, wire_peer_mac, 16);
		check_reply(&host, FAMILY_IPV6, wire_peer_mac, 16);
		host.gateway_ipv4_mac = mac_word(&mac);
		check_reply(&host, FAMILY_IPV4, wire_other_mac, 16);
		check_reply(&host, FAMILY_IPV6, wire_peer_mac, 16);
		host.gateway_ipv4_mac = 0;
		host.gateway_ipv6_mac = mac_word(&mac);
		check_reply(&host, FAMILY_IPV4, wire_peer_mac, 16);
		check_reply(&host, FAMILY_IPV6, wire_other_mac, 16);
		host.gateway_ipv4_mac = mac_word(&mac);
		memset(host.ipv4_prefix, 4, sizeof(host.ipv4_prefix)); // the peer is on-link
		memset(host.ipv6_prefix, 12, sizeof(host.ipv6_prefix));
		check_reply(&host, FAMILY_IPV4, wire_peer_mac, 16);
		check_reply(&host, FAMILY_IPV6, wire_peer_mac, 16);
	}
}

// The payload makes the UDP checksum 0, which would mean "none": it is sent as 0xffff.
static void
test_sum_zero_is_all_ones(void **state)
{
	struct host host = wire_host(false);

	(void)state;
	for (enum family family = FAMILY_IPV4; family <= FAMILY_IPV6; family++) {
		struct wire expected;
		uint8_t payload[2] = {0};

		write_reply(&expected, false, family, wire_peer_mac, payload, 2);
		uint8_t *udp = expected.bytes + expected.l4_at;
		uint8_t buffer[128];

		memcpy(payload, udp + 6, 2); // what is missing to a sum of 0
		if (family == FAMILY_IPV4)
			wire_udp4(&expected, false, WIRE_PORT, 2);
		else
			wire_udp6(&expected, false, WIRE_PORT, 2);
		memcpy(buffer, expected.bytes, expected.len);
		memcpy(buffer + frame_udp_payload_at(&host, family), payload, 2);
		assert_int_equal(
			frame_reply_udp(&host, buffer, family, 2),
			frame_udp_payload_at(&host, family) + 2
		);
		assert_int_equal(buffer[expected.l4_at + 6], 0xff);
		assert_int_equal(buffer[expected.l4_at + 7], 0xff);
	}
}

static void
test_reflect_ether(void **state)
{
	struct host host = wire_host(true);
	struct wire expected;
	struct wire wire;

	(void)state;
	wire_ether(&wire, wire_broadcast, wire_peer_mac, WIRE_VLAN | PRIORITY, 0x0806);
	wire_ether(&expected, wire_peer_mac, wire_host_mac, WIRE_VLAN | PRIORITY, 0x0806);
	host.gateway_ipv4_mac = UINT64_C(1) << 48; // is for datagrams only
	frame_reflect_ether(&host, wire.bytes);
	assert_memory_equal(wire.bytes, expected.bytes, expected.len);
}

static void
test_write_ether(void **state)
{
	(void)state;
	for (unsigned tagged = 0; tagged < 2; tagged++) {
		struct host host = wire_host(tagged);
		struct rte_ether_addr to;
		struct wire expected;
		uint8_t *bytes = malloc(host.l2_len);

		memcpy(&to, wire_peer_mac, 6);
		assert_int_equal(frame_write_ether(&host, bytes, &to, 0x86dd), host.l2_len);
		wire_ether(&expected, wire_peer_mac, wire_host_mac, wire_tag(tagged), 0x86dd);
		assert_memory_equal(bytes, expected.bytes, host.l2_len);
		free(bytes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_reply_length_is_its_own),
		cmocka_unit_test(test_gateways),
		cmocka_unit_test(test_sum_zero_is_all_ones),
		cmocka_unit_test(test_reflect_ether),
		cmocka_unit_test(test_write_ether),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
