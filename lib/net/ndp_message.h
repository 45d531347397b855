// SPDX-License-Identifier: BSD-3-Clause
// Messages of neighbour discovery (RFC 4861 4) with their link-layer option: checked and written. For ndp.c
// alone.

#pragma once

#include "frame.h"
#include "ndp.h"

enum {
	// Flags of an advertisement.
	NDP_SOLICITED = 0x40000000,
	NDP_OVERRIDE = 0x20000000,
	NDP_SOLICITED_NODES_BYTES = 13,
};

// A neighbour solicitation or advertisement (RFC 4861 4.3, 4.4).
struct ndp_message {
	uint8_t type;
	uint8_t code;
	rte_be16_t checksum;
	rte_be32_t flags;
	uint8_t target[16];
} __attribute__((packed));

// Source or target link-layer address (RFC 4861 4.6.1, for Ethernet RFC 2464 6).
struct ndp_link_option {
	uint8_t type;
	uint8_t units;
	struct rte_ether_addr mac;
} __attribute__((packed)) __rte_aligned(2);

extern const uint8_t ndp_unspecified[16];
extern const uint8_t ndp_all_nodes[16];
// The prefix of solicited-node groups; the last 3 bytes of an address complete it (RFC 4291 2.7.1).
extern const uint8_t ndp_solicited_nodes[NDP_SOLICITED_NODES_BYTES];

// Whether a message passes the checks of RFC 4861 7.1 for solicitations and advertisements, or those that
// the other types, which are only noted, share with them. *link becomes the link-layer option that
// belongs to the type, or NULL.
bool ndp_message_is_valid(const struct frame *frame, const struct ndp_link_option **link);

// Writes an IPv6 header and the message behind it, with our MAC address as option or without one. The
// caller has set the addresses and the target. Returns the length of both (bytes).
uint16_t ndp_message_write(
	const struct host *host,
	struct ipv6_header *ip,
	uint8_t type,
	uint32_t flags,
	bool with_link
);

// Writes the Ethernet header, the IPv6 addresses and the target of a frame to a multicast group;
// ndp_message_write completes it. Returns the IPv6 header.
struct ipv6_header *ndp_message_write_headers(
	const struct host *host,
	uint8_t *bytes,
	const uint8_t source[16],
	const uint8_t group[16],
	const uint8_t target[16]
);

// The Ethernet multicast address of an IPv6 group (RFC 2464 7).
struct rte_ether_addr ndp_group_mac(const uint8_t group[16]);
