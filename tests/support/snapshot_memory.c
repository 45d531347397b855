// SPDX-License-Identifier: BSD-3-Clause

#include "snapshot_memory.h"

#include <stdlib.h>
#include <string.h>

void
snapshot_memory_put(struct snapshot_memory *memory, const void *bytes, size_t count)
{
	if (count == 0)
		return;
	if (memory->len + count > memory->room) {
		memory->room = 2 * memory->room + count;
		memory->bytes = realloc(memory->bytes, memory->room);
		if (memory->bytes == NULL)
			abort();
	}
	memcpy(memory->bytes + memory->len, bytes, count);
	memory->len += count;
}

void
snapshot_memory_free(struct snapshot_memory *memory)
{
	free(memory->bytes);
	*memory = (struct snapshot_memory){0};
}

static bool
read_memory(void *context, void *to, size_t bytes, uint64_t at)
{
	const struct snapshot_memory *memory = context;

	if (at > memory->len || bytes > memory->len - at)
		abort(); // beyond the source
	memcpy(to, memory->bytes + at, bytes);
	return true;
}

struct snapshot_source
snapshot_memory_source(const struct snapshot_memory *memory)
{
	return (struct snapshot_source){
		.read = read_memory,
		.context = (void *)(uintptr_t)memory,
		.bytes = memory->len,
	};
}

static void
put_block(struct snapshot_memory *memory, struct snapshot_writer *writer)
{
	size_t bytes;
	const void *block = snapshot_writer_seal(writer, &bytes);

	snapshot_memory_put(memory, block, bytes);
}

void
snapshot_memory_save(
	struct snapshot_memory *memory,
	struct shard *const *shards,
	unsigned count,
	bool detail,
	unsigned budget,
	size_t block,
	uint32_t now_s
)
{
	static struct snapshot_writer writer;
	size_t bytes;

	memory->len = 0;
	snapshot_writer_begin(&writer, 1700000000, 42, detail);
	snapshot_memory_put(memory, &writer.head, sizeof(writer.head));
	for (unsigned i = 0; i < count; i++) {
		struct shard_cursor cursor = {0};

		while (!cursor.over) {
			uint8_t *out = snapshot_writer_room(&writer, &bytes);
			struct shard_saved saved =
				shard_save(shards[i], &cursor, budget, out, bytes, now_s);

			snapshot_writer_add(&writer, saved.bytes, saved.torrents, saved.peers, 0);
			if (writer.block.bytes >= block || bytes < 2 * SNAPSHOT_ENTRY_MAX)
				put_block(memory, &writer);
		}
	}
	put_block(memory, &writer);
	const void *end = snapshot_writer_end(&writer, &bytes);

	snapshot_memory_put(memory, end, bytes);
}

uint32_t
snapshot_memory_hash(const uint8_t *info_hash)
{
	uint32_t torrent;

	memcpy(&torrent, info_hash, sizeof(torrent));
	return torrent * UINT32_C(2654435761);
}

unsigned
snapshot_memory_owner(const uint8_t *info_hash, unsigned count)
{
	return (snapshot_memory_hash(info_hash) >> 7) % count;
}

// Gives the torrents of a block to their shards.
static void
load_block(
	struct snapshot_reader *reader,
	struct shard *const *shards,
	unsigned count,
	const struct shard_restore_source *source,
	uint32_t now_s,
	struct shard_restore_counts *counts
)
{
	static struct shard_restore_op ops[128][SHARD_BURST];
	unsigned op_counts[128] = {0};
	struct snapshot_entry entry;

	while (snapshot_reader_next(reader, &entry)) {
		unsigned i = snapshot_memory_owner(entry.torrent.info_hash, count);
		uint32_t hash = snapshot_memory_hash(entry.torrent.info_hash);

		ops[i][op_counts[i]++] = (struct shard_restore_op){entry, hash};
		if (op_counts[i] == SHARD_BURST) {
			shard_restore(shards[i], source, ops[i], SHARD_BURST, now_s, counts);
			op_counts[i] = 0;
		}
	}
	for (unsigned i = 0; i < count; i++)
		shard_restore(shards[i], source, ops[i], op_counts[i], now_s, counts);
}

bool
snapshot_memory_load(
	const struct snapshot_memory *memory,
	struct shard *const *shards,
	unsigned count,
	uint32_t aged_s,
	uint32_t now_s,
	struct shard_restore_counts *counts,
	struct snapshot_problem *problem
)
{
	static uint8_t payload[SNAPSHOT_BLOCK_MAX] __rte_aligned(8);
	struct snapshot_source source = snapshot_memory_source(memory);
	struct snapshot_reader reader;
	enum snapshot_read read = SNAPSHOT_WRONG;

	*counts = (struct shard_restore_counts){0};
	if (snapshot_reader_open(&reader, &source, payload))
		while ((read = snapshot_reader_block(&reader)) == SNAPSHOT_READ)
			;
	*problem = reader.problem;
	if (read != SNAPSHOT_OVER)
		return false;
	snapshot_reader_open(&reader, &source, payload);
	struct shard_restore_source restored = {
		.stride = {snapshot_reader_stride(&reader, 0), snapshot_reader_stride(&reader, 1)},
		.detail = reader.head.detail_bytes != 0,
		.aged_s = aged_s,
	};

	while (snapshot_reader_block(&reader) == SNAPSHOT_READ)
		load_block(&reader, shards, count, &restored, now_s, counts);
	return true;
}
