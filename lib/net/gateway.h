// SPDX-License-Identifier: BSD-3-Clause
// What an io lcore hears of a gateway: answers to a question of ours, or mere claims.
//
// What follows from it is decided elsewhere, by the control thread.

#pragma once

#include "../stats/verdict.h"
#include "host.h"

enum gateway_word {
	GATEWAY_CLAIM, // said unasked
	GATEWAY_ANSWER, // an answer that must not replace a known MAC address
	GATEWAY_OVERRIDE, // an answer that may
};

// Notes that `mac` speaks for the gateway of `family`. Only while a question is open does an answer
// count as one (RFC 4861 7.2.5; ARP by the same rule); else, and where it must not replace what is
// known, it is a claim. A claim of what is known already says nothing. `tsc`: now.
void gateway_note(
	const struct host *host,
	enum family family,
	struct host_notes *notes,
	enum gateway_word word,
	const struct rte_ether_addr *mac,
	uint64_t tsc
);
