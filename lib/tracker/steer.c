// SPDX-License-Identifier: BSD-3-Clause

#include "steer.h"

void
steer_init(struct steer *steer, const struct siphash_key *key, unsigned workers)
{
	keyed_hash_key_init(&steer->key, key);
	steer->by = STEER_BY_KEY;
	for (unsigned i = 0; i < STEER_RETA_SIZE; i++)
		steer->reta[i] = (uint8_t)(i % workers);
}

unsigned
steer_rule_bits(unsigned queues)
{
	enum { MORE = 3 };
	unsigned bits = 0;

	while (1u << bits < queues)
		bits++;
	if (1u << bits == queues)
		return bits;
	return bits + MORE < STEER_RULE_BITS_MAX ? bits + MORE : STEER_RULE_BITS_MAX;
}

void
steer_follow_rules(struct steer *steer, const uint8_t *workers, unsigned queues)
{
	unsigned patterns = 1u << steer_rule_bits(queues);

	steer->by = STEER_BY_BYTE;
	for (unsigned byte = 0; byte < STEER_RETA_SIZE; byte++)
		steer->reta[byte] = workers[steer_rule_queue(byte & (patterns - 1), queues)];
}

// Bit n of a message, counted from the highest of its first byte, adds 32 bits of the key from bit n on. Of these only
// the last eight are needed: they begin three bytes later.
static uint8_t
toeplitz_byte(const uint8_t *key, unsigned place, unsigned byte)
{
	unsigned window = (unsigned)key[place + 3] << 8 | key[place + 4];
	unsigned hash = 0;

	for (unsigned bit = 0; bit < 8; bit++)
		if (byte & 0x80u >> bit)
			hash ^= window >> (8 - bit);
	return (uint8_t)hash;
}

void
steer_follow_rss(
	struct steer *steer,
	const uint8_t *key,
	unsigned size,
	const uint8_t *workers,
	unsigned queues
)
{
	steer->by = STEER_BY_TOEPLITZ;
	for (unsigned place = 0; place < STEER_HASH_BYTES; place++)
		for (unsigned byte = 0; byte < 256; byte++)
			steer->toeplitz[place][byte] = toeplitz_byte(key, place, byte);
	for (unsigned i = 0; i < STEER_RETA_SIZE; i++)
		steer->reta[i] = workers[steer_rss_queue(i, size, queues)];
}

static uint8_t
bucket_of(const struct steer *steer, const uint8_t *info_hash)
{
	uint8_t hash = 0;

	if (steer->by == STEER_BY_BYTE)
		return info_hash[0];
	for (unsigned place = 0; place < STEER_HASH_BYTES; place++)
		hash ^= steer->toeplitz[place][info_hash[place]];
	return hash;
}

uint64_t
steer_followed(const struct steer *steer, uint64_t hash, const uint8_t *info_hash)
{
	enum { SHIFT = 64 - STEER_RETA_BITS };
	uint64_t bucket = bucket_of(steer, info_hash);

	return (hash & ((UINT64_C(1) << SHIFT) - 1)) | bucket << SHIFT;
}

void
steer_burst_followed(const struct steer *steer, struct steer_burst *burst)
{
	struct keyed_hash_burst *hashes = &burst->hashes;

	for (unsigned i = 0; i < burst->count; i++)
		hashes->hashes[i] = steer_followed(steer, hashes->hashes[i], hashes->messages[i]);
}
