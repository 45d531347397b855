// SPDX-License-Identifier: BSD-3-Clause

#include "shard_image.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNKS, CUTS, RECORDS, INDEX, SOURCES, TORRENTS, TORRENTS_COLD };

static void
take_block(struct shard_image_block *block, void *at, size_t bytes)
{
	*block = (struct shard_image_block){.at = at, .copy = malloc(bytes + 1), .bytes = bytes};
	if (block->copy == NULL)
		abort();
	if (bytes > 0)
		memcpy(block->copy, at, bytes);
}

void
shard_image_take(struct shard_image *image, struct shard *shard)
{
	const struct swarm_store *store = &shard->store;
	const struct shard_config *config = &shard->config;
	const struct pool *chunks = &store->slab.chunks, *records = &store->records;
	struct shard_image_block *blocks = image->blocks;

	image->shard = shard;
	memcpy(&image->head, shard, sizeof(image->head));
	take_block(&blocks[CHUNKS], chunks->items, (size_t)chunks->count * chunks->item_bytes);
	take_block(&blocks[CUTS], store->slab.cuts, chunks->count * sizeof(struct slab_cut));
	take_block(&blocks[RECORDS], records->items, (size_t)records->count * records->item_bytes);
	take_block(
		&blocks[INDEX],
		store->index.buckets,
		store->index.count * sizeof(struct peer_bucket)
	);
	take_block(
		&blocks[SOURCES],
		store->sources.peers.lines,
		sources_memory_bytes(config->max_torrents, config->max_peers)
	);
	take_block(
		&blocks[TORRENTS], shard->torrents, shard->positions * sizeof(struct swarm_home)
	);
	take_block(
		&blocks[TORRENTS_COLD],
		shard->torrents_cold,
		shard->positions * sizeof(struct torrent_cold)
	);
}

void
shard_image_free(struct shard_image *image)
{
	for (unsigned i = 0; i < SHARD_IMAGE_BLOCKS; i++)
		free(image->blocks[i].copy);
	*image = (struct shard_image){0};
}

static void
restore_block(const struct shard_image_block *block, size_t bytes)
{
	if (bytes > 0)
		memcpy(block->at, block->copy, bytes);
}

void
shard_image_restore(const struct shard_image *image)
{
	const struct swarm_store *store = &image->shard->store;
	const struct pool *chunks = &store->slab.chunks, *records = &store->records;
	const struct shard_image_block *blocks = image->blocks;

	restore_block(&blocks[CHUNKS], (size_t)chunks->fresh * chunks->item_bytes);
	restore_block(&blocks[CUTS], chunks->fresh * sizeof(struct slab_cut));
	restore_block(&blocks[RECORDS], (size_t)records->fresh * records->item_bytes);
	for (unsigned i = INDEX; i < SHARD_IMAGE_BLOCKS; i++)
		restore_block(&blocks[i], blocks[i].bytes);
	memcpy(image->shard, &image->head, sizeof(image->head));
	rte_hash_reset(image->shard->index);
}

bool
shard_image_is_same(const struct shard_image *image)
{
	for (unsigned i = 0; i < SHARD_IMAGE_BLOCKS; i++) {
		const struct shard_image_block *block = &image->blocks[i];

		if (block->bytes > 0 && memcmp(block->at, block->copy, block->bytes) != 0)
			return false;
	}
	return memcmp(image->shard, &image->head, sizeof(image->head)) == 0;
}
