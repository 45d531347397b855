// SPDX-License-Identifier: BSD-3-Clause

#include "keyed_hash.h"

#include "siphash_bulk.h"

#include <rte_cpuflags.h>

static_assert((int)KEYED_HASH_BURST == (int)SIPHASH_BULK, "a burst is hashed at once");

static uint64_t
siphash_one(const struct keyed_hash_key *key, const uint8_t *message)
{
	return siphash13(&key->siphash, message, KEYED_HASH_BYTES);
}

static void
siphash_burst(const struct keyed_hash_key *key, struct keyed_hash_burst *burst, unsigned count)
{
	struct siphash_burst all;

	for (unsigned i = 0; i < count; i++) {
		const uint8_t *message = burst->messages[i];
		uint64_t words[2];

		memcpy(words, message, sizeof(words));
		all.words[0][i] = rte_le_to_cpu_64(words[0]);
		all.words[1][i] = rte_le_to_cpu_64(words[1]);
		all.words[2][i] = siphash_last(message + sizeof(words), KEYED_HASH_BYTES);
	}
	siphash_bulk->siphash13(&key->siphash, &all, count);
	memcpy(burst->hashes, all.hashes, count * sizeof(burst->hashes[0]));
}

static uint64_t
siphash_peer(const struct keyed_hash_key *key, uint64_t first, uint64_t second, uint64_t rest)
{
	uint64_t words[3] = {
		rte_cpu_to_le_64(first), rte_cpu_to_le_64(second), rte_cpu_to_le_64(rest)};

	return siphash13(&key->siphash, words, KEYED_HASH_PEER_BYTES);
}

static bool
always(void)
{
	return true;
}

#ifdef RTE_ARCH_X86_64
static bool
has_aes(void)
{
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_AES) == 1;
}

extern keyed_hash_fn keyed_hash_aes_one;
extern keyed_hash_burst_fn keyed_hash_aes_burst;
extern keyed_hash_peer_fn keyed_hash_aes_peer;
#endif

const struct keyed_hash keyed_hash_builds[] = {
#ifdef RTE_ARCH_X86_64
	{"AES", keyed_hash_aes_one, keyed_hash_aes_burst, keyed_hash_aes_peer, has_aes},
#endif
	{"SipHash", siphash_one, siphash_burst, siphash_peer, always},
};
const unsigned keyed_hash_build_count = RTE_DIM(keyed_hash_builds);

const struct keyed_hash *keyed_hash;

RTE_INIT(keyed_hash_choose)
{
	keyed_hash = keyed_hash_builds;
	while (!keyed_hash->is_supported())
		keyed_hash++;
}

void
keyed_hash_key_init(struct keyed_hash_key *key, const struct siphash_key *secret)
{
	key->siphash = *secret;
	for (uint64_t i = 0; i < 2 * KEYED_HASH_ROUND_KEYS; i++) {
		uint64_t number = rte_cpu_to_le_64(i);

		key->rounds[i / 2][i % 2] = siphash24(secret, &number, sizeof(number));
	}
}
