// SPDX-License-Identifier: BSD-3-Clause

#include "connid.h"

#include <rte_branch_prediction.h>

#include <sodium/crypto_generichash_blake2b.h>
#include <string.h>

#define MAC_MASK ((UINT64_C(1) << CONNID_MAC_BITS) - 1)

static struct siphash_key
derive_key(const struct connid *connid, uint32_t epoch)
{
	struct {
		char purpose[12];
		rte_be32_t epoch;
	} message = {"weir connid", rte_cpu_to_be_32(epoch)};
	uint8_t key[16];

	crypto_generichash_blake2b(
		key,
		sizeof(key),
		(const uint8_t *)&message,
		sizeof(message),
		connid->master,
		sizeof(connid->master)
	);
	return siphash_key_load(key);
}

static void
derive_keys(struct connid *connid, uint32_t epoch)
{
	connid->epoch = epoch;
	for (uint32_t i = 0; i < RTE_DIM(connid->keys); i++)
		connid->keys[i] = derive_key(connid, epoch - 1 + i);
}

void
connid_init(
	struct connid *connid,
	const uint8_t master[CONNID_MASTER_BYTES],
	uint32_t max_age_s,
	uint32_t wall_s
)
{
	memcpy(connid->master, master, sizeof(connid->master));
	connid->slots_max = (max_age_s + CONNID_SLOT_S - 1) / CONNID_SLOT_S;
	connid->slot = wall_s / CONNID_SLOT_S;
	derive_keys(connid, connid->slot / CONNID_EPOCH_SLOTS);
}

void
connid_roll(struct connid *connid, uint32_t wall_s)
{
	connid->slot = wall_s / CONNID_SLOT_S;
	if (connid->slot / CONNID_EPOCH_SLOTS != connid->epoch)
		derive_keys(connid, connid->slot / CONNID_EPOCH_SLOTS);
}

// A slot of the epoch before or after: rare, for minutes a day.
static void
answer_again(const struct connid *connid, struct connid_burst *burst, unsigned i)
{
	uint32_t key = burst->slots[i] / CONNID_EPOCH_SLOTS - connid->epoch + 1;
	struct siphash_burst one;

	if (key >= RTE_DIM(connid->keys)) // before the first slot of all: connid_judge knows
		return;
	for (unsigned word = 0; word < SIPHASH_WORDS; word++)
		one.words[word][0] = burst->macs.words[word][i];
	siphash_bulk->siphash24(&connid->keys[key], &one, 1);
	burst->macs.hashes[i] = one.hashes[0];
}

void
connid_answer(const struct connid *connid, struct connid_burst *burst)
{
	uint32_t first = connid->epoch * CONNID_EPOCH_SLOTS;

	siphash_bulk->siphash24(&connid->keys[1], &burst->macs, burst->count);
	for (unsigned i = 0; i < burst->count; i++)
		if (unlikely(burst->slots[i] - first >= CONNID_EPOCH_SLOTS))
			answer_again(connid, burst, i);
}

uint64_t
connid_made(const struct connid_burst *burst, unsigned i)
{
	uint64_t slot = burst->slots[i] & 0xff;
	uint64_t id = slot << CONNID_MAC_BITS | (burst->macs.hashes[i] & MAC_MASK);

	return id != 0 ? id : 1; // clients take 0 for "not connected"
}

enum verdict
connid_judge(const struct connid *connid, const struct connid_burst *burst, unsigned i, uint64_t id)
{
	uint32_t slot = burst->slots[i];
	uint32_t age = slot == connid->slot + 1 ? 0 : connid->slot - slot;

	if (age > connid->slot) // no slot lies before the first, and no key for it
		return VERDICT_id_forged;
	if (connid_made(burst, i) != id)
		return VERDICT_id_forged;
	return age <= connid->slots_max ? VERDICT_NONE : VERDICT_id_expired;
}

uint64_t
connid_mint(const struct connid *connid, enum family family, const uint8_t *address)
{
	struct connid_burst burst;

	burst.count = 0;
	connid_ask(&burst, connid->slot, family, address);
	connid_answer(connid, &burst);
	return connid_made(&burst, 0);
}

enum verdict
connid_verify(const struct connid *connid, uint64_t id, enum family family, const uint8_t *address)
{
	struct connid_burst burst;

	burst.count = 0;
	connid_ask(&burst, connid_slot_of(connid, id), family, address);
	connid_answer(connid, &burst);
	return connid_judge(connid, &burst, 0, id);
}
