// SPDX-License-Identifier: BSD-3-Clause
// Counters of verdicts by address family, from Weir's replies. For the handler thread.

#pragma once

#include "../../lib/stats/verdict.h"
#include "reply_cache.h"

#include <jansson.h>
#include <stdbool.h>

struct verdicts {
	json_t *families[FAMILY_COUNT]; // name -> packets; NULL: no reply
};

// Fetches all families. False where one fails: `error` says why.
bool
verdicts_get(struct verdicts *verdicts, struct reply_cache *cache, struct telemetry_error *error);
void verdicts_free(struct verdicts *verdicts);

// Packets of one family; 0 where this Weir does not have the verdict.
uint64_t verdicts_count(const struct verdicts *verdicts, enum family family, enum verdict verdict);
