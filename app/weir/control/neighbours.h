// SPDX-License-Identifier: BSD-3-Clause
// What a host does unasked on its link: make sure that its addresses are free (RFC 5227,
// RFC 4862 5.4), tell everybody that they are here, keep the gateway's station known.
//
// One `struct neighbours` per port, owned by the control thread. It decides what to send and
// when; somebody else carries the frames.

#pragma once

#include "../../../lib/base/rng.h"
#include "../../../lib/net/host.h"
#include "address.h"
#include "router.h"
#include "tick.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	NEIGHBOURS_RETRY_SPREAD_MS = 5000, // of the next question for an address that was lost
};

struct neighbours {
	struct host *host;
	struct rng rng;
	bool dad;
	bool link_up;
	struct address ipv4[HOST_ADDRESSES_MAX];
	struct address ipv6[HOST_ADDRESSES_MAX];
	struct host_notes heard; // acted upon
	struct router gateway_ipv4;
	struct router gateway_ipv6;
};

void neighbours_init(struct neighbours *neighbours, struct host *host, bool dad);

// The link came or went. Addresses start over.
void neighbours_link(struct neighbours *neighbours, bool up, uint64_t now_ms);

// Whether it is known of each address that it may be used, or that another host has it; of IPv6
// addresses only while the host has IPv6.
bool neighbours_are_decided(const struct neighbours *neighbours);

// Does what is due; nothing over IPv6 while the host has none. `notes`: what the io lcores overheard,
// folded together by the caller: sums of conflicts, and what gateways answer and claim.
void neighbours_tick(
	struct neighbours *neighbours,
	const struct host_notes *notes,
	uint64_t now_ms,
	tick_carry send,
	void *context
);
