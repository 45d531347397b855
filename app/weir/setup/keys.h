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
};

// Draws or reads the keys. False, and an error, if the key file cannot be used. A missing key file is
// created, unless `look_only`.
bool keys_make(struct keys *keys, const struct config *config, bool look_only, struct error *error);

// Overwrites all keys with zeros.
void keys_forget(struct keys *keys);
