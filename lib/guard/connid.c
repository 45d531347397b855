// SPDX-License-Identifier: BSD-3-Clause

#include "connid.h"

#include <sodium/crypto_generichash_blake2b.h>
#include <string.h>

enum { MAC_BITS = 56 };

#define MAC_MASK ((UINT64_C(1) << MAC_BITS) - 1)

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

// Both families make 16 bytes: the tag, the family, the slot; 8 bytes of address.
static uint64_t
mac(const struct connid *connid, uint32_t slot, enum family family, const uint8_t *address)
{
	struct {
		char tag[3];
		uint8_t family;
		rte_be32_t slot;
		uint8_t address[8];
	} message = {{'u', 'T', '1'}, family, rte_cpu_to_be_32(slot), {0}};
	uint32_t key = slot / CONNID_EPOCH_SLOTS - connid->epoch + 1;

	if (family == FAMILY_IPV4)
		memcpy(message.address, address, 4);
	else
		memcpy(message.address, address, 8); // the /64
	return siphash24(&connid->keys[key], &message, sizeof(message)) & MAC_MASK;
}

static uint64_t
make_id(const struct connid *connid, uint32_t slot, enum family family, const uint8_t *address)
{
	uint64_t id = (uint64_t)(slot & 0xff) << MAC_BITS | mac(connid, slot, family, address);

	return id != 0 ? id : 1; // clients take 0 for "not connected"
}

uint64_t
connid_mint(const struct connid *connid, enum family family, const uint8_t *address)
{
	return make_id(connid, connid->slot, family, address);
}

// One MAC whatever the id says. Slots: one ahead is a clock that was set back or a faster node of
// a cluster; further ahead nobody can be, so those count as far behind: -1 .. 254 slots of age.
enum verdict
connid_verify(const struct connid *connid, uint64_t id, enum family family, const uint8_t *address)
{
	uint8_t ahead = (uint8_t)(id >> MAC_BITS) - (uint8_t)connid->slot;
	uint32_t age = ahead == 1 ? 0 : (uint8_t)-ahead;
	uint32_t slot = ahead == 1 ? connid->slot + 1 : connid->slot - age;

	if (age > connid->slot) // no slot lies before the first, and no key for it
		return VERDICT_id_forged;
	if (make_id(connid, slot, family, address) != id)
		return VERDICT_id_forged;
	return age <= connid->slots_max ? VERDICT_NONE : VERDICT_id_expired;
}
