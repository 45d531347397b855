// SPDX-License-Identifier: BSD-3-Clause
// All that the live view draws: the latest snapshot, its rates, those of the last minute, and what
// is wrong since when.

#pragma once

#include "problems.h"
#include "rates.h"

enum { HISTORY_ROUNDS = 60 };

struct model {
	struct snapshot snapshot; // the last that was answered: its numbers stay
	struct rates rates;
	// Packets of a kind each second, IPv4 and IPv6 together; the latest is the last.
	double history[VERDICT_KIND_COUNT][HISTORY_ROUNDS];
	unsigned rounds; // of these, so many from the end on are known
	struct problems problems;
	bool polled; // there was a snapshot, answered or not
	bool offline; // the latest was not answered
	char why[256]; // gone: a sentence without a full stop
};

// Takes the snapshot over. Where another Weir answers than before, or one that was gone, history
// begins anew.
void model_update(struct model *model, struct snapshot *snapshot);

// `model` becomes what `from` is; both are freed for themselves.
void model_copy(struct model *model, const struct model *from);

void model_free(struct model *model); // a zeroed one, too
