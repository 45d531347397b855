// SPDX-License-Identifier: BSD-3-Clause
// DashMap's design: a power of two of shards, at least four per CPU, each with a readers-writer
// lock and a hash table; bits of the hash select the shard. Sized for the number of torrents.

#include "../../../lib/base/siphash.h"
#include "../support/machine.h"
#include "batch.h"
#include "entry.h"
#include "memory.h"

#include <rte_bitops.h>
#include <rte_rwlock.h>

#define TAG_USED (UINT32_C(1) << 31) // so that no tag is 0

struct slot {
	uint32_t tag; // of the hash, never 0; 0: the slot is free
	uint8_t info_hash[INFO_HASH_BYTES];
	struct entry entry;
};

// Open addressing, linear probing, never more than half full.
struct map_shard {
	rte_rwlock_t lock;
	uint32_t used;
	uint32_t mask;
	struct slot *slots; // [mask + 1]
} __rte_cache_aligned;

struct sharded_map {
	struct siphash_key key;
	unsigned shards;
	unsigned shift; // hash -> shard
	struct map_shard *shard;
};

static void *
create(unsigned threads, unsigned torrents, unsigned peers)
{
	struct sharded_map *map = memory_get(1, sizeof(*map));
	struct machine machine;

	(void)threads;
	(void)peers;
	machine_read(&machine);
	map->key = (struct siphash_key){0x5745495221, 0x4a4f494e21};
	map->shards = rte_align32pow2(4 * machine.cpus);
	map->shift = 64 - rte_log2_u32(map->shards);
	map->shard = memory_checked(
		aligned_alloc(RTE_CACHE_LINE_SIZE, map->shards * sizeof(struct map_shard))
	);
	for (unsigned i = 0; i < map->shards; i++) {
		uint32_t slots = rte_align32pow2(2 * (torrents / map->shards) + 16);

		map->shard[i] = (struct map_shard){
			.lock = RTE_RWLOCK_INITIALIZER,
			.mask = slots - 1,
			.slots = memory_get(slots, sizeof(struct slot)),
		};
	}
	return map;
}

static void
clear_shard(struct map_shard *shard)
{
	if (shard->used == 0)
		return;
	for (uint32_t i = 0; i <= shard->mask; i++) {
		if (shard->slots[i].tag != 0)
			entry_clear(&shard->slots[i].entry);
		shard->slots[i].tag = 0;
	}
	shard->used = 0;
}

static void
clear(void *repository, unsigned thread)
{
	struct sharded_map *map = repository;

	if (thread == 0)
		for (unsigned i = 0; i < map->shards; i++)
			clear_shard(&map->shard[i]);
}

static void
destroy(void *repository)
{
	struct sharded_map *map = repository;

	clear(map, 0);
	for (unsigned i = 0; i < map->shards; i++)
		free(map->shard[i].slots);
	free(map->shard);
	free(map);
}

// The slot of the key, or the free slot for it.
static inline struct slot *
find(struct map_shard *shard, uint32_t tag, const uint8_t *info_hash)
{
	for (uint32_t i = tag;; i++) {
		struct slot *slot = &shard->slots[i & shard->mask];

		if (slot->tag == 0
		    || (slot->tag == tag && memcmp(slot->info_hash, info_hash, INFO_HASH_BYTES) == 0
		    ))
			return slot;
	}
}

static __rte_noinline void
grow(struct map_shard *shard)
{
	struct map_shard old = *shard;

	shard->mask = 2 * old.mask + 1;
	shard->slots = memory_get(shard->mask + 1, sizeof(struct slot));
	for (uint32_t i = 0; i <= old.mask; i++)
		if (old.slots[i].tag != 0)
			*find(shard, old.slots[i].tag, old.slots[i].info_hash) = old.slots[i];
	free(old.slots);
}

static inline struct slot *
find_or_add(struct map_shard *shard, uint32_t tag, const uint8_t *info_hash)
{
	struct slot *slot = find(shard, tag, info_hash);

	if (slot->tag != 0)
		return slot;
	if (unlikely(2 * shard->used > shard->mask)) {
		grow(shard);
		slot = find(shard, tag, info_hash);
	}
	shard->used++;
	slot->tag = tag;
	memcpy(slot->info_hash, info_hash, INFO_HASH_BYTES);
	return slot;
}

static inline struct counts
upsert(void *repository, const struct request *request)
{
	struct sharded_map *map = repository;
	uint64_t hash = siphash13(&map->key, request->info_hash, INFO_HASH_BYTES);
	struct map_shard *shard = &map->shard[hash >> map->shift];

	rte_rwlock_write_lock(&shard->lock);
	struct slot *slot = find_or_add(shard, (uint32_t)hash | TAG_USED, request->info_hash);
	struct counts counts = entry_upsert(&slot->entry, request);
	rte_rwlock_write_unlock(&shard->lock);
	return counts;
}

static void
run(void *repository, unsigned thread, struct batch *batch)
{
	(void)thread;
	batch_run_each(batch, repository, upsert);
}

const struct repository_ops repository_sharded_map = {
	.name = "sharded_map",
	.title = "sharded hash map, rwlock in each shard (DashMap's design)",
	.create = create,
	.run = run,
	.clear = clear,
	.destroy = destroy,
};
