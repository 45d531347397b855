// SPDX-License-Identifier: BSD-3-Clause
// The multicast groups that a port is in, made known to routers and to switches that snoop
// (RFC 3810): without that, a switch keeps neighbour solicitations from the port.
//
// One `struct memberships` per port, owned by the control thread. It decides what to send and when;
// somebody else carries the frames.

#pragma once

#include "../../../lib/net/host.h"
#include "../../../lib/net/mld_listener.h"

#include <stdbool.h>
#include <stdint.h>

struct memberships {
	const struct host *host;
	struct mld_listener listener;
	bool link_up;
	bool reporting; // there is a link, and it carries IPv6
	bool has_source; // reports go out from an address of ours
	uint64_t general_query; // the words of host_notes, already acted upon
	uint64_t group_queries[HOST_ADDRESSES_MAX];
};

// Carries a frame of `len` bytes; `context` is the caller's.
typedef void (*memberships_send_t)(void *context, const uint8_t *bytes, uint16_t len);

// `host` has all its addresses. `seed` decides the random delays.
void memberships_init(struct memberships *memberships, const struct host *host, uint64_t seed);

// The link came or went; addresses start over.
void memberships_link(struct memberships *memberships, bool up);

// Does what is due, nothing while the host has no IPv6. `notes`: what the io lcores overheard, folded
// together by the caller. Time is clock_ms()'s.
void memberships_tick(
	struct memberships *memberships,
	const struct host_notes *notes,
	uint64_t now_ms,
	memberships_send_t send,
	void *context
);
