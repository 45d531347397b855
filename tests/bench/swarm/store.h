// SPDX-License-Identifier: BSD-3-Clause
// The shard under measurement.

#pragma once

#include "load.h"

enum { STORE_TIMEOUT_S = 2700 };

// Exits the process when out of memory.
struct shard *store_create(uint32_t torrents, uint32_t peers, enum family family, bool detail);

// Announces every peer once. Exits the process if one was not stored.
void store_fill(struct shard *shard, const struct load *load, enum family family, uint32_t now_s);

// The configuration of store_create, for computing its memory.
struct shard_config
store_config(uint32_t torrents, uint32_t peers, enum family family, bool detail);
