// SPDX-License-Identifier: BSD-3-Clause
// What a host does of its own accord on its link: probe its addresses (RFC 5227, RFC 4862 5.4),
// announce them, and keep the gateway's MAC address known.
//
// One `struct neighbours` per port, owned by the control thread. It decides what to send and
// when; the caller sends the frames.

#pragma once

#include "../../../lib/base/rng.h"
#include "../../../lib/net/host.h"
#include "address.h"
#include "router.h"
#include "tick.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	NEIGHBOURS_RETRY_SPREAD_MS = 5000, // random delay of the next probe for a duplicate address
};

struct neighbours {
	struct host *host;
	struct rng rng;
	bool dad;
	bool link_up;
	struct address ipv4[HOST_ADDRESSES_MAX];
	struct address ipv6[HOST_ADDRESSES_MAX];
	struct host_notes heard; // as of the last tick
	struct router gateway_ipv4;
	struct router gateway_ipv6;
};

void neighbours_init(struct neighbours *neighbours, struct host *host, bool dad);

// The link came up or went down. Addresses start over.
void neighbours_link(struct neighbours *neighbours, bool up, uint64_t now_ms);

// Whether each address is in use or a duplicate. IPv6 addresses count only while the host has IPv6.
bool neighbours_are_decided(const struct neighbours *neighbours);

// Address `i` of a family is released, or taken, by the operator's decision (address.h). False: it was before.
bool neighbours_leave(struct neighbours *neighbours, enum family family, unsigned i);
bool neighbours_take(struct neighbours *neighbours, enum family family, unsigned i);

// Does what is due; nothing over IPv6 while the host has none. `notes`: what io lcores noted, summed by
// the caller: conflicts, and replies and claims of gateways. Writes host->*_usable and the gateways'
// MAC addresses, which io lcores read.
void neighbours_tick(
	struct neighbours *neighbours,
	const struct host_notes *notes,
	uint64_t now_ms,
	tick_carry send,
	void *context
);
