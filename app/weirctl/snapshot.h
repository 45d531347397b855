// SPDX-License-Identifier: BSD-3-Clause
// What a Weir said about itself at one moment: what the live view is made of.

#pragma once

#include "telemetry_client.h"

enum snapshot_reply {
	SNAPSHOT_INFO,
	SNAPSHOT_HEALTH,
	SNAPSHOT_LINK, // verdicts of this family
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
	json_t *replies[SNAPSHOT_COUNT]; // with lists; NULL: there was none
	double due_s[SNAPSHOT_COUNT]; // when to ask what is much work again
	double at_s; // monotonic
	long pid; // of the Weir that answered
	bool answered; // without it there are no replies
	char why[256]; // not answered: a sentence without a full stop
};

// Asks everything but what is much work for Weir: that is taken over from `before`, which stays
// whole.
void snapshot_take(
	struct snapshot *snapshot,
	const struct snapshot *before,
	struct telemetry_client *client,
	double now_s
);

// Asks what is much work for Weir, and due: for snapshots to come. May take seconds.
void snapshot_refresh_slow(
	struct snapshot *snapshot,
	struct telemetry_client *client,
	double (*now_s)(void)
);

void snapshot_free(struct snapshot *snapshot); // its replies; a zeroed one has none

// A copy of its own.
struct snapshot snapshot_copy(const struct snapshot *snapshot);
