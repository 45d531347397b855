// SPDX-License-Identifier: BSD-3-Clause
// Frames for tests: written byte by byte, with a checksum of their own.
//
// A wire is a frame being written, from the outside in: wire_ether, wire_ipv4 or wire_ipv6,
// wire_udp or wire_icmp, wire_close. The headers are those that Weir's own replies should have
// (TTL 64, DF, id 0), so that an expected reply is written with the same words as a request.
// Nothing here calls code of lib/, which it tests.

#pragma once

#include "../../lib/net/frame.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	WIRE_MAX = 4096, // bytes
	WIRE_VLAN = 42, // the tagged host's
	WIRE_TAG_NONE = -1,
	WIRE_ROOM = 48, // bytes behind a frame that lib/net's contracts promise
	WIRE_PORT = 6969, // the tracker's
	WIRE_PEER_PORT = 51413,
	WIRE_TENTATIVE = 1, // index of the host's address that is not usable yet
};

struct wire {
	uint8_t bytes[WIRE_MAX];
	unsigned len;
	unsigned l2_len; // l3 starts there
	unsigned l4_at; // 0: not yet
	uint8_t protocol; // upper protocol, known after all extension headers
	uint8_t ip_version; // 0, 4, 6
};

// Addresses of the tests. They are public, so that nothing is private unless a test says so.
extern const uint8_t wire_host_mac[6];
extern const uint8_t wire_peer_mac[6];
extern const uint8_t wire_other_mac[6];
extern const uint8_t wire_broadcast[6];
extern const uint8_t wire_zero[16]; // a MAC, an IPv4 or an IPv6 address of zeros
extern const uint8_t wire_host4[4]; // the host's address 0, usable
extern const uint8_t wire_tentative4[4]; // its address 1, not usable yet
extern const uint8_t wire_peer4[4];
extern const uint8_t wire_gateway4[4];
extern const uint8_t wire_host6[16];
extern const uint8_t wire_tentative6[16];
extern const uint8_t wire_link6[16]; // the host's address 2, link-local, usable
extern const uint8_t wire_peer6[16];
extern const uint8_t wire_peer_link6[16];
extern const uint8_t wire_gateway6[16];
extern const uint8_t wire_all_nodes[16];
extern const uint8_t wire_all_nodes_mac[6];

// A host with the addresses above, no gateway, private sources allowed, no offloads.
struct host wire_host(bool tagged);
int wire_tag(bool tagged); // WIRE_VLAN or WIRE_TAG_NONE

// ff02::1:ffXX:XXXX of `address`, and the MAC address of an IPv6 group.
void wire_solicited_nodes(const uint8_t address[16], uint8_t group[16]);
void wire_group_mac(const uint8_t group[16], uint8_t mac[6]);

// Starts a frame. tag: WIRE_TAG_NONE or a TCI.
void wire_ether(struct wire *wire, const uint8_t *to, const uint8_t *from, int tag, uint16_t type);
void wire_ipv4(struct wire *wire, const uint8_t *from, const uint8_t *to, uint8_t protocol);
void wire_ipv6(struct wire *wire, const uint8_t *from, const uint8_t *to, uint8_t protocol);
// An IPv6 extension header of `len` bytes (a multiple of 8), a route at its end or padding; call
// between wire_ipv6 and L4.
void wire_extension(struct wire *wire, uint8_t type, unsigned len);
void wire_udp(struct wire *wire, uint16_t from, uint16_t to, unsigned payload_len);
// ICMP or ICMPv6: 4 bytes of header and `len` bytes of body, a pattern where body is NULL.
void wire_icmp(struct wire *wire, uint8_t type, uint8_t code, const void *body, unsigned len);
void wire_arp(
	struct wire *wire,
	uint16_t opcode,
	const uint8_t *sender_mac,
	const uint8_t *sender,
	const uint8_t *target_mac,
	const uint8_t *target
);
void wire_append(struct wire *wire, const void *bytes, unsigned len); // NULL: a pattern
// Fills in the lengths and checksums of all headers.
void wire_close(struct wire *wire);
// Header fields as another stack may set them: TOS, id, TTL, traffic class, flow label.
void wire_disguise(struct wire *wire);
// After a change: computes the checksums again and keeps the lengths.
void wire_sum(struct wire *wire);
void wire_sum_ipv4(struct wire *wire);
// Ethernet padding up to `len` bytes, not zero, so that including it in a sum shows. To be called last.
void wire_pad(struct wire *wire, unsigned len);

// Whole packets from the peer to the host's first addresses, closed and disguised.
void wire_udp4(struct wire *wire, bool tagged, uint16_t port, unsigned payload_len);
void wire_udp6(struct wire *wire, bool tagged, uint16_t port, unsigned payload_len);

// RFC 1071, straightforward: pairs of bytes, carries folded. `start` is added first.
uint16_t wire_checksum(const uint8_t *bytes, unsigned len, uint32_t start);
// The sum of a pseudo-header, not folded, not complemented.
uint32_t wire_pseudo_sum(const uint8_t *ip, unsigned l4_len, uint8_t protocol);

// A frame on the heap in a buffer of exactly its first `len` bytes and `room` more, so that a sanitizer sees
// reads and writes beyond it.
struct held {
	struct frame frame;
	uint8_t *buffer;
};

void held_open(struct held *held, const struct wire *wire, unsigned len, unsigned room);
void held_close(struct held *held);
// Fails the test unless the frame is `expected`, byte by byte, and no longer.
void held_assert_is(const struct held *held, const struct wire *expected);
