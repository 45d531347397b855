// SPDX-License-Identifier: BSD-3-Clause
// Everything that the live view draws: the latest snapshot, its rates, their history, and problems with
// their age.

#pragma once

#include "problems.h"
#include "rates.h"

enum { HISTORY_ROUNDS = 60 };

struct model {
	struct snapshot snapshot; // the last with replies
	struct rates rates;
	// Packets per second by kind, IPv4 and IPv6 together, oldest first.
	double history[VERDICT_KIND_COUNT][HISTORY_ROUNDS];
	unsigned rounds; // number of known values, at the end of each row
	struct problems problems;
	bool polled; // there was a snapshot, with or without replies
	bool offline; // the latest snapshot has no replies
	char why[256]; // offline: a sentence without a full stop
};

// Takes ownership of the snapshot. The history restarts where Weir has restarted, or was offline.
void model_update(struct model *model, struct snapshot *snapshot);

// Makes `model` a copy of `from`; both are freed by themselves.
void model_copy(struct model *model, const struct model *from);

void model_free(struct model *model); // an all-zero one, too
