// SPDX-License-Identifier: BSD-3-Clause
// A snapshot: the replies of a Weir at one moment, which the live view shows.

#pragma once

#include "telemetry_client.h"

enum snapshot_reply {
	SNAPSHOT_INFO,
	SNAPSHOT_HEALTH,
	SNAPSHOT_LINK, // verdicts by address family
	SNAPSHOT_IPV4,
	SNAPSHOT_IPV6,
	SNAPSHOT_STATS,
	SNAPSHOT_LCORES,
	SNAPSHOT_LATENCY,
	SNAPSHOT_SHARDS,
	SNAPSHOT_MEMORY,
	SNAPSHOT_PORTS,
	SNAPSHOT_LARGEST,
	SNAPSHOT_COUNT,
};

struct snapshot {
	json_t *replies[SNAPSHOT_COUNT]; // with lists; NULL: none
	double due_s[SNAPSHOT_COUNT]; // when to fetch a slow reply again
	double at_s; // monotonic
	long pid; // of the Weir that replied
	bool answered; // false: there are no replies
	char why[256]; // not answered: a sentence without a full stop
};

// Fetches all replies but the slow ones, which are shared with `before`. Both are freed by themselves.
void snapshot_take(
	struct snapshot *snapshot,
	const struct snapshot *before,
	struct telemetry_client *client,
	double now_s
);

// Fetches the slow replies that are due, for later snapshots. May take seconds.
void snapshot_refresh_slow(
	struct snapshot *snapshot,
	struct telemetry_client *client,
	double (*now_s)(void)
);

void snapshot_free(struct snapshot *snapshot); // an all-zero one, too

// A copy that is freed by itself.
struct snapshot snapshot_copy(const struct snapshot *snapshot);
