// SPDX-License-Identifier: BSD-3-Clause
// The MAC address of one gateway: when to query it, and which reply to believe.
//
// Pure: it sends nothing and reads no clock. Control thread.

#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	ROUTER_QUERY_MS = 500, // between the first queries without a reply
	ROUTER_QUERY_FIRST = 4, // queries at that interval
	ROUTER_QUERY_LATER_MS = 1000, // between all later ones (RFC 1122 2.3.2.1)
	ROUTER_KEEP_MS = 10000, // between queries to a gateway that replies
	ROUTER_DOUBT_MS = 1000, // the same after a claim: two routers may be changing places
	ROUTER_DOUBTS = 3, // queries at that interval
	// If the known MAC address has not replied by then, another one is believed.
	ROUTER_GRACE_MS = 200,
	ROUTER_LOST_MS = 5000, // without a reply the MAC address is forgotten
};

struct router {
	uint64_t mac; // as mac_word() packs it; 0: not known
	uint64_t candidate; // has replied to the pending query; 0: none
	bool pending; // a query is pending
	unsigned queries; // queries sent without a reply
	unsigned doubts; // queries still to be sent at ROUTER_DOUBT_MS
	uint64_t first_query_ms; // the first of `queries`
	uint64_t query_ms; // the last query
	uint64_t due_ms; // the next one
};

// What was heard since the last step.
struct router_heard {
	bool confirmed; // the known MAC address has replied
	bool claimed; // an unsolicited claim by another one
	uint64_t reply; // another one that has replied, as mac_word(); 0: none
};

// The link came up: the known MAC address may be out of date, and is queried at once.
void router_start(struct router *router, uint64_t now_ms);

// The next step. True: the caller has to send a query now. Without a known MAC address the first reply
// is believed. A reply by another MAC address is believed only if the known one does not reply, so a
// gateway that replies keeps the traffic, whatever others claim.
bool router_step(struct router *router, const struct router_heard *heard, uint64_t now_ms);
