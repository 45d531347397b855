// SPDX-License-Identifier: BSD-3-Clause

#include "auth_keys.h"

#include "../base/line.h"

#include <rte_prefetch.h>

#include <string.h>

// Places are probed one after the other. At most half of them are taken, and nothing is ever taken out.
struct auth_keys {
	struct siphash_key key;
	uint64_t places_count;
	uint64_t count;
	struct auth_key places[] __rte_aligned(LINE_BYTES); // free: text[0] is 0
};

static uint64_t
places_for(uint64_t capacity)
{
	return 2 * capacity + 1;
}

size_t
auth_keys_bytes(uint64_t capacity)
{
	return sizeof(struct auth_keys) + places_for(capacity) * sizeof(struct auth_key);
}

struct auth_keys *
auth_keys_init(void *memory, uint64_t capacity, const struct siphash_key *key)
{
	struct auth_keys *keys = memory;

	keys->key = *key;
	keys->places_count = places_for(capacity);
	return keys;
}

static uint64_t
hash_of(const struct auth_keys *keys, const char *text)
{
	return siphash13(&keys->key, text, AUTH_KEY_CHARS);
}

static uint64_t
first_place(const struct auth_keys *keys, uint64_t hash)
{
	return (uint64_t)(uint32_t)hash * keys->places_count >> 32;
}

// The place of this key, or the free one where it belongs.
static uint64_t
find_place(const struct auth_keys *keys, uint64_t hash, const char *text)
{
	uint64_t at = first_place(keys, hash);

	while (keys->places[at].text[0] != '\0'
	       && memcmp(keys->places[at].text, text, AUTH_KEY_CHARS) != 0)
		at = at + 1 < keys->places_count ? at + 1 : 0;
	return at;
}

bool
auth_keys_add(struct auth_keys *keys, const struct auth_key *key)
{
	struct auth_key *place =
		&keys->places[find_place(keys, hash_of(keys, key->text), key->text)];
	bool is_new = place->text[0] == '\0';

	*place = *key;
	keys->count += is_new;
	return is_new;
}

// A place of 36 bytes is in one line or in two.
uint64_t
auth_keys_look(const struct auth_keys *keys, const char text[AUTH_KEY_CHARS])
{
	uint64_t hash = hash_of(keys, text);
	const struct auth_key *place = &keys->places[first_place(keys, hash)];

	rte_prefetch0(place);
	rte_prefetch0(&place->until_s);
	return hash;
}

enum auth_key_state
auth_keys_check(const struct auth_keys *keys, const char text[AUTH_KEY_CHARS], uint32_t now_s)
{
	return auth_keys_check_hashed(keys, hash_of(keys, text), text, now_s);
}

enum auth_key_state
auth_keys_check_hashed(
	const struct auth_keys *keys,
	uint64_t hash,
	const char text[AUTH_KEY_CHARS],
	uint32_t now_s
)
{
	const struct auth_key *place = &keys->places[find_place(keys, hash, text)];

	if (place->text[0] == '\0')
		return AUTH_KEY_UNKNOWN;
	return place->until_s != 0 && now_s >= place->until_s ? AUTH_KEY_EXPIRED : AUTH_KEY_GOOD;
}

uint64_t
auth_keys_count(const struct auth_keys *keys)
{
	return keys->count;
}
