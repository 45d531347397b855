// SPDX-License-Identifier: BSD-3-Clause
// Reports the multicast groups of a port to routers and to switches that snoop (RFC 3810). Without
// reports such a switch does not forward neighbour solicitations to the port.
//
// One `struct memberships` per port, owned by the control thread. It decides what to send and when;
// the caller sends the frames.

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
	bool has_source; // reports are sent from a link-local address, not from ::
	uint64_t general_query; // words of host_notes that have been handled
	uint64_t group_queries[HOST_ADDRESSES_MAX];
};

// Sends a frame of `len` bytes; `context` is the caller's.
typedef void (*memberships_send_t)(void *context, const uint8_t *bytes, uint16_t len);

// `host` has all its addresses. `seed` decides the random delays.
void memberships_init(struct memberships *memberships, const struct host *host, uint64_t seed);

// The link came up or went down; addresses start over.
void memberships_link(struct memberships *memberships, bool up);

// Does what is due, nothing while the host has no IPv6. `notes`: what io lcores noted, summed by
// the caller. Time is clock_ms()'s.
void memberships_tick(
	struct memberships *memberships,
	const struct host_notes *notes,
	uint64_t now_ms,
	memberships_send_t send,
	void *context
);
