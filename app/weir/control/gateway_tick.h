// SPDX-License-Identifier: BSD-3-Clause
// Keeps the MAC address of a port's gateway known. Control thread.

#pragma once

#include "router.h"
#include "tick.h"

// Sends a query if one is due, and writes host.gateway_*_mac and host.gateway_*_pending, which io lcores
// read, before the query goes out. `from`: index of the address to query from, or HOST_NO_ADDRESS:
// nothing is done. `notes`: what io lcores heard of the gateway; `before`: the same at the last tick,
// brought up to date.
void gateway_tick(
	const struct tick *tick,
	struct router *router,
	int from,
	const struct gateway_notes *notes,
	struct gateway_notes *before
);
