// SPDX-License-Identifier: BSD-3-Clause
// Connection ids: proof that a client receives what is sent to its address (BEP 15, connect).
//
//   id = low 8 bits of the slot, 56 bits of SipHash-2-4(epoch key, "uT1" family slot address)
//
// A slot is 64 seconds of wall time, an epoch is 1350 slots (24 hours) and has its own key,
// derived from one 32-byte master key by keyed BLAKE2b. Nothing is stored for a client: trackers
// that share the master key accept each other's ids, and a restart with the same key is not
// noticed. 56 bits: one blind guess in 2^56 is right. Bound to the IPv4 address or the IPv6 /64,
// never to ports: clients share an id over their sockets.
//
// One `struct connid` per io lcore; no sharing.

#pragma once

#include "../base/siphash_bulk.h"
#include "../stats/verdict.h"

#include <stdint.h>

enum {
	CONNID_MASTER_BYTES = 32,
	CONNID_MAC_BITS = 56,
	CONNID_SLOT_S = 64,
	CONNID_EPOCH_SLOTS = 1350,
	CONNID_MAX_AGE_S_MAX = 7200, // what 8 bits of slot can tell apart from the future
};

struct connid {
	uint8_t master[CONNID_MASTER_BYTES];
	uint32_t slot; // now
	uint32_t slots_max; // oldest slot accepted, counted back from now
	uint32_t epoch; // of keys[1]
	struct siphash_key keys[3]; // of the epochs before, now, after
};

// max_age_s: how long an id is good for, up to CONNID_MAX_AGE_S_MAX; rounded up to slots, so an
// id lives between max_age_s and max_age_s + 127 s.
void connid_init(
	struct connid *connid,
	const uint8_t master[CONNID_MASTER_BYTES],
	uint32_t max_age_s,
	uint32_t wall_s
);

// Moves to the present; every turn. Cheap unless a slot has ended.
void connid_roll(struct connid *connid, uint32_t wall_s);

static inline void
connid_refresh(struct connid *connid, uint32_t wall_s)
{
	if (wall_s / CONNID_SLOT_S != connid->slot)
		connid_roll(connid, wall_s);
}

// `address`: 4 bytes for FAMILY_IPV4, 16 for FAMILY_IPV6, network order. Never 0.
uint64_t connid_mint(const struct connid *connid, enum family family, const uint8_t *address);

// VERDICT_NONE: ours, for this address, and fresh. VERDICT_id_expired: ours, but too old.
// VERDICT_id_forged: not ours.
enum verdict
connid_verify(const struct connid *connid, uint64_t id, enum family family, const uint8_t *address);

// --- the same for a burst of requests, whose MACs are worked out side by side ---------------

enum { CONNID_BURST = SIPHASH_BULK };

struct connid_burst {
	unsigned count;
	uint32_t slots[CONNID_BURST];
	struct siphash_burst macs;
};

// The slot an id says it is of. One slot ahead is a clock that was set back or a faster node of a
// cluster; further ahead nobody can be, so those count as far behind: -1 .. 254 slots of age.
static inline uint32_t
connid_slot_of(const struct connid *connid, uint64_t id)
{
	uint8_t ahead = (uint8_t)(id >> CONNID_MAC_BITS) - (uint8_t)connid->slot;

	return ahead == 1 ? connid->slot + 1 : connid->slot - (uint8_t)-ahead;
}

// Adds a request: `slot` is connid->slot to mint an id, connid_slot_of to verify one. `address` as
// above. At most CONNID_BURST after `count` was set to 0.
static inline void
connid_ask(struct connid_burst *burst, uint32_t slot, enum family family, const uint8_t *address)
{
	unsigned i = burst->count++;
	uint64_t word = 0;

	// Both families make 16 bytes: the tag, the family, the slot; 8 bytes of address.
	burst->slots[i] = slot;
	burst->macs.words[0][i] = (uint64_t)rte_bswap32(slot) << 32 | (uint64_t)family << 24
		| '1' << 16 | 'T' << 8 | 'u';
	if (family == FAMILY_IPV4)
		memcpy(&word, address, 4);
	else
		memcpy(&word, address, 8); // the /64
	burst->macs.words[1][i] = rte_le_to_cpu_64(word);
	burst->macs.words[2][i] = siphash_last(address, 16);
}

// Works out what was asked for.
void connid_answer(const struct connid *connid, struct connid_burst *burst);

// Request i's id: what connid_mint gives where its slot is now.
uint64_t connid_made(const struct connid_burst *burst, unsigned i);

// What connid_verify says of request i and the id it showed.
enum verdict connid_judge(
	const struct connid *connid,
	const struct connid_burst *burst,
	unsigned i,
	uint64_t id
);
