// SPDX-License-Identifier: BSD-3-Clause

#include "connid_burst.h"

#include <sodium/crypto_generichash_blake2b.h>
#include <sodium/utils.h>
#include <string.h>

static struct siphash_key
derive_key(const uint8_t master[CONNID_MASTER_BYTES], uint32_t epoch)
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
		master,
		CONNID_MASTER_BYTES
	);
	return siphash_key_load(key);
}

static void
derive_keys(struct connid *connid)
{
	unsigned masters = connid->secrets.from_s == 0 ? 1 : 2;

	connid->epoch = connid->slot / CONNID_EPOCH_SLOTS;
	for (unsigned m = 0; m < masters; m++)
		for (uint32_t i = 0; i < RTE_DIM(connid->keys[m]); i++)
			connid->keys[m][i] =
				derive_key(connid->secrets.masters[m], connid->epoch - 1 + i);
}

// The span of the slot of now: those of its epoch under the same master key.
static void
set_span(struct connid *connid)
{
	bool second = connid->slot >= connid->from_slot;
	uint32_t first = connid->epoch * CONNID_EPOCH_SLOTS;
	uint32_t end = first + CONNID_EPOCH_SLOTS;

	if (second)
		first = RTE_MAX(first, connid->from_slot);
	else
		end = RTE_MIN(end, connid->from_slot);
	connid->span_slot = first;
	connid->span_slots = end - first;
	connid->key = connid->keys[second][1];
}

static void
take_secrets(struct connid *connid, const struct connid_secrets *secrets)
{
	connid->secrets = *secrets;
	connid->from_slot = UINT32_MAX;
	if (secrets->from_s != 0) // a slot that began before it is of the first
		connid->from_slot = (secrets->from_s - 1) / CONNID_SLOT_S + 1;
	derive_keys(connid);
	set_span(connid);
}

void
connid_init(
	struct connid *connid,
	const uint8_t master[CONNID_MASTER_BYTES],
	uint32_t max_age_s,
	uint32_t wall_s
)
{
	struct connid_secrets secrets = {0};

	memcpy(secrets.masters[0], master, CONNID_MASTER_BYTES);
	memset(connid, 0, sizeof(*connid));
	connid->slots_max = (max_age_s + CONNID_SLOT_S - 1) / CONNID_SLOT_S;
	connid->slot = wall_s / CONNID_SLOT_S;
	take_secrets(connid, &secrets);
	sodium_memzero(&secrets, sizeof(secrets));
}

void
connid_change(struct connid *connid, const struct connid_secrets *secrets)
{
	if (memcmp(&connid->secrets, secrets, sizeof(*secrets)) != 0)
		take_secrets(connid, secrets);
}

void
connid_roll(struct connid *connid, uint32_t wall_s)
{
	connid->slot = wall_s / CONNID_SLOT_S;
	if (connid->slot / CONNID_EPOCH_SLOTS != connid->epoch)
		derive_keys(connid);
	set_span(connid);
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
