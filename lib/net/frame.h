// SPDX-License-Identifier: BSD-3-Clause
// A frame: the Ethernet bytes in one buffer, and the offsets of its headers.
//
// frame_parse checks a received frame from the Ethernet header inwards and classifies it;
// frame_reply_udp turns a request into its reply in place. Both are pure: bytes in, bytes out.

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
	FRAME_CLOSED, // a datagram for a closed UDP port
	FRAME_ARP,
	FRAME_ICMP,
	FRAME_ICMP6,
};

// Checksum results of the NIC. If neither bit of a pair is set, the checksum has to be verified.
enum frame_rx_checksum {
	FRAME_RX_IP_GOOD = 1 << 0,
	FRAME_RX_IP_BAD = 1 << 1,
	FRAME_RX_UDP_GOOD = 1 << 2,
	FRAME_RX_UDP_BAD = 1 << 3,
};

struct frame {
	// The Ethernet header. Parsing moves it forward when it removes a priority tag or extension
	// headers.
	uint8_t *bytes;
	uint16_t len; // bytes from there to the end, Ethernet padding included
	uint16_t l4_len; // bytes of the L4 header and its payload; padding is not counted
	uint8_t l2_len; // of host: 14 or 18
	uint8_t l3_len; // bytes
	uint8_t family; // enum family
	uint8_t kind; // enum frame_kind
	uint8_t rx_checksum; // in: bits of enum frame_rx_checksum
	bool router_alert; // only for FRAME_ICMP6: it had a Router Alert option for MLD (RFC 2711)
};

// Checks `frame` (in: bytes, len, rx_checksum) and fills in the rest.
//
// VERDICT_NONE: `kind` tells which protocol handles it, all lengths have been checked against `len`, and
// the checksums of IPv4 and UDP have been verified. The bodies of ICMP, ICMPv6 and ARP have not been
// checked: icmp.c, ndp.c, mld.c and arp.c do that. A priority tag, and the extension headers of a
// FRAME_UDP or FRAME_ICMP6 frame, have been removed by moving the headers before them forward, so
// `bytes` may have grown and `len` shrunk.
// Any other verdict: drop it and count it under `family`.
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

// The last step for a datagram whose checksum is right: from an open port, to the tracker's or a closed one.
static inline enum verdict
frame_accept_udp(const struct host *host, struct frame *frame, const struct rte_udp_hdr *udp)
{
	if (udp->src_port == 0)
		return VERDICT_udp_source_port;
	frame->kind = udp->dst_port == host->udp_port ? FRAME_UDP : FRAME_CLOSED;
	return VERDICT_NONE;
}

// Offset of the UDP payload of a FRAME_UDP frame (bytes); it depends on the family alone.
static inline unsigned
frame_udp_payload_at(const struct host *host, enum family family)
{
	unsigned l3_len =
		family == FAMILY_IPV4 ? sizeof(struct rte_ipv4_hdr) : sizeof(struct ipv6_header);

	return host->l2_len + l3_len + (unsigned)sizeof(struct rte_udp_hdr);
}

// Turns a FRAME_UDP request into its reply in place: swaps MAC addresses, IP addresses and UDP ports,
// writes lengths and checksums (or leaves these to the NIC as `host` says). The payload, `payload_len`
// bytes, is already there behind the UDP header. Returns the length of the frame (bytes).
uint16_t
frame_reply_udp(const struct host *host, uint8_t *bytes, enum family family, uint16_t payload_len);

// Writes the Ethernet addresses alone: a reply goes back to the MAC address that sent `bytes`.
void frame_reflect_ether(const struct host *host, uint8_t *bytes);

// Writes an Ethernet header, with the host's tag if it has one. Returns its length (bytes).
uint8_t frame_write_ether(
	const struct host *host,
	uint8_t *bytes,
	const struct rte_ether_addr *to,
	uint16_t type
);
