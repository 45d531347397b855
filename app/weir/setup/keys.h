// SPDX-License-Identifier: BSD-3-Clause
// The secrets of a run.

#pragma once

#include "../../../lib/base/siphash.h"
#include "../../../lib/guard/connid.h"
#include "../config/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keys {
	uint8_t connid_master[CONNID_MASTER_BYTES];
	struct siphash_key steer; // of info_hashes
	uint64_t seed; // of choices that need not be secret
	uint8_t rss[64]; // Toeplitz key, as much of it as a port wants
};

// Draws or reads them. False, and a sentence in `why`, where the key file cannot be used.
// A key file that is missing is made, unless `look_only`.
bool
keys_make(struct keys *keys, const struct config *config, bool look_only, char *why, size_t size);

// Overwrites them.
void keys_forget(struct keys *keys);
