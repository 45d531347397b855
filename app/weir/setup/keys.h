// SPDX-License-Identifier: BSD-3-Clause
// Secret keys and seeds, new at each start except for the key file.

#pragma once

#include "../../../lib/base/siphash.h"
#include "../../../lib/guard/connid.h"
#include "../../common/error.h"
#include "../config/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keys {
	uint8_t connid_master[CONNID_MASTER_BYTES];
	struct siphash_key steer; // for the hash of info_hashes
	uint64_t seed; // of random choices that need not be secret
	uint8_t rss[64]; // Toeplitz key; a port uses its first bytes
	// The second master key of connection ids, never drawn at start, and when it takes over (connid.h).
	uint8_t connid_next[CONNID_MASTER_BYTES];
	uint32_t connid_from_s; // 0: there is none
};

// Draws or reads the keys. False, and an error, if the key file cannot be used. A missing key file is
// created, and one whose first key is of no use any more is shortened, unless `look_only`.
bool keys_make(struct keys *keys, const struct config *config, bool look_only, struct error *error);

// The master keys of connection ids.
void keys_connid(const struct keys *keys, struct connid_secrets *secrets);
void keys_set_connid(struct keys *keys, const struct connid_secrets *secrets);

// The key file: 64 hexadecimal digits, and optionally a second line of 64 digits and from=UNIXTIME.
// Each is false, with an error that names no setting, where it cannot be read or written. errno is ENOENT
// or ENOTDIR if there is no file.
bool keys_read(struct connid_secrets *secrets, const char *path, struct error *error);
bool keys_write(const struct connid_secrets *secrets, const char *path, struct error *error);

// When the last id under the first key, good for `max_age_s`, is too old. Only with a second key.
static inline uint64_t
keys_first_until_s(const struct connid_secrets *secrets, uint32_t max_age_s)
{
	return (uint64_t)secrets->from_s + max_age_s + 2 * CONNID_SLOT_S;
}

// Makes the second key the only one, once every id under the first, good for `max_age_s`, is too old. False:
// nothing is to be dropped.
bool keys_drop_first(struct connid_secrets *secrets, uint32_t max_age_s, uint32_t wall_s);

// Overwrites all keys with zeros.
void keys_forget(struct keys *keys);
