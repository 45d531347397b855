// SPDX-License-Identifier: BSD-3-Clause
// When a host reports its multicast groups: the listener's part of RFC 3810 6 and 8.2, as a state
// machine that is told the time. It knows groups as bits (mld_groups); mld.h writes the frames.
//
// The groups of a host do not change while it runs. So its state changes when the link comes up, and
// its current state is asked for by queries.
//
// One `struct mld_listener` per port, owned by one thread. Times are milliseconds of a clock that
// never jumps.

#pragma once

#include "../base/rng.h"
#include "mld.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	MLD_ROBUSTNESS = 2, // RFC 3810 9.1, until a querier says something else
	MLD_QUERY_INTERVAL_S = 125, // RFC 3810 9.2, likewise
	MLD_UNSOLICITED_GAP_MS = 1000, // RFC 3810 9.11: Unsolicited Report Interval
	// Delays are chosen so much shorter than asked for: an owner that looks ten times a second
	// hears of a query a tenth late, and acts a tenth after its time.
	MLD_SLACK_MS = 200,
};

struct mld_listener {
	struct rng rng;
	uint32_t groups;
	bool up; // there is a link
	uint8_t robustness;
	uint32_t query_interval_s;
	uint64_t v1_until_ms; // MLDv1 is spoken until then; 0: MLDv2 is
	unsigned changes; // reports of the changed state that are still to be sent
	uint64_t change_due_ms;
	uint64_t general_due_ms; // an answer to a general query; 0: none is due
	uint64_t group_due_ms[HOST_ADDRESSES_MAX]; // answers for one group; 0: none is due
};

// What to send.
struct mld_report {
	bool v1; // a report for each group, by mld_write_report_v1; else one, by mld_write_report
	enum mld_record record;
	uint32_t groups;
};

// `seed` decides the random delays.
void mld_listener_init(struct mld_listener *listener, uint32_t groups, uint64_t seed);

// The link came: everything is reported as new, MLDv2 is spoken. Or it went: nothing is said.
void mld_listener_link(struct mld_listener *listener, bool up, uint64_t now_ms);

// All groups are to be reported as new once more: what was sent without a source address of ours
// has been ignored by routers (RFC 3810 5.2.13).
void mld_listener_announce(struct mld_listener *listener, uint64_t now_ms);

// A query for group `group`, or for MLD_ALL_GROUPS.
void mld_listener_hear(
	struct mld_listener *listener,
	int group,
	const struct mld_query *query,
	uint64_t now_ms
);

// The next report that is due; false where none is. Called until it is false.
bool mld_listener_next(struct mld_listener *listener, uint64_t now_ms, struct mld_report *report);
