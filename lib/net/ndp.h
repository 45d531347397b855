// SPDX-License-Identifier: BSD-3-Clause
// Neighbour discovery (RFC 4861) for a host that keeps no neighbour cache, and the packets of
// duplicate address detection (RFC 4862 5.4).

#pragma once

#include "../guard/shares.h"
#include "frame.h"
#include "host.h"

enum { NDP_FRAME_MAX = 18 + 40 + 32 };

enum {
	NDP_ROUTER_SOLICITATION = 133,
	NDP_ROUTER_ADVERTISEMENT = 134,
	NDP_NEIGHBOUR_SOLICITATION = 135,
	NDP_NEIGHBOUR_ADVERTISEMENT = 136,
	NDP_REDIRECT = 137,
};

// Handles a FRAME_ICMP6 frame whose type is one of the five above and whose ICMPv6 checksum has
// been verified. Checks it as RFC 4861 7.1 demands (hop limit 255, code 0, lengths, target,
// options, unspecified source). A solicitation for a usable address of ours becomes an
// advertisement in place: solicited and override flags, our MAC address as option. It goes to the
// sender, or to all nodes if the source is ::. frame->len becomes the length to send.
//
// `limit` bounds the advertisements, with a share for each MAC address and for each of its IPv6
// addresses. tsc is now.
//
// This reply (86 bytes) may be longer than the solicitation (78 bytes without options): hop limit 255
// proves that the sender is on-link.
enum verdict ndp_receive(
	const struct host *host,
	struct frame *frame,
	struct host_notes *notes,
	struct shares *limit,
	uint64_t tsc
);

// Writers of our own frames, into `bytes` (NDP_FRAME_MAX). They return the length (bytes).
// Probe: asks whether another host uses our address i (RFC 4862 5.4.2: from ::, to the solicited nodes).
uint16_t ndp_write_probe(const struct host *host, uint8_t *bytes, unsigned i);
// Unsolicited advertisement of address i to all nodes (RFC 4861 7.2.6).
uint16_t ndp_write_advertisement(const struct host *host, uint8_t *bytes, unsigned i);
// Solicitation of the gateway, sent from our address i.
uint16_t ndp_write_gateway_request(const struct host *host, uint8_t *bytes, unsigned i);
