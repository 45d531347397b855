// SPDX-License-Identifier: BSD-3-Clause
// The boot step that makes worker roles and their tables.

#pragma once

#include "../../../lib/swarm/shard.h"
#include "../weir.h"

// What one worker's shard is made with, but for its name and seed.
struct shard_config workers_shard_config(const struct weir *weir);

// Of all workers together.
struct shard_memory workers_memory(const struct weir *weir);

size_t workers_memory_bytes(const struct weir *weir);

// Bytes of the roles beside their tables.
size_t workers_role_bytes(const struct weir *weir);

bool workers_up(struct weir *weir, struct error *error);
void workers_down(struct weir *weir);
