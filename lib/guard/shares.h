// SPDX-License-Identifier: BSD-3-Clause
// Shares of a limit: a token bucket for all, and what each source may take of it when it runs low.
//
// While the bucket is more than half full everybody is served. Below that a source gets at most a
// sixteenth of the rate, and its group (the sources that one host can pretend to be) a quarter. So
// who floods leaves half the bucket to the others, which have not used up their shares.
//
// Sources are not stored. A keyed hash gives each two of a fixed number of lines, and it takes from
// the fuller: who shares one line with a flooder still has the other. Nobody without the key can
// choose whom he shares lines with. Somebody who floods under the names of many groups at once can
// empty the bucket as if there were no shares: to tell him apart takes the network he is in (a
// switch that binds stations to ports, a router that drops foreign sources).
//
// One owner, no sharing between lcores; nothing is allocated.

#pragma once

#include "../base/siphash.h"
#include "limit.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	SHARES_LINES = 256, // a power of two
	SHARES_OF_SOURCE = 16, // a source gets this part of the rate
	SHARES_OF_GROUP = 4,
};

// Who asks, in any form that is the same each time.
struct shares_source {
	uint64_t group; // a station, or a network
	uint64_t member; // an address in it
};

// Buckets of one kind: when each would be full again, were nothing taken.
struct shares_table {
	uint64_t next_tsc[SHARES_LINES];
	uint64_t cost_tsc;
	uint64_t burst_tsc;
};

struct shares {
	uint32_t rate; // events a second, as it was set
	struct limit all;
	uint64_t upper_tsc; // the upper half of its burst
	struct siphash_key key;
	struct shares_table sources, groups;
};

// rate in events a second (0: never), burst in events (at least 1) and hz in cycles a second, as in
// limit_init. `key`: secret, one for each run.
void shares_init(
	struct shares *shares,
	uint32_t rate,
	uint32_t burst,
	uint64_t hz,
	const struct siphash_key *key
);

// Another rate, with the same key. All buckets are full again.
void shares_set_rate(struct shares *shares, uint32_t rate, uint32_t burst, uint64_t hz);

// Takes a token at time `tsc` from the upper half of the bucket, whoever asks; false when that is
// used up. Cheap: who the source is need not be known yet.
static inline bool
shares_take_upper(struct shares *shares, uint64_t tsc)
{
	return limit_take_of(&shares->all, shares->upper_tsc, tsc);
}

// Takes a token for `source`, from either half; false when there is none for it.
bool shares_take(struct shares *shares, const struct shares_source *source, uint64_t tsc);
