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
// A second master key may be staged: ids of slots that begin at its time or later are made and verified
// under it, ids of earlier slots under the first. The slot of an id tells which, so ids from before the
// switch stay valid for their time, and trackers with the same two keys agree at every moment.
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

// The master keys.
struct connid_secrets {
	uint8_t masters[2][CONNID_MASTER_BYTES];
	uint32_t from_s; // Unix time of the switch to the second; 0: there is only the first
};

struct connid {
	struct connid_secrets secrets;
	uint32_t from_slot; // the first under the second master key; UINT32_MAX: none is
	uint32_t slot; // now
	uint32_t slots_max; // maximum age of an accepted slot
	uint32_t epoch; // of `slot`
	struct siphash_key keys[2][3]; // by master key; of the epochs before, now, after
	struct siphash_key key; // of `slot` and the other slots of its span
	uint32_t span_slot, span_slots; // the span: the first slot, their number
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

// Changes the master keys, from the next id on. Without effect where they are the same.
void connid_change(struct connid *connid, const struct connid_secrets *secrets);

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
