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
// advertisement in place: solicited and override flags, our station as option; to the asker, or
// to all nodes where the asker has no address yet. frame->len becomes the length to send.
//
// `limit` bounds the answers, with a share for each station and for each address of it; tsc is now.
//
// That one answer (86 bytes to a solicitation that may have 78) may be longer than its question:
// hop limit 255 proves that the asker is on the link.
enum verdict ndp_receive(
	const struct host *host,
	struct frame *frame,
	struct host_notes *notes,
	struct shares *limit,
	uint64_t tsc
);

// Frames of our own, written into `bytes` (NDP_FRAME_MAX). They return the length (bytes).
// Probe: is anybody using our address i? (RFC 4862 5.4.2: from ::, to the solicited nodes.)
uint16_t ndp_write_probe(const struct host *host, uint8_t *bytes, unsigned i);
// Unsolicited advertisement of address i to all nodes (RFC 4861 7.2.6).
uint16_t ndp_write_advertisement(const struct host *host, uint8_t *bytes, unsigned i);
// Solicitation of the gateway, asked from our address i.
uint16_t ndp_write_gateway_request(const struct host *host, uint8_t *bytes, unsigned i);
