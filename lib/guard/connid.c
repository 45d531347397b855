// SPDX-License-Identifier: BSD-3-Clause

#include "connid_burst.h"

#include <sodium/crypto_generichash_blake2b.h>
#include <string.h>

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
	connid->epoch_slot = epoch * CONNID_EPOCH_SLOTS;
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

uint64_t
connid_mint(const struct connid *connid, enum family family, const uint8_t *address)
{
	struct connid_burst burst;

	connid_burst_start(&burst);
	connid_burst_add_new(connid, &burst, family, address);
	connid_burst_compute(connid, &burst);
	return connid_burst_id(&burst, family, 0);
}

enum connid_proof
connid_verify(const struct connid *connid, uint64_t id, enum family family, const uint8_t *address)
{
	struct connid_burst burst;

	connid_burst_start(&burst);
	connid_burst_add_shown(connid, &burst, (uint8_t)(id >> CONNID_MAC_BITS), family, address);
	connid_burst_compute(connid, &burst);
	return connid_burst_verify(connid, &burst, family, 0, id);
}
