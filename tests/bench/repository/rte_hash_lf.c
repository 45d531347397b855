// SPDX-License-Identifier: BSD-3-Clause
// DPDK's concurrent hash table: lock-free lookups, insertions by several writers, and a spinlock in
// each torrent.

#include "../../../lib/base/siphash.h"
#include "batch.h"
#include "entry.h"
#include "memory.h"

#include <rte_hash.h>
#include <rte_lcore.h>
#include <rte_spinlock.h>

struct locked_torrent {
	rte_spinlock_t lock;
	struct entry entry;
};

struct table {
	struct siphash_key key;
	struct rte_hash *index; // info_hash -> position in torrents
	uint32_t positions;
	struct locked_torrent *torrents; // [positions]
};

static struct rte_hash *
create_index(unsigned torrents)
{
	static unsigned number;
	char name[32];
	struct rte_hash_parameters parameters = {
		.name = name,
		// Every lcore caches some free positions.
		.entries = torrents + RTE_MAX_LCORE,
		.key_len = INFO_HASH_BYTES,
		.socket_id = (int)rte_socket_id(),
		.extra_flag = RTE_HASH_EXTRA_FLAGS_RW_CONCURRENCY_LF
			| RTE_HASH_EXTRA_FLAGS_MULTI_WRITER_ADD | RTE_HASH_EXTRA_FLAGS_EXT_TABLE,
	};

	snprintf(name, sizeof(name), "bench_lf_%u", number++);
	return rte_hash_create(&parameters);
}

static void *
create(unsigned threads, unsigned torrents, unsigned peers)
{
	struct table *table = memory_get(1, sizeof(*table));

	(void)threads;
	(void)peers;
	table->key = (struct siphash_key){0x5745495221, 0x4a4f494e21};
	table->index = create_index(torrents);
	if (table->index == NULL) {
		free(table);
		return NULL;
	}
	table->positions = (uint32_t)rte_hash_max_key_id(table->index) + 1;
	table->torrents = memory_get(table->positions, sizeof(struct locked_torrent));
	return table;
}

static void
clear(void *repository, unsigned thread)
{
	struct table *table = repository;
	uint32_t iterator = 0;
	const void *key;
	void *data;
	int32_t position;

	if (thread != 0)
		return;
	while ((position = rte_hash_iterate(table->index, &key, &data, &iterator)) >= 0)
		entry_clear(&table->torrents[position].entry);
	rte_hash_reset(table->index);
}

static void
destroy(void *repository)
{
	struct table *table = repository;

	clear(table, 0);
	rte_hash_free(table->index);
	free(table->torrents);
	free(table);
}

static inline struct counts
upsert(void *repository, const struct request *request)
{
	struct table *table = repository;
	hash_sig_t hash = (hash_sig_t)siphash13(&table->key, request->info_hash, INFO_HASH_BYTES);
	int32_t position = rte_hash_lookup_with_hash(table->index, request->info_hash, hash);

	// Two threads that add the same torrent get the same position.
	if (position < 0)
		position = rte_hash_add_key_with_hash(table->index, request->info_hash, hash);
	if (unlikely(position < 0))
		return (struct counts){0};
	struct locked_torrent *torrent = &table->torrents[position];

	rte_spinlock_lock(&torrent->lock);
	struct counts counts = entry_upsert(&torrent->entry, request);
	rte_spinlock_unlock(&torrent->lock);
	return counts;
}

static void
run(void *repository, unsigned thread, struct batch *batch)
{
	(void)thread;
	batch_run_each(batch, repository, upsert);
}

const struct repository_ops repository_rte_hash_lf = {
	.name = "rte_hash_lf",
	.title = "rte_hash, lock-free lookups, several writers, spinlock in each torrent",
	.create = create,
	.run = run,
	.clear = clear,
	.destroy = destroy,
};
