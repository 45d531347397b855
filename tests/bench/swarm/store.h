// SPDX-License-Identifier: BSD-3-Clause
// The shard that is measured.

#pragma once

#include "load.h"

enum { STORE_TIMEOUT_S = 2700 };

// Ends the process where there is no memory.
struct shard *store_create(uint32_t torrents, uint32_t peers, bool detail);

// Every peer announces once. Ends the process where one was not stored.
void store_fill(struct shard *shard, const struct load *load, uint32_t now_s);

// The configuration of store_create, for asking what it takes.
struct shard_config store_config(uint32_t torrents, uint32_t peers, bool detail);
