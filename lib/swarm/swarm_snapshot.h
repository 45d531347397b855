// SPDX-License-Identifier: BSD-3-Clause
// Copies the peers of a swarm into a snapshot, and back: see lib/snapshot/format.h. For shard_save.c and
// shard_restore.c.

#pragma once

#include "../snapshot/format.h"
#include "swarm.h"

// Now, on the clocks of a shard.
struct swarm_now {
	uint32_t s; // seconds
	uint32_t unit_s; // unit of the times in swarms
	uint16_t time; // now, in this unit, modulo 2^15
};

// Prefetches the lines of peers [from, from + count).
void swarm_save_prepare(const struct swarm_ref *ref, uint32_t from, uint32_t count);

// Prefetches their records. Only with detail.
void swarm_save_prepare_records(const struct swarm_ref *ref, uint32_t from, uint32_t count);

// Writes these peers to `out`, SNAPSHOT_DETAIL_BYTES more for each with detail. Returns the end.
uint8_t *swarm_save(
	const struct swarm_ref *ref,
	uint32_t from,
	uint32_t count,
	const struct swarm_now *now,
	uint8_t *out
);

// A peer of a snapshot.
struct swarm_restored {
	const uint8_t *address; // 6 or 18 bytes, network order
	const uint8_t *detail; // SNAPSHOT_DETAIL_BYTES; NULL: unknown
	uint64_t hash; // of swarm_restore_prepare
	uint64_t source; // likewise
	uint32_t state; // as in the snapshot
	uint32_t age_s; // now; not more than the timeout
};

enum swarm_restore_result {
	SWARM_RESTORE_ADDED,
	SWARM_RESTORE_KNOWN, // it is there; of the two states the younger one stays
	SWARM_RESTORE_FULL, // not stored: no capacity
};

// Prefetches the counts of a peer's source: earlier than swarm_restore_prepare, where a swarm is small.
void swarm_restore_prefetch(const struct swarm_ref *ref, const uint8_t *address);

// Prefetches what swarm_restore needs for the peer, and sets peer->hash and peer->source.
void swarm_restore_prepare(const struct swarm_ref *ref, struct swarm_restored *peer);

// `may_add`: the shard has capacity for one more peer.
enum swarm_restore_result swarm_restore(
	const struct swarm_ref *ref,
	const struct swarm_restored *peer,
	const struct swarm_now *now,
	bool may_add
);
