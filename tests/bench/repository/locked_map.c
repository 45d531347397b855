// SPDX-License-Identifier: BSD-3-Clause
// One lock for an ordered map of torrents, a mutex or a readers-writer lock. Every announce writes,
// so every announce locks the whole map.

#include "batch.h"
#include "entry.h"
#include "lock.h"
#include "memory.h"

struct locked_map {
	pthread_mutex_t mutex; // mutex_map
	pthread_rwlock_t rwlock; // rwlock_map
	struct btree torrents; // to struct entry
};

static void *
create(unsigned threads, unsigned torrents, unsigned peers)
{
	struct locked_map *map = memory_get(1, sizeof(*map));

	(void)threads;
	(void)torrents;
	(void)peers;
	lock_init(&map->mutex);
	pthread_rwlock_init(&map->rwlock, NULL);
	return map;
}

static void
forget(union btree_value value)
{
	entry_clear(value.pointer);
	free(value.pointer);
}

static void
clear(void *repository, unsigned thread)
{
	struct locked_map *map = repository;

	if (thread == 0)
		btree_clear(&map->torrents, forget);
}

static void
destroy(void *repository)
{
	struct locked_map *map = repository;

	clear(map, 0);
	pthread_mutex_destroy(&map->mutex);
	pthread_rwlock_destroy(&map->rwlock);
	free(map);
}

static inline struct counts
upsert(struct locked_map *map, const struct btree_key *key, const struct request *request)
{
	bool added;
	union btree_value *value = btree_upsert(&map->torrents, key, &added);

	if (added)
		value->pointer = memory_get(1, sizeof(struct entry));
	return entry_upsert(value->pointer, request);
}

static inline struct counts
mutex_upsert(void *repository, const struct request *request)
{
	struct locked_map *map = repository;
	struct btree_key key = btree_key_load(request->info_hash);

	pthread_mutex_lock(&map->mutex);
	struct counts counts = upsert(map, &key, request);
	pthread_mutex_unlock(&map->mutex);
	return counts;
}

static inline struct counts
rwlock_upsert(void *repository, const struct request *request)
{
	struct locked_map *map = repository;
	struct btree_key key = btree_key_load(request->info_hash);

	pthread_rwlock_wrlock(&map->rwlock);
	struct counts counts = upsert(map, &key, request);
	pthread_rwlock_unlock(&map->rwlock);
	return counts;
}

static void
mutex_run(void *repository, unsigned thread, struct batch *batch)
{
	(void)thread;
	batch_run_each(batch, repository, mutex_upsert);
}

static void
rwlock_run(void *repository, unsigned thread, struct batch *batch)
{
	(void)thread;
	batch_run_each(batch, repository, rwlock_upsert);
}

const struct repository_ops repository_mutex_map = {
	.name = "mutex_map",
	.title = "mutex around an ordered map",
	.ordered_map = true,
	.create = create,
	.run = mutex_run,
	.clear = clear,
	.destroy = destroy,
};

const struct repository_ops repository_rwlock_map = {
	.name = "rwlock_map",
	.title = "rwlock around an ordered map",
	.ordered_map = true,
	.create = create,
	.run = rwlock_run,
	.clear = clear,
	.destroy = destroy,
};
