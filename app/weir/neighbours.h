// SPDX-License-Identifier: BSD-3-Clause
// What a host does unasked on its link: make sure that its addresses are free (RFC 5227,
// RFC 4862 5.4), tell everybody that they are here, keep the gateway's station known.
//
// One `struct neighbours` per port, owned by the control thread. It decides what to send and
// when; somebody else carries the frames.

#pragma once

#include "../../lib/net/host.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	NEIGHBOURS_PROBE_WAIT_S = 1, // RFC 4862 5.1: RetransTimer
	NEIGHBOURS_ANNOUNCEMENTS = 2, // RFC 5227 1.1: ANNOUNCE_NUM
	NEIGHBOURS_ANNOUNCE_GAP_S = 2, // RFC 5227 1.1: ANNOUNCE_INTERVAL
	NEIGHBOURS_DEFEND_GAP_S = 10, // RFC 5227 1.1: DEFEND_INTERVAL
	NEIGHBOURS_GATEWAY_ASK_S = 1, // RFC 1122 2.3.2.1: at most one a second
	NEIGHBOURS_GATEWAY_KEEP_S = 60,
	NEIGHBOURS_FRAME_MAX = 128, // bytes of the longest frame
};

// What becomes of one address.
enum address_state {
	ADDRESS_DOWN, // no link
	ADDRESS_PROBING, // asked whether somebody has it
	ADDRESS_USED,
	ADDRESS_DUPLICATE, // somebody has it: not used until the link comes again
};

struct address {
	enum address_state state;
	unsigned announcements; // still to send
	uint32_t due_s; // when the next step is due
	uint32_t defended_s; // when it was last defended; 0: never
	uint32_t conflicts; // of host_notes, already acted upon
};

struct neighbours {
	struct host *host;
	bool dad;
	bool link_up;
	struct address ipv4[HOST_ADDRESSES_MAX];
	struct address ipv6[HOST_ADDRESSES_MAX];
	uint32_t gateway_ipv4_due_s;
	uint32_t gateway_ipv6_due_s;
};

// Carries a frame of `len` bytes; `context` is the caller's.
typedef void (*neighbours_send_t)(void *context, const uint8_t *bytes, uint16_t len);

void neighbours_init(struct neighbours *neighbours, struct host *host, bool dad);

// The link came or went. Addresses start over.
void neighbours_link(struct neighbours *neighbours, bool up, uint32_t now_s);

// Does what is due; nothing over IPv6 while the host has none. `notes`: what the io lcores overheard, folded together by the caller: sums of
// conflicts, and the gateway's station if anybody heard it.
void neighbours_tick(
	struct neighbours *neighbours,
	const struct host_notes *notes,
	uint32_t now_s,
	neighbours_send_t send,
	void *context
);
