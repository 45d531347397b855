// SPDX-License-Identifier: BSD-3-Clause
// Connection ids of a burst of requests, whose MACs are computed side by side: start, add each request,
// compute, then read ids or verify them one by one. Owned by the io lcore.

#pragma once

#include "connid.h"

#include <rte_branch_prediction.h>

enum { CONNID_BURST = SIPHASH_BULK }; // maximum number of requests

// The requests of one address family.
struct connid_family_burst {
	unsigned count;
	uint32_t slots[CONNID_BURST];
	struct siphash_burst macs; // once computed: the bits of an id below its slot
};

struct connid_burst {
	struct connid_family_burst ipv4, ipv6;
	bool strays; // at least one slot is outside of the span of the key of now
};

static inline void
connid_burst_start(struct connid_burst *burst)
{
	burst->ipv4.count = 0;
	burst->ipv6.count = 0;
	burst->strays = false;
}

// The slot that the first byte of an id stands for. An id may be one slot ahead, where a clock was set
// back or another tracker's clock is fast. An id further ahead cannot exist, so its byte counts as an
// old slot: the age is -1 to 254 slots.
static inline uint32_t
connid_slot(const struct connid *connid, uint8_t first_byte)
{
	uint32_t newest = connid->slot + 1;

	return newest - (uint8_t)(newest - first_byte);
}

// Adds a message as connid.h specifies it. Returns its place among those of its family.
static __rte_always_inline unsigned
connid_burst_add(
	struct connid_burst *burst,
	uint32_t slot,
	enum family family,
	const uint8_t *address
)
{
	struct connid_family_burst *requests = family == FAMILY_IPV4 ? &burst->ipv4 : &burst->ipv6;
	unsigned i = requests->count++;
	uint64_t number = rte_bswap32(slot); // its bytes in network order, as a little-endian word
	uint64_t words[2] = {0};

	requests->slots[i] = slot;
	if (family == FAMILY_IPV4) {
		memcpy(words, address, 4);
		requests->macs.words[0][i] =
			number << 32 | (uint64_t)FAMILY_IPV4 << 24 | '1' << 16 | 'T' << 8 | 'u';
		requests->macs.words[1][i] = rte_le_to_cpu_64(words[0]);
		requests->macs.words[2][i] = siphash_last(NULL, 16);
	} else {
		memcpy(words, address, 16);
		requests->macs.words[0][i] = rte_le_to_cpu_64(words[0]);
		requests->macs.words[1][i] = rte_le_to_cpu_64(words[1]);
		requests->macs.words[2][i] = UINT64_C(23) << 56 | number << 24
			| (uint64_t)FAMILY_IPV6 << 16 | 'T' << 8 | 'u';
	}
	return i;
}

// Adds a request for a new id for `address` (4 or 16 bytes, network order). Returns its place among
// those of its family.
static inline unsigned
connid_burst_add_new(
	const struct connid *connid,
	struct connid_burst *burst,
	enum family family,
	const uint8_t *address
)
{
	return connid_burst_add(burst, connid->slot, family, address);
}

// Adds a request that showed an id with this first byte: computes the id that belongs to `address`.
// Returns its place among those of its family.
static inline unsigned
connid_burst_add_shown(
	const struct connid *connid,
	struct connid_burst *burst,
	uint8_t first_byte,
	enum family family,
	const uint8_t *address
)
{
	uint32_t slot = connid_slot(connid, first_byte);

	if (unlikely(slot - connid->span_slot >= connid->span_slots))
		burst->strays = true;
	return connid_burst_add(burst, slot, family, address);
}

// Computes the MACs of all requests.
void connid_burst_compute(const struct connid *connid, struct connid_burst *burst);

// The id of request `i` of the family: the same as connid_mint's for a request of connid_burst_add_new.
uint64_t connid_burst_id(const struct connid_burst *burst, enum family family, unsigned i);

// Verifies the `id` that request `i` of the family showed: the same result as connid_verify's.
enum connid_proof connid_burst_verify(
	const struct connid *connid,
	const struct connid_burst *burst,
	enum family family,
	unsigned i,
	uint64_t id
);
