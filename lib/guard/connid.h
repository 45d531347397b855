// SPDX-License-Identifier: BSD-3-Clause
// Connection ids: proof that a client receives packets sent to its address (BEP 15, connect).
//
//   IPv4: slot, 8 bits | MAC of the address, 56 bits
//   IPv6: slot, 8 bits | MAC of the address, 28 bits | MAC of its /64, 28 bits
//
// Wall time is divided into slots of 64 seconds; an id holds the low byte of its slot's number. The MACs
// are the low bits of SipHash-2-4 under the key of the slot's epoch, computed over these bytes:
//
//   IPv4:     "uT1", family (1), slot (4 bytes), address, four zeros
//   IPv6:     address, "uT", family (2), slot (4 bytes)
//   its /64:  the address's first 8 bytes, "uT", family (2), slot (4 bytes)
//
// An epoch is 1350 slots (24 hours) and has its own key, derived from one 32-byte master key by
// keyed BLAKE2b. Nothing is stored for a client. Trackers that share the master key and this format
// accept each other's ids, and ids survive a restart with the same key.
//
// 56 bits: one blind guess in 2^56 is right. An IPv6 host has many addresses, and clients share an
// id among them (libtorrent for 60 s), so an id also serves the other addresses of its /64. It does not
// prove those addresses, so a reply to them must not be longer than the request. A client that holds an
// id of a /64 has to guess 28 bits for another address in it. Ids are not bound to UDP ports, because
// clients share them over their sockets.
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
	CONNID_MAX_AGE_S_MAX = 7200, // 8 bits of slot can still tell older ids from newer ones
};

struct connid {
	uint8_t master[CONNID_MASTER_BYTES];
	uint32_t slot; // now
	uint32_t slots_max; // maximum age of an accepted slot
	uint32_t epoch; // of keys[1]
	uint32_t epoch_slot; // the first of that epoch
	struct siphash_key keys[3]; // of the epochs before, now, after
};

// The result of verifying an id against the sender's address.
enum connid_proof {
	CONNID_FORGED, // never issued to this address, nor to its /64
	CONNID_EXPIRED, // issued to this address or its /64, too long ago
	CONNID_SHARED, // issued to another address of its /64
	CONNID_PROVED, // issued to this address
};

// max_age_s: how long an id is valid, up to CONNID_MAX_AGE_S_MAX. It is rounded up to slots, so an
// id is valid for max_age_s to max_age_s + 127 s.
void connid_init(
	struct connid *connid,
	const uint8_t master[CONNID_MASTER_BYTES],
	uint32_t max_age_s,
	uint32_t wall_s
);

// Moves to the slot of `wall_s`, and to the keys of its epoch.
void connid_roll(struct connid *connid, uint32_t wall_s);

// Called every turn. Cheap unless a slot has ended.
static inline void
connid_refresh(struct connid *connid, uint32_t wall_s)
{
	if (wall_s / CONNID_SLOT_S != connid->slot)
		connid_roll(connid, wall_s);
}

// A new id for `address`: 4 bytes for FAMILY_IPV4, 16 for FAMILY_IPV6, network order. Never 0.
uint64_t connid_mint(const struct connid *connid, enum family family, const uint8_t *address);

enum connid_proof
connid_verify(const struct connid *connid, uint64_t id, enum family family, const uint8_t *address);

// For a burst of requests, whose MACs are computed side by side, see connid_burst.h.
