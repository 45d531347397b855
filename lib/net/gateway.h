// SPDX-License-Identifier: BSD-3-Clause
// Notes about a gateway's MAC address, taken by io lcores: replies to requests of ours, and claims that
// nobody requested. The control thread decides what follows from them.

#pragma once

#include "../stats/verdict.h"
#include "host.h"

// How a frame names the gateway's MAC address.
enum gateway_evidence {
	GATEWAY_UNSOLICITED, // a claim, not a reply
	GATEWAY_SOLICITED, // a reply that must not replace a known MAC address
	GATEWAY_OVERRIDE, // a reply that may
};

// Notes that `mac` claims to be the gateway of `family`. A reply counts as one only while a request is
// pending (RFC 4861 7.2.5; the same rule for ARP). Otherwise, or if it must not replace the known MAC
// address, it is a claim. A claim of the known MAC address is not noted. `tsc`: now.
void gateway_note(
	const struct host *host,
	enum family family,
	struct host_notes *notes,
	enum gateway_evidence evidence,
	const struct rte_ether_addr *mac,
	uint64_t tsc
);
