// SPDX-License-Identifier: BSD-3-Clause
// Connection ids of a burst of requests, whose MACs are worked out side by side: start, ask for each
// request, answer all, then read what was asked for. Owned by the io lcore.

#pragma once

#include "connid.h"

#include <rte_branch_prediction.h>

enum { CONNID_BURST = SIPHASH_BULK }; // requests at most

// Requests of one family.
struct connid_lot {
	unsigned count;
	uint32_t slots[CONNID_BURST];
	struct siphash_burst macs; // answered: the bits of an id below its slot
};

struct connid_burst {
	struct connid_lot ipv4, ipv6;
	bool strays; // a slot of another epoch is among them
};

static inline void
connid_burst_start(struct connid_burst *burst)
{
	burst->ipv4.count = 0;
	burst->ipv6.count = 0;
	burst->strays = false;
}

// The slot an id says it is of by its first byte. One slot ahead is a clock that was set back or a
// faster node of a cluster; further ahead nobody can be, so those count as far behind: -1 .. 254
// slots of age.
static inline uint32_t
connid_slot_of(const struct connid *connid, uint8_t first_byte)
{
	uint32_t newest = connid->slot + 1;

	return newest - (uint8_t)(newest - first_byte);
}

// The messages of connid.h.
static __rte_always_inline unsigned
connid_add(struct connid_burst *burst, uint32_t slot, enum family family, const uint8_t *address)
{
	struct connid_lot *lot = family == FAMILY_IPV4 ? &burst->ipv4 : &burst->ipv6;
	unsigned i = lot->count++;
	uint64_t number = rte_bswap32(slot); // its bytes in network order, as a little-endian word
	uint64_t words[2] = {0};

	lot->slots[i] = slot;
	if (family == FAMILY_IPV4) {
		memcpy(words, address, 4);
		lot->macs.words[0][i] =
			number << 32 | (uint64_t)FAMILY_IPV4 << 24 | '1' << 16 | 'T' << 8 | 'u';
		lot->macs.words[1][i] = rte_le_to_cpu_64(words[0]);
		lot->macs.words[2][i] = siphash_last(NULL, 16);
	} else {
		memcpy(words, address, 16);
		lot->macs.words[0][i] = rte_le_to_cpu_64(words[0]);
		lot->macs.words[1][i] = rte_le_to_cpu_64(words[1]);
		lot->macs.words[2][i] = UINT64_C(23) << 56 | number << 24
			| (uint64_t)FAMILY_IPV6 << 16 | 'T' << 8 | 'u';
	}
	return i;
}

// Asks for a new id for `address` (4 or 16 bytes, network order). Returns the request's place
// among those of its family.
static inline unsigned
connid_ask_new(
	const struct connid *connid,
	struct connid_burst *burst,
	enum family family,
	const uint8_t *address
)
{
	return connid_add(burst, connid->slot, family, address);
}

// Asks for what `address` must have shown, if the id with this first byte is its own.
static inline unsigned
connid_ask_shown(
	const struct connid *connid,
	struct connid_burst *burst,
	uint8_t first_byte,
	enum family family,
	const uint8_t *address
)
{
	uint32_t slot = connid_slot_of(connid, first_byte);

	if (unlikely(slot - connid->epoch_slot >= CONNID_EPOCH_SLOTS))
		burst->strays = true;
	return connid_add(burst, slot, family, address);
}

// Works out what was asked for.
void connid_answer(const struct connid *connid, struct connid_burst *burst);

// The id for request `i` of the family: what connid_mint gives where its slot is now.
uint64_t connid_made(const struct connid_burst *burst, enum family family, unsigned i);

// What connid_verify says of request `i` of the family and the id it showed.
enum connid_proof connid_judge(
	const struct connid *connid,
	const struct connid_burst *burst,
	enum family family,
	unsigned i,
	uint64_t id
);
