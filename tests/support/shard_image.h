// SPDX-License-Identifier: BSD-3-Clause
// The memory of a shard as shard_create left it, to be put back: a fuzzer that makes a new shard for each input spends
// nearly all of its time on DPDK's allocations.

#pragma once

#include "../../lib/swarm/shard_inline.h"

struct shard_image_block {
	uint8_t *at; // in the shard
	uint8_t *copy;
	size_t bytes;
};

enum { SHARD_IMAGE_BLOCKS = 7 };

struct shard_image {
	struct shard *shard;
	struct shard head; // its own copy
	struct shard_image_block blocks[SHARD_IMAGE_BLOCKS];
};

// Of a shard that nobody has used yet. It must outlive the image.
void shard_image_take(struct shard_image *image, struct shard *shard);
void shard_image_free(struct shard_image *image);

// Makes the shard what it was, whatever was done to it: the table of info_hashes by rte_hash_reset, the other memory by
// copying. Chunks and records that were never allocated are not touched (pool.h), and are not copied.
void shard_image_restore(const struct shard_image *image);

// Whether all memory but that of the table of info_hashes is what it was, byte by byte.
bool shard_image_is_same(const struct shard_image *image);
