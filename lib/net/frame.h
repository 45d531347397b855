// SPDX-License-Identifier: BSD-3-Clause
// A frame: Ethernet bytes in one buffer, and where its headers lie.
//
// frame_parse checks a received frame from the outside in and says what it is;
// frame_reply_udp turns a request around in place. Both are pure: bytes in, bytes out.

#pragma once

#include "../stats/verdict.h"
#include "host.h"
#include "ipv6.h"
#include "ipv6_extensions.h"

#include <rte_ether.h>
#include <rte_icmp.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include <stdbool.h>
#include <stdint.h>

enum frame_kind {
	FRAME_NONE, // a verdict has been reached
	FRAME_UDP, // a datagram for the tracker
	FRAME_CLOSED, // a datagram for a port where nobody listens
	FRAME_ARP,
	FRAME_ICMP,
	FRAME_ICMP6,
};

// What the card already knows about checksums; neither bit of a pair: look yourself.
enum frame_rx_checksum {
	FRAME_RX_IP_GOOD = 1 << 0,
	FRAME_RX_IP_BAD = 1 << 1,
	FRAME_RX_UDP_GOOD = 1 << 2,
	FRAME_RX_UDP_BAD = 1 << 3,
};

struct frame {
	// The Ethernet header. Moves forward where parsing cut out what was between headers: a
	// priority tag, extension headers.
	uint8_t *bytes;
	uint16_t len; // bytes from there to the end, Ethernet padding included
	uint16_t l4_len; // bytes of the L4 header and its payload; padding is not counted
	uint8_t l2_len; // of host: 14 or 18
	uint8_t l3_len; // bytes
	uint8_t family; // enum family
	uint8_t kind; // enum frame_kind
	uint8_t rx_checksum; // in: bits of enum frame_rx_checksum
	bool router_alert; // of FRAME_ICMP6 alone: it came with a Router Alert for MLD (RFC 2711)
};

// Checks `frame` (in: bytes, len, rx_checksum) and fills in the rest.
//
// VERDICT_NONE: `kind` says whose it is, all lengths have been checked against `len`, and the
// checksums of IPv4 and UDP have been verified. ICMP, ICMPv6 and ARP bodies have not: their
// files do that. A frame for a host without a tag has none left, and a FRAME_UDP or FRAME_ICMP6
// frame has no extension headers left: they were cut out by moving the headers before them forward,
// so that `bytes` may have grown and `len` shrunk.
// Any other verdict: drop; `family` says where to count it.
enum verdict frame_parse(const struct host *host, struct frame *frame);

static inline void *
frame_l3(const struct frame *frame)
{
	return frame->bytes + frame->l2_len;
}

static inline void *
frame_l4(const struct frame *frame)
{
	return frame->bytes + frame->l2_len + frame->l3_len;
}

// Offset of the UDP payload of a FRAME_UDP frame, which the family alone decides (bytes).
static inline unsigned
frame_udp_payload_at(const struct host *host, enum family family)
{
	unsigned l3_len =
		family == FAMILY_IPV4 ? sizeof(struct rte_ipv4_hdr) : sizeof(struct ipv6_header);

	return host->l2_len + l3_len + (unsigned)sizeof(struct rte_udp_hdr);
}

// Turns a FRAME_UDP request around in place: stations, addresses and ports swapped, lengths and
// checksums written (or left to the card as `host` says). The payload, `payload_len` bytes, is
// already behind the UDP header. Returns the length of the frame (bytes).
uint16_t
frame_reply_udp(const struct host *host, uint8_t *bytes, enum family family, uint16_t payload_len);

// The Ethernet part alone: a reply goes back to the station that sent `bytes`.
void frame_reflect_ether(const struct host *host, uint8_t *bytes);

// Writes an Ethernet header, with the host's tag where it has one. Returns its length (bytes).
uint8_t frame_write_ether(
	const struct host *host,
	uint8_t *bytes,
	const struct rte_ether_addr *to,
	uint16_t type
);
