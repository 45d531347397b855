// SPDX-License-Identifier: BSD-3-Clause
// A lock for an ordered map of torrents, and one in each torrent. The lock of the map is held
// during lookups and insertions of torrents, that of a torrent during updates of its peers.
// Torrents are removed only while no thread is in run, so pointers to them stay valid.

#include "batch.h"
#include "entry.h"
#include "lock.h"
#include "memory.h"

struct locked_entry {
	pthread_mutex_t mutex;
	struct entry entry;
};

struct map {
	pthread_mutex_t mutex; // mutex_map_mutex_entry
	pthread_rwlock_t rwlock; // rwlock_map_mutex_entry
	struct btree torrents; // to struct locked_entry
};

static void *
create(unsigned threads, unsigned torrents, unsigned peers)
{
	struct map *map = memory_get(1, sizeof(*map));

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
	struct locked_entry *torrent = value.pointer;

	entry_clear(&torrent->entry);
	pthread_mutex_destroy(&torrent->mutex);
	free(torrent);
}

static void
clear(void *repository, unsigned thread)
{
	struct map *map = repository;

	if (thread == 0)
		btree_clear(&map->torrents, forget);
}

static void
destroy(void *repository)
{
	struct map *map = repository;

	clear(map, 0);
	pthread_mutex_destroy(&map->mutex);
	pthread_rwlock_destroy(&map->rwlock);
	free(map);
}

// The map must be locked for writing.
static struct locked_entry *
find_or_add(struct map *map, const struct btree_key *key)
{
	bool added;
	union btree_value *value = btree_upsert(&map->torrents, key, &added);

	if (added) {
		struct locked_entry *torrent = memory_get(1, sizeof(*torrent));

		lock_init(&torrent->mutex);
		value->pointer = torrent;
	}
	return value->pointer;
}

static inline struct counts
upsert(struct locked_entry *torrent, const struct request *request)
{
	pthread_mutex_lock(&torrent->mutex);
	struct counts counts = entry_upsert(&torrent->entry, request);
	pthread_mutex_unlock(&torrent->mutex);
	return counts;
}

static inline struct counts
mutex_upsert(void *repository, const struct request *request)
{
	struct map *map = repository;
	struct btree_key key = btree_key_load(request->info_hash);

	pthread_mutex_lock(&map->mutex);
	struct locked_entry *torrent = find_or_add(map, &key);
	pthread_mutex_unlock(&map->mutex);
	return upsert(torrent, request);
}

static inline struct counts
rwlock_upsert(void *repository, const struct request *request)
{
	struct map *map = repository;
	struct btree_key key = btree_key_load(request->info_hash);
	struct locked_entry *torrent;

	pthread_rwlock_rdlock(&map->rwlock);
	union btree_value *value = btree_find(&map->torrents, &key);
	// The pointer is read before an insertion can move it.
	torrent = value == NULL ? NULL : value->pointer;
	pthread_rwlock_unlock(&map->rwlock);
	if (torrent == NULL) {
		pthread_rwlock_wrlock(&map->rwlock);
		torrent = find_or_add(map, &key);
		pthread_rwlock_unlock(&map->rwlock);
	}
	return upsert(torrent, request);
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

const struct repository_ops repository_mutex_map_mutex_entry = {
	.name = "mutex_map_mutex_entry",
	.title = "mutex around an ordered map, mutex in each torrent",
	.ordered_map = true,
	.create = create,
	.run = mutex_run,
	.clear = clear,
	.destroy = destroy,
};

const struct repository_ops repository_rwlock_map_mutex_entry = {
	.name = "rwlock_map_mutex_entry",
	.title = "rwlock around an ordered map, mutex in each torrent",
	.ordered_map = true,
	.create = create,
	.run = rwlock_run,
	.clear = clear,
	.destroy = destroy,
};
