// SPDX-License-Identifier: BSD-3-Clause
// One address of our own and whether it may be used: RFC 5227 for IPv4, RFC 4862 5.4 for IPv6, by
// the same rules.
//
// Pure: it sends nothing and reads no clock. The caller says what was heard and what time it is, and
// does what a step says. Control thread.

#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	ADDRESS_PROBE_WAIT_MS = 1000, // RFC 4862 5.1: RetransTimer
	ADDRESS_RETRY_MS = 60000, // RFC 5227 1.1: RATE_LIMIT_INTERVAL
	ADDRESS_ANNOUNCEMENTS = 2, // RFC 5227 1.1: ANNOUNCE_NUM
	ADDRESS_ANNOUNCE_GAP_MS = 2000, // RFC 5227 1.1: ANNOUNCE_INTERVAL
	ADDRESS_DEFEND_GAP_MS = 10000, // RFC 5227 1.1: DEFEND_INTERVAL
	ADDRESS_CONTESTED_MS = 60000, // for how long a claim is told
};

enum address_state {
	ADDRESS_DOWN, // no link, or not asked for yet
	ADDRESS_TENTATIVE, // asked whether another host has it
	ADDRESS_FREE, // no other host has it, as far as anybody asked
	ADDRESS_ASSIGNED, // used
	ADDRESS_DUPLICATE, // another host has it: asked for again when due
};

struct address {
	enum address_state state;
	bool conflicted; // the last question that came to a result was lost to another host
	bool contested; // used, and claimed by another host a while ago
	unsigned announcements; // still to send
	uint64_t due_ms; // when the next step is due
	uint64_t defended_ms; // when it was last defended; 0: never
	uint64_t claimed_ms; // when it was last claimed while used
};

// What is to be done now.
enum address_step {
	ADDRESS_WAIT,
	ADDRESS_PROBE, // ask for it
	ADDRESS_USE, // use it from now on, and announce it
	ADDRESS_ANNOUNCE,
	ADDRESS_DEFEND, // another host claims what we use: announce it
	ADDRESS_GIVE_UP, // another host has it: not used
};

// Starts over, on a link that has come. `detect`: it is asked for before it is used.
void address_start(struct address *address, bool detect, uint64_t now_ms);

// The link went.
void address_stop(struct address *address);

// The step that is due. `claimed`: another host has claimed the address since the last step.
// `delay_ms`: added to ADDRESS_RETRY_MS if the address is lost now; at random, so that two hosts that
// asked at once, and both gave way, do not ask at once again.
enum address_step
address_step(struct address *address, bool claimed, uint32_t delay_ms, uint64_t now_ms);

// Whether another host has the address, or disputes it.
bool address_is_in_conflict(const struct address *address);

// Whether the question has had a result: the address is used, or another host has it.
bool address_is_decided(const struct address *address);
