// SPDX-License-Identifier: BSD-3-Clause
// Shares of a rate limit: one token bucket for all sources, and a share for each source when it runs low.
//
// While the bucket is more than half full, all sources are served. Below that, a source gets up to a
// sixteenth of the rate, and its group (the sources that one host can pretend to be) up to a quarter. So a
// flooder leaves half of the bucket to the others, which have not used up their shares.
//
// Sources are not stored. A keyed hash gives each source two of a fixed number of lines, and it takes from
// the fuller one: a source that shares one line with a flooder still has the other. Without the key, lines
// cannot be chosen. A flooder that pretends to be many groups at once can empty the bucket as if there were
// no shares. Only its network can prevent that (a switch that binds MAC addresses to its ports, a router
// that drops spoofed sources).
//
// One owner, no sharing between lcores; nothing is allocated.

#pragma once

#include "../base/siphash.h"
#include "limit.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	SHARES_LINES = 256, // a power of two
	SHARES_OF_SOURCE = 16, // a source gets 1/16 of the rate
	SHARES_OF_GROUP = 4, // a group gets 1/4 of the rate
};

// A source, in any form that is the same each time.
struct shares_source {
	uint64_t group; // a MAC address, or a network
	uint64_t member; // an address in it
};

// Buckets of one kind: when each is full again if no token is taken.
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

// Changes the rate and keeps the key. All buckets are full again.
void shares_set_rate(struct shares *shares, uint32_t rate, uint32_t burst, uint64_t hz);

// Takes a token at time `tsc` from the upper half of the bucket, for any source. Returns false if that half
// is empty. Cheap, because it does not need the source.
static inline bool
shares_take_upper(struct shares *shares, uint64_t tsc)
{
	return limit_take_of(&shares->all, shares->upper_tsc, tsc);
}

// Takes a token for `source` from either half. Returns false if there is none for it.
bool shares_take(struct shares *shares, const struct shares_source *source, uint64_t tsc);
