// SPDX-License-Identifier: BSD-3-Clause

#include "connid_burst.h"

#include <rte_branch_prediction.h>

#define MAC_MASK ((UINT64_C(1) << CONNID_MAC_BITS) - 1)
#define HALF_MASK ((UINT64_C(1) << CONNID_HALF_BITS) - 1)
#define ADDRESS_MASK (HALF_MASK << CONNID_HALF_BITS)

// Joins the MACs of addresses and of their /64s into the low 56 bits of ids.
static void
join_halves(uint64_t *macs, const uint64_t *networks, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		macs[i] = (macs[i] & HALF_MASK) << CONNID_HALF_BITS | (networks[i] & HALF_MASK);
}

static void
compute_ipv4(const struct siphash_key *key, struct siphash_burst *macs, unsigned count)
{
	siphash_bulk->siphash24(key, macs, count);
}

static void
compute_ipv6(const struct siphash_key *key, struct siphash_burst *macs, unsigned count)
{
	uint64_t networks[SIPHASH_BULK];

	siphash_bulk->siphash24_twice(key, macs, networks, count);
	join_halves(macs->hashes, networks, count);
}

// Computes a request whose slot is outside of the span: rare, for minutes a day, and around a switch of
// master keys.
static void
compute_stray(
	const struct connid *connid,
	struct connid_family_burst *requests,
	enum family family,
	unsigned i
)
{
	uint32_t slot = requests->slots[i];
	const struct siphash_key *keys = connid->keys[slot >= connid->from_slot];
	uint32_t key = slot / CONNID_EPOCH_SLOTS - connid->epoch + 1;
	struct siphash_burst one;

	if (slot - connid->span_slot < connid->span_slots)
		return;
	if (key >= RTE_DIM(connid->keys[0]) || slot > connid->slot + 1) {
		requests->slots[i] ^= 1; // before the first slot: no id has these bits
		return;
	}
	for (unsigned word = 0; word < SIPHASH_WORDS; word++)
		one.words[word][0] = requests->macs.words[word][i];
	if (family == FAMILY_IPV4)
		compute_ipv4(&keys[key], &one, 1);
	else
		compute_ipv6(&keys[key], &one, 1);
	requests->macs.hashes[i] = one.hashes[0];
}

void
connid_burst_compute(const struct connid *connid, struct connid_burst *burst)
{
	const struct siphash_key *key = &connid->key;

	if (burst->ipv4.count > 0)
		compute_ipv4(key, &burst->ipv4.macs, burst->ipv4.count);
	if (burst->ipv6.count > 0)
		compute_ipv6(key, &burst->ipv6.macs, burst->ipv6.count);
	if (likely(!burst->strays))
		return;
	for (unsigned i = 0; i < burst->ipv4.count; i++)
		compute_stray(connid, &burst->ipv4, FAMILY_IPV4, i);
	for (unsigned i = 0; i < burst->ipv6.count; i++)
		compute_stray(connid, &burst->ipv6, FAMILY_IPV6, i);
}

static const struct connid_family_burst *
requests_of(const struct connid_burst *burst, enum family family)
{
	return family == FAMILY_IPV4 ? &burst->ipv4 : &burst->ipv6;
}

static uint64_t
bits_of(const struct connid_family_burst *requests, unsigned i)
{
	return (uint64_t)requests->slots[i] << CONNID_MAC_BITS
		| (requests->macs.hashes[i] & MAC_MASK);
}

uint64_t
connid_burst_id(const struct connid_burst *burst, enum family family, unsigned i)
{
	uint64_t id = bits_of(requests_of(burst, family), i);

	return id != 0 ? id : 1; // 0 means "not connected" to clients
}

enum connid_proof
connid_burst_verify(
	const struct connid *connid,
	const struct connid_burst *burst,
	enum family family,
	unsigned i,
	uint64_t id
)
{
	const struct connid_family_burst *requests = requests_of(burst, family);
	uint64_t wrong =
		bits_of(requests, i) ^ id; // an id of 0 was sent as 1: refused, one in 2^64
	int32_t age = (int32_t)(connid->slot - requests->slots[i]);

	if (wrong != 0 && (family == FAMILY_IPV4 || (wrong & ~ADDRESS_MASK) != 0))
		return CONNID_FORGED;
	if (age > (int32_t)connid->slots_max)
		return CONNID_EXPIRED;
	return likely(wrong == 0) ? CONNID_PROVED : CONNID_SHARED;
}
