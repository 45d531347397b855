// SPDX-License-Identifier: BSD-3-Clause
// What a port does in a tick to know the MAC address of its gateway. Control thread.

#pragma once

#include "router.h"
#include "tick.h"

// Sends a query if one is due, and writes host.gateway_*_mac and host.gateway_*_pending, which io lcores
// read, before the query goes out. `from`: index of the address to ask from, or HOST_NO_ADDRESS:
// nothing is done. `notes`: what io lcores heard of the gateway; `before`: the same at the last tick,
// brought up to date.
void gateway_tick(
	const struct tick *tick,
	struct router *router,
	int from,
	const struct gateway_notes *notes,
	struct gateway_notes *before
);
