// SPDX-License-Identifier: BSD-3-Clause
// ARP (RFC 826) for a host that keeps no neighbour table, with RFC 5227's probes and conflicts.

#pragma once

#include "../guard/shares.h"
#include "frame.h"
#include "host.h"

enum {
	ARP_LEN = 28, // bytes of an ARP packet for Ethernet and IPv4
	ARP_FRAME_MAX = 18 + ARP_LEN,
};

// Handles a FRAME_ARP frame. A request for a usable address of ours becomes the reply in place: it is
// sent to the requesting MAC address alone, and frame->len becomes the length to send (42, or 46 with a
// tag). Conflicts and the gateway's replies go to `notes`. `limit` bounds the replies, with a share for
// each MAC address and for each of its IP addresses. tsc is now.
enum verdict arp_receive(
	const struct host *host,
	struct frame *frame,
	struct host_notes *notes,
	struct shares *limit,
	uint64_t tsc
);

// Writers of our own frames, into `bytes` (ARP_FRAME_MAX). They return the length (bytes).
// Probe: asks whether another host uses our address i (RFC 5227 2.1.1: sender address all zero).
uint16_t arp_write_probe(const struct host *host, uint8_t *bytes, unsigned i);
// Announcement: tells that address i is ours (RFC 5227 2.3: a broadcast request for the address itself).
uint16_t arp_write_announcement(const struct host *host, uint8_t *bytes, unsigned i);
// Request for the gateway's MAC address, sent from our address i.
uint16_t arp_write_gateway_request(const struct host *host, uint8_t *bytes, unsigned i);
