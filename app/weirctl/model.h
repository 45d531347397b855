// SPDX-License-Identifier: BSD-3-Clause
// All that the live view draws: the latest snapshot, its rates, and those of the last minute.

#pragma once

#include "rates.h"

enum { HISTORY_ROUNDS = 60 };

struct model {
	struct snapshot snapshot;
	struct rates rates;
	// Packets of a kind each second, IPv4 and IPv6 together; the latest is the last.
	double history[VERDICT_KIND_COUNT][HISTORY_ROUNDS];
	unsigned rounds; // of these, so many from the end on are known
};

// Takes the snapshot over. Where another Weir answers than before, history begins anew.
void model_take(struct model *model, struct snapshot *snapshot);

// `model` becomes what `from` is; both are freed for themselves.
void model_copy(struct model *model, const struct model *from);

void model_free(struct model *model); // a zeroed one, too
