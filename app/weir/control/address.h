// SPDX-License-Identifier: BSD-3-Clause
// One address of our own and whether it may be used: RFC 5227 for IPv4, RFC 4862 5.4 for IPv6, by
// the same rules.
//
// Pure: it sends nothing and reads no clock. The caller passes what was heard and the time, and does
// what the returned step says. Control thread.

#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	ADDRESS_PROBE_WAIT_MS = 1000, // RFC 4862 5.1: RetransTimer
	ADDRESS_RETRY_MS = 60000, // RFC 5227 1.1: RATE_LIMIT_INTERVAL
	ADDRESS_ANNOUNCEMENTS = 2, // RFC 5227 1.1: ANNOUNCE_NUM
	ADDRESS_ANNOUNCE_GAP_MS = 2000, // RFC 5227 1.1: ANNOUNCE_INTERVAL
	ADDRESS_DEFEND_GAP_MS = 10000, // RFC 5227 1.1: DEFEND_INTERVAL
	ADDRESS_CONTESTED_MS = 60000, // how long a claim counts as a conflict
};

enum address_state {
	ADDRESS_DOWN, // no link, or not probed yet
	ADDRESS_TENTATIVE, // being probed
	ADDRESS_FREE, // assigned by the next step, without a probe
	ADDRESS_ASSIGNED, // in use
	ADDRESS_DUPLICATE, // another host has it; probed again when due
};

struct address {
	enum address_state state;
	bool conflicted; // the last probe with a result found another host
	bool left; // released by the operator: neither probed nor used, until address_take
	bool contested; // in use, and claimed by another host within ADDRESS_CONTESTED_MS
	unsigned announcements; // still to send
	uint64_t due_ms; // when the next step is due
	uint64_t defended_ms; // when it was last defended; 0: never
	uint64_t claimed_ms; // when it was last claimed while in use
};

// What the caller has to do now.
enum address_step {
	ADDRESS_WAIT,
	ADDRESS_PROBE, // send a probe
	ADDRESS_USE, // use it from now on, and announce it
	ADDRESS_ANNOUNCE,
	ADDRESS_DEFEND, // another host claims an address in use: announce it
	ADDRESS_GIVE_UP, // duplicate: do not use it
};

// Starts over when the link comes up. `detect`: the address is probed before it is used.
void address_start(struct address *address, bool detect, uint64_t now_ms);

// Gives the address up, so that another host can use it: a fail-over that somebody else decides, as VRRP.
void address_leave(struct address *address);

// Takes it, by the same decision: without a probe, because the host that had it may still answer, and it is
// announced (RFC 5798 6.4.2), also where it is in use already. Without a link, address_start follows.
void address_take(struct address *address, bool link_up, uint64_t now_ms);

// The link went down.
void address_stop(struct address *address);

// The step that is due. `claimed`: another host has claimed the address since the last step.
// `delay_ms`: random, added to ADDRESS_RETRY_MS if the address turns out to be a duplicate, so that
// two hosts that probed at once, and both gave way, do not probe at once again.
enum address_step
address_step(struct address *address, bool claimed, uint32_t delay_ms, uint64_t now_ms);

// Whether another host has the address, or claims it.
bool address_is_in_conflict(const struct address *address);

// Whether detection has had a result: the address is in use, a duplicate, or left.
bool address_is_decided(const struct address *address);
