// SPDX-License-Identifier: BSD-3-Clause
// What became of packets, as Weir told for each family. Belongs to the thread that asks.

#pragma once

#include "../../lib/stats/verdict.h"
#include "reply_cache.h"

#include <jansson.h>
#include <stdbool.h>

struct verdicts {
	json_t *families[FAMILY_COUNT]; // name -> packets; NULL: Weir did not say
};

// What Weir says of each family. False where it does not say all: `error` is that of one.
bool
verdicts_get(struct verdicts *verdicts, struct reply_cache *cache, struct telemetry_error *error);
void verdicts_free(struct verdicts *verdicts);

// Packets of one family; 0 where this Weir does not know that verdict.
uint64_t verdicts_count(const struct verdicts *verdicts, enum family family, enum verdict verdict);
