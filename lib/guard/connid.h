// SPDX-License-Identifier: BSD-3-Clause
// Connection ids: proof that a client receives what is sent to its address (BEP 15, connect).
//
//   IPv4: slot, 8 bits | MAC of the address, 56 bits
//   IPv6: slot, 8 bits | MAC of the address, 28 bits | MAC of its /64, 28 bits
//
// The slot is the low byte of a number of 64 seconds of wall time. The MACs are the low bits of
// SipHash-2-4 under the key of the slot's epoch, of these bytes:
//
//   IPv4:     "uT1", family (1), slot (4 bytes), address, four zeros
//   IPv6:     address, "uT", family (2), slot (4 bytes)
//   its /64:  the address's first 8 bytes, "uT", family (2), slot (4 bytes)
//
// An epoch is 1350 slots (24 hours) and has its own key, derived from one 32-byte master key by
// keyed BLAKE2b. Nothing is stored for a client: trackers that share the master key accept each
// other's ids, as long as they agree on all of this, and a restart with the same key is not noticed.
//
// 56 bits: one blind guess in 2^56 is right. An IPv6 host has many addresses, and clients share an
// id among them (libtorrent for 60 s), so an id also serves the other addresses of its /64; but it
// proves nothing of them, and what they get must not be longer than what they sent. Who has an id
// of a /64 guesses that of another address in it with 28 bits. Ids are never bound to ports: clients
// share them over their sockets.
//
// One `struct connid` per io lcore; no sharing.

#pragma once

#include "../base/siphash_bulk.h"
#include "../stats/verdict.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	CONNID_MASTER_BYTES = 32,
	CONNID_MAC_BITS = 56,
	CONNID_HALF_BITS = 28, // of each of the two MACs of IPv6
	CONNID_SLOT_S = 64,
	CONNID_EPOCH_SLOTS = 1350,
	CONNID_MAX_AGE_S_MAX = 7200, // what 8 bits of slot can tell apart from the future
};

struct connid {
	uint8_t master[CONNID_MASTER_BYTES];
	uint32_t slot; // now
	uint32_t slots_max; // oldest slot accepted, counted back from now
	uint32_t epoch; // of keys[1]
	uint32_t epoch_slot; // the first of that epoch
	struct siphash_key keys[3]; // of the epochs before, now, after
};

// What an id proves of the address that shows it.
enum connid_proof {
	CONNID_FORGED, // nothing: we never gave it to this address, nor to its /64
	CONNID_EXPIRED, // we gave it to this address or its /64, too long ago
	CONNID_SHARED, // we gave it to another address of its /64
	CONNID_PROVED, // we gave it to this address
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

enum connid_proof
connid_verify(const struct connid *connid, uint64_t id, enum family family, const uint8_t *address);

// The same for a burst of requests, whose MACs are worked out side by side: connid_burst.h.
