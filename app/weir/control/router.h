// SPDX-License-Identifier: BSD-3-Clause
// The MAC address of one gateway: when it is asked for, and which answer is believed.
//
// Pure: it sends nothing and reads no clock. Control thread.

#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	ROUTER_ASK_MS = 500, // between the first questions without an answer
	ROUTER_ASK_FIRST = 4, // questions at that pace
	ROUTER_ASK_LATER_MS = 1000, // between all later ones (RFC 1122 2.3.2.1)
	ROUTER_KEEP_MS = 10000, // between questions to a gateway that answers
	ROUTER_DOUBT_MS = 1000, // the same after a claim: two routers may be changing places
	ROUTER_DOUBTS = 3, // questions at that pace
	ROUTER_GRACE_MS = 200, // the known MAC address may answer first
	ROUTER_LOST_MS = 5000, // without an answer: nothing is known any more
};

struct router {
	uint64_t mac; // as mac_word() packs it; 0: not known
	uint64_t candidate; // has answered the open question; 0: none
	bool asked; // a question is open
	unsigned questions; // sent without an answer
	unsigned doubts; // questions still to be asked soon
	uint64_t first_asked_ms; // of those questions
	uint64_t asked_ms; // the last question of all
	uint64_t due_ms; // the next one
};

// What was heard since the last step.
struct router_heard {
	bool confirmed; // the known MAC address has answered
	bool claimed; // another one says unasked that it is the gateway
	uint64_t answer; // another one has answered, as mac_word(); 0: none
};

// The link came: what is known may not hold any more, and is asked for at once.
void router_start(struct router *router, uint64_t now_ms);

// The next step; true where a question is to be sent now. The first answer is believed where nothing
// is known. Where another MAC address than the known one answers, it is believed if the known one
// does not: who answers keeps the traffic, whatever others claim.
bool router_step(struct router *router, const struct router_heard *heard, uint64_t now_ms);
