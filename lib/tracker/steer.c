// SPDX-License-Identifier: BSD-3-Clause

#include "steer.h"

void
steer_init(struct steer *steer, const struct siphash_key *key, unsigned workers)
{
	keyed_hash_key_init(&steer->key, key);
	for (unsigned i = 0; i < STEER_RETA_SIZE; i++)
		steer->reta[i] = (uint8_t)(i % workers);
}
