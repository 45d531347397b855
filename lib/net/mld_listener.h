// SPDX-License-Identifier: BSD-3-Clause
// When a host reports its multicast groups: the listener's part of RFC 3810 6 and 8.2, as a state machine
// that takes the time as an argument. It handles groups as bits (mld_groups); mld.h writes the frames.
//
// The groups of a host do not change while it runs. So state changes are reported when the link comes up,
// and the current state in response to queries.
//
// One `struct mld_listener` per port, owned by one thread. Times are milliseconds of a clock that
// never jumps.

#pragma once

#include "../base/rng.h"
#include "mld.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	MLD_ROBUSTNESS = 2, // RFC 3810 9.1, until a querier sends another value
	MLD_QUERY_INTERVAL_S = 125, // RFC 3810 9.2, likewise
	MLD_UNSOLICITED_GAP_MS = 1000, // RFC 3810 9.11: Unsolicited Report Interval
	// Delays are chosen shorter than allowed by this: an owner that runs ten times a second sees a
	// query up to a tenth of a second late, and sends a report up to a tenth after it is due.
	MLD_SLACK_MS = 200,
};

struct mld_listener {
	struct rng rng;
	uint32_t groups;
	bool up; // there is a link
	uint8_t robustness;
	uint32_t query_interval_s;
	uint64_t v1_until_ms; // MLDv1 is used until then; 0: MLDv2 is used
	unsigned changes; // state-change reports still to be sent
	uint64_t change_due_ms;
	uint64_t general_due_ms; // the response to a general query; 0: none
	uint64_t group_due_ms[HOST_ADDRESSES_MAX]; // responses for one group; 0: none
};

// A report to send.
struct mld_report {
	bool v1; // one report for each group by mld_write_report_v1, else one by mld_write_report
	enum mld_record record;
	uint32_t groups;
};

// `seed`: of the random delays.
void mld_listener_init(struct mld_listener *listener, uint32_t groups, uint64_t seed);

// The link went up: all groups are reported as state changes, by MLDv2. It went down: nothing is sent.
void mld_listener_set_link(struct mld_listener *listener, bool up, uint64_t now_ms);

// Reports all groups as state changes again, because routers have ignored reports with source address ::
// (RFC 3810 5.2.13).
void mld_listener_announce(struct mld_listener *listener, uint64_t now_ms);

// Handles a query for group `group`, or for MLD_ALL_GROUPS.
void mld_listener_query(
	struct mld_listener *listener,
	int group,
	const struct mld_query *query,
	uint64_t now_ms
);

// Gets the next report that is due; false if there is none. To be called until it returns false.
bool mld_listener_next(struct mld_listener *listener, uint64_t now_ms, struct mld_report *report);
