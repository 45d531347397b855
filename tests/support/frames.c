// SPDX-License-Identifier: BSD-3-Clause

#include "frames.h"

#include "cmocka_wrap.h"

#include <stdlib.h>
#include <string.h>

enum {
	PROTOCOL_ICMP = 1,
	PROTOCOL_UDP = 17,
};

const uint8_t wire_host_mac[6] = {0x02, 0x11, 0x22, 0x33, 0x44, 0x55};
const uint8_t wire_peer_mac[6] = {0x0a, 0xbb, 0xcc, 0xdd, 0xee, 0x07};
const uint8_t wire_other_mac[6] = {0x06, 0x01, 0x02, 0x03, 0x04, 0x09};
const uint8_t wire_broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
const uint8_t wire_zero[16];
const uint8_t wire_host4[4] = {198, 51, 100, 1};
const uint8_t wire_tentative4[4] = {198, 51, 100, 2};
const uint8_t wire_peer4[4] = {203, 0, 114, 77};
const uint8_t wire_gateway4[4] = {198, 51, 100, 254};
const uint8_t wire_host6[16] = {0x2a, 0x01, 0x04, 0xf8, [13] = 0x12, 0x34, 0x56};
const uint8_t wire_tentative6[16] = {0x2a, 0x01, 0x04, 0xf8, [13] = 0xab, 0xcd, 0xef};
const uint8_t wire_link6[16] = {0xfe, 0x80, [13] = 0x77, 0x88, 0x99};
const uint8_t wire_peer6[16] = {0x2a, 0x02, 0x01, 0x23, [8] = 0xfe, [15] = 0x07};
const uint8_t wire_peer_link6[16] = {0xfe, 0x80, [8] = 0x08, [15] = 0x07};
const uint8_t wire_gateway6[16] = {0xfe, 0x80, [13] = 0x01, 0x02, 0x03};
const uint8_t wire_all_nodes[16] = {0xff, 0x02, [15] = 0x01};
const uint8_t wire_all_nodes_mac[6] = {0x33, 0x33, 0, 0, 0, 1};

struct host
wire_host(bool tagged)
{
	struct host host = {
		.vlan_tci = tagged ? rte_cpu_to_be_16(WIRE_VLAN) : 0,
		.l2_len = tagged ? 18 : 14,
		.ipv4_count = 2,
		.ipv6_count = 3,
		.allow_private = true,
		.udp_port = rte_cpu_to_be_16(WIRE_PORT),
		.ipv4_usable = 1,
		.ipv6_usable = 5,
		.ipv4_prefix = {24, 24},
		.ipv6_prefix = {64, 64, 64},
	};

	memcpy(host.mac.addr_bytes, wire_host_mac, 6);
	memcpy(&host.ipv4[0], wire_host4, 4);
	memcpy(&host.ipv4[WIRE_TENTATIVE], wire_tentative4, 4);
	memcpy(host.ipv6[0], wire_host6, 16);
	memcpy(host.ipv6[WIRE_TENTATIVE], wire_tentative6, 16);
	memcpy(host.ipv6[2], wire_link6, 16);
	return host;
}

int
wire_tag(bool tagged)
{
	return tagged ? WIRE_VLAN : WIRE_TAG_NONE;
}

void
wire_solicited_nodes(const uint8_t address[16], uint8_t group[16])
{
	static const uint8_t prefix[13] = {0xff, 0x02, [11] = 0x01, [12] = 0xff};

	memcpy(group, prefix, 13);
	memcpy(group + 13, address + 13, 3);
}

void
wire_group_mac(const uint8_t group[16], uint8_t mac[6])
{
	mac[0] = 0x33;
	mac[1] = 0x33;
	memcpy(mac + 2, group + 12, 4);
}

static void
put8(struct wire *wire, uint8_t value)
{
	assert_true(wire->len < WIRE_MAX);
	wire->bytes[wire->len++] = value;
}

static void
put16(struct wire *wire, uint16_t value)
{
	put8(wire, value >> 8);
	put8(wire, value & 0xff);
}

static void
set16(uint8_t *at, unsigned value)
{
	at[0] = value >> 8;
	at[1] = value & 0xff;
}

void
wire_append(struct wire *wire, const void *bytes, unsigned len)
{
	for (unsigned i = 0; i < len; i++)
		put8(wire, bytes ? ((const uint8_t *)bytes)[i] : (uint8_t)(0x51 + 37 * i));
}

void
wire_ether(struct wire *wire, const uint8_t *to, const uint8_t *from, int tag, uint16_t type)
{
	memset(wire, 0, sizeof(*wire));
	wire_append(wire, to, 6);
	wire_append(wire, from, 6);
	if (tag != WIRE_TAG_NONE) {
		put16(wire, 0x8100);
		put16(wire, tag);
	}
	put16(wire, type);
	wire->l2_len = wire->len;
}

void
wire_ipv4(struct wire *wire, const uint8_t *from, const uint8_t *to, uint8_t protocol)
{
	wire->ip_version = 4;
	wire->protocol = protocol;
	put8(wire, 0x45);
	put8(wire, 0); // TOS
	put16(wire, 0); // length
	put16(wire, 0); // id
	put16(wire, 0x4000); // DF
	put8(wire, 64); // TTL
	put8(wire, protocol);
	put16(wire, 0); // checksum
	wire_append(wire, from, 4);
	wire_append(wire, to, 4);
	wire->l4_at = wire->len;
}

void
wire_ipv6(struct wire *wire, const uint8_t *from, const uint8_t *to, uint8_t protocol)
{
	wire->ip_version = 6;
	wire->protocol = protocol;
	put16(wire, 0x6000);
	put16(wire, 0);
	put16(wire, 0); // length
	put8(wire, protocol);
	put8(wire, 64); // hop limit
	wire_append(wire, from, 16);
	wire_append(wire, to, 16);
	wire->l4_at = wire->len;
}

void
wire_extension(struct wire *wire, uint8_t type, unsigned len)
{
	uint8_t *next = wire->bytes + wire->l2_len + 6;

	for (unsigned at = wire->l2_len + 40; at < wire->len; at += (wire->bytes[at + 1] + 1) * 8)
		next = wire->bytes + at;
	*next = type;
	put8(wire, wire->protocol);
	put8(wire, len / 8 - 1);
	if (type == 43) { // a route of type 0 that is at its end
		put16(wire, 0);
		wire_append(wire, NULL, len - 4);
	} else { // PadN, RFC 8200 4.2
		put8(wire, 1);
		put8(wire, len - 4);
		for (unsigned i = 0; i < len - 4; i++)
			put8(wire, 0);
	}
	wire->l4_at = wire->len;
}

void
wire_udp(struct wire *wire, uint16_t from, uint16_t to, unsigned payload_len)
{
	put16(wire, from);
	put16(wire, to);
	put16(wire, 8 + payload_len);
	put16(wire, 0); // checksum
	wire_append(wire, NULL, payload_len);
}

void
wire_icmp(struct wire *wire, uint8_t type, uint8_t code, const void *body, unsigned len)
{
	put8(wire, type);
	put8(wire, code);
	put16(wire, 0); // checksum
	wire_append(wire, body, len);
}

void
wire_arp(
	struct wire *wire,
	uint16_t opcode,
	const uint8_t *sender_mac,
	const uint8_t *sender,
	const uint8_t *target_mac,
	const uint8_t *target
)
{
	put16(wire, 1); // Ethernet
	put16(wire, 0x0800); // IPv4
	put8(wire, 6);
	put8(wire, 4);
	put16(wire, opcode);
	wire_append(wire, sender_mac, 6);
	wire_append(wire, sender, 4);
	wire_append(wire, target_mac, 6);
	wire_append(wire, target, 4);
}

uint16_t
wire_checksum(const uint8_t *bytes, unsigned len, uint32_t start)
{
	uint64_t sum = start;

	for (unsigned i = 0; i < len; i++)
		sum += i % 2 == 0 ? bytes[i] * 256u : bytes[i];
	while (sum > 0xffff)
		sum = sum % 0x10000 + sum / 0x10000;
	return 0xffff - (uint16_t)sum;
}

uint32_t
wire_pseudo_sum(const uint8_t *ip, unsigned l4_len, uint8_t protocol)
{
	const uint8_t *addresses = ip[0] >> 4 == 4 ? ip + 12 : ip + 8;
	unsigned addresses_len = ip[0] >> 4 == 4 ? 8 : 32;
	uint32_t sum = l4_len + protocol;

	for (unsigned i = 0; i < addresses_len; i += 2)
		sum += addresses[i] * 256u + addresses[i + 1];
	return sum;
}

void
wire_sum_ipv4(struct wire *wire)
{
	uint8_t *ip = wire->bytes + wire->l2_len;

	set16(ip + 10, 0);
	set16(ip + 10, wire_checksum(ip, ip[0] % 16 * 4, 0));
}

void
wire_sum(struct wire *wire)
{
	const uint8_t *ip = wire->bytes + wire->l2_len;
	uint8_t *l4 = wire->bytes + wire->l4_at;
	unsigned l4_len = wire->len - wire->l4_at;
	unsigned at = wire->protocol == PROTOCOL_UDP ? 6 : 2;

	if (wire->ip_version == 4)
		wire_sum_ipv4(wire);
	if (l4_len < at + 2)
		return;
	set16(l4 + at, 0);
	uint16_t sum = wire_checksum(
		l4,
		l4_len,
		wire->protocol == PROTOCOL_ICMP ? 0 : wire_pseudo_sum(ip, l4_len, wire->protocol)
	);

	set16(l4 + at, sum == 0 && wire->protocol == PROTOCOL_UDP ? 0xffff : sum);
}

void
wire_close(struct wire *wire)
{
	uint8_t *ip = wire->bytes + wire->l2_len;

	if (wire->ip_version == 4)
		set16(ip + 2, wire->len - wire->l2_len);
	else
		set16(ip + 4, wire->len - wire->l2_len - 40);
	wire_sum(wire);
}

void
wire_disguise(struct wire *wire)
{
	uint8_t *ip = wire->bytes + wire->l2_len;

	if (wire->ip_version == 4) {
		ip[1] = 0xb8;
		set16(ip + 4, 0xbeef);
		set16(ip + 6, 0);
		ip[8] = 3;
		wire_sum_ipv4(wire);
		return;
	}
	ip[0] = 0x6b;
	ip[1] = 0x8a;
	set16(ip + 2, 0xbcde);
	ip[7] = 3;
}

void
wire_pad(struct wire *wire, unsigned len)
{
	while (wire->len < len)
		put8(wire, 0x5a);
}

void
wire_udp4(struct wire *wire, bool tagged, uint16_t port, unsigned payload_len)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, wire_tag(tagged), 0x0800);
	wire_ipv4(wire, wire_peer4, wire_host4, PROTOCOL_UDP);
	wire_udp(wire, WIRE_PEER_PORT, port, payload_len);
	wire_close(wire);
	wire_disguise(wire);
}

void
wire_udp6(struct wire *wire, bool tagged, uint16_t port, unsigned payload_len)
{
	wire_ether(wire, wire_host_mac, wire_peer_mac, wire_tag(tagged), 0x86dd);
	wire_ipv6(wire, wire_peer6, wire_host6, PROTOCOL_UDP);
	wire_udp(wire, WIRE_PEER_PORT, port, payload_len);
	wire_close(wire);
	wire_disguise(wire);
}

void
held_open(struct held *held, const struct wire *wire, unsigned len, unsigned room)
{
	assert_true(len <= wire->len);
	held->buffer = malloc(len + room);
	assert_non_null(held->buffer);
	memcpy(held->buffer, wire->bytes, len);
	memset(held->buffer + len, 0xa5, room);
	held->frame = (struct frame){.bytes = held->buffer, .len = len};
}

void
held_close(struct held *held)
{
	free(held->buffer);
	held->buffer = NULL;
}

void
held_assert_is(const struct held *held, const struct wire *expected)
{
	assert_int_equal(held->frame.len, expected->len);
	assert_memory_equal(held->frame.bytes, expected->bytes, expected->len);
}
