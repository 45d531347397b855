// SPDX-License-Identifier: BSD-3-Clause
// Boot step: creates the worker roles, one struct worker with its shard for each worker lcore.

#pragma once

#include "../../../lib/swarm/shard.h"
#include "../weir.h"

// The part of one worker in a capacity or limit: an even share and a sixteenth more, because shares are even
// only on average.
uint32_t workers_share(uint32_t total, unsigned workers);

// The configuration of each shard, without name, seed and NUMA node.
struct shard_config workers_shard_config(const struct weir *weir);

// Memory of the shards of the workers on a node, or LCORE_ANY_NODE, by part.
struct shard_memory workers_memory(const struct weir *weir, int node);

// The same of all nodes as one sum.
size_t workers_memory_bytes(const struct weir *weir);

// Memory of the roles on a node, without their shards.
size_t workers_role_bytes(const struct weir *weir, int node);

// Each role and its shard have memory of its node.
bool workers_up(struct weir *weir, struct error *error);

// Gives every worker an empty shard, and changes nothing else about them. While no lcore runs. False: no memory.
bool workers_empty(struct weir *weir);

void workers_down(struct weir *weir);
