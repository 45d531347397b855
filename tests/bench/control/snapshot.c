// SPDX-License-Identifier: BSD-3-Clause

#include "snapshot.h"

#include "../../../app/common/memory.h"
#include "../../../lib/base/siphash.h"
#include "../../../lib/snapshot/reader.h"
#include "../../../lib/snapshot/writer.h"
#include "../../../lib/swarm/shard_restore.h"
#include "../../../lib/swarm/shard_save.h"
#include "../support/eal.h"
#include "../support/samples.h"
#include "../swarm/store.h"
#include "cpu_time.h"

#include <rte_common.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PEERS_PER_TORRENT = 5,
	PIECE = 4096, // torrents and peers, as when Weir stops
	NOW_S = 1000,
	ROUNDS_MAX = 5,
	MEMORY_MIB = 64, // beside two shards of MEMORY_PER_PEER: what the EAL itself needs
	MEMORY_PER_PEER = 160,
	FILE_PER_PEER = 64,
};

// The file.
struct file {
	uint8_t *bytes;
	size_t len;
	size_t room;
};

static void
check(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "bench_control: snapshot: %s\n", what);
	exit(EXIT_FAILURE);
}

static void
append(struct file *file, const void *bytes, size_t len)
{
	check(len <= file->room - file->len, "the file is longer than expected");
	memcpy(file->bytes + file->len, bytes, len);
	file->len += len;
}

static void
append_block(struct file *file, struct snapshot_writer *writer)
{
	size_t len;
	const void *block = snapshot_writer_seal(writer, &len);

	append(file, block, len);
}

static void
save(struct shard *shard, struct snapshot_writer *writer, struct file *file)
{
	struct shard_cursor cursor = {0};
	size_t len;

	snapshot_writer_begin(writer, 1, 1, false);
	file->len = 0;
	append(file, &writer->head, sizeof(writer->head));
	while (!cursor.over) {
		size_t room;
		uint8_t *out = snapshot_writer_room(writer, &room);
		struct shard_saved saved = shard_save(shard, &cursor, PIECE, out, room, NOW_S);

		snapshot_writer_add(writer, saved.bytes, saved.torrents, saved.peers, 0);
		if (cursor.over || writer->block.bytes > SNAPSHOT_BLOCK_MAX / 2)
			append_block(file, writer);
	}
	const void *end = snapshot_writer_end(writer, &len);

	append(file, end, len);
}

static bool
read_file(void *context, void *to, size_t bytes, uint64_t at)
{
	const struct file *file = context;

	memcpy(to, file->bytes + at, bytes);
	return true;
}

static void
restore_block(
	struct shard *shard,
	struct snapshot_reader *reader,
	struct shard_restore_counts *counts
)
{
	static const struct siphash_key key = {3, 4};
	struct shard_restore_source source = {
		.stride = {snapshot_reader_stride(reader, 0), snapshot_reader_stride(reader, 1)},
	};
	struct shard_restore_op ops[SHARD_BURST];
	unsigned count = 0;

	while (snapshot_reader_next(reader, &ops[count].entry)) {
		const uint8_t *info_hash = ops[count].entry.torrent.info_hash;

		ops[count].hash = (uint32_t)siphash13(&key, info_hash, SNAPSHOT_HASH_BYTES);
		if (++count < SHARD_BURST)
			continue;
		shard_restore(shard, &source, ops, count, NOW_S, counts);
		count = 0;
	}
	shard_restore(shard, &source, ops, count, NOW_S, counts);
}

// Reads all blocks. shard: NULL only checks them.
static void
read_blocks(struct file *file, struct shard *shard, struct shard_restore_counts *counts)
{
	static uint8_t payload[SNAPSHOT_BLOCK_MAX] __rte_aligned(8);
	const struct snapshot_source source = {read_file, file, file->len};
	struct snapshot_reader reader;
	enum snapshot_read read;

	check(snapshot_reader_open(&reader, &source, payload), "its head is wrong");
	while ((read = snapshot_reader_block(&reader)) == SNAPSHOT_READ)
		if (shard != NULL)
			restore_block(shard, &reader, counts);
	check(read == SNAPSHOT_OVER, "a block is wrong");
}

static double
peers_per_second(uint32_t peers, uint64_t started_ns)
{
	return peers * 1e9 / (double)(cpu_time_ns() - started_ns);
}

static double
time_load(struct file *file, uint32_t peers)
{
	struct shard_config config =
		store_config(peers / PEERS_PER_TORRENT + 1, peers, FAMILY_IPV4, false);

	config.name = "loaded"; // "bench" is there
	struct shard *shard = shard_create(&config);
	struct shard_restore_counts counts = {0};

	check(shard != NULL, "out of memory");
	uint64_t started_ns = cpu_time_ns();

	read_blocks(file, NULL, NULL);
	read_blocks(file, shard, &counts);
	double rate = peers_per_second(peers, started_ns);

	check(counts.peers == peers, "not all peers were loaded");
	shard_free(shard);
	return rate;
}

static void
report_rate(const char *what, const char *size, struct samples *rates, struct bench_report *report)
{
	char name[32];

	snprintf(name, sizeof(name), "%s_%s", what, size);
	bench_report_add(
		report,
		&(struct bench_row){
			.name = name,
			.metric = "rate",
			.unit = "peers/s",
			.value = samples_summarise(rates).median_ns, // peers/s, in fact
			.baseline = NAN,
			.ratio = NAN,
		}
	);
	samples_free(rates);
}

void
snapshot_measure(const char *size, uint32_t entries, unsigned rounds, struct bench_report *report)
{
	struct snapshot_writer *writer = memory_grow(NULL, sizeof(*writer));
	struct file file = {.room = (size_t)entries * FILE_PER_PEER + SNAPSHOT_BLOCK_MAX};
	struct samples saves = {0}, loads = {0};
	struct load load;

	unsigned mib = MEMORY_MIB + (unsigned)(2 * (size_t)entries * MEMORY_PER_PEER >> 20);

	bench_eal_init(mib, BENCH_PAGES_FREE);
	file.bytes = memory_map(file.room);
	load_make(&load, entries / PEERS_PER_TORRENT + 1, entries, LOAD_UNIFORM, 0);
	struct shard *shard = store_create(load.torrents, entries, FAMILY_IPV4, false);

	store_fill(shard, &load, FAMILY_IPV4, NOW_S);
	for (unsigned i = 0; i < RTE_MIN(rounds, (unsigned)ROUNDS_MAX); i++) {
		uint64_t started_ns = cpu_time_ns();

		save(shard, writer, &file);
		samples_add(&saves, peers_per_second(entries, started_ns));
		samples_add(&loads, time_load(&file, entries));
	}
	report_rate("snapshot_save", size, &saves, report);
	report_rate("snapshot_load", size, &loads, report);
	shard_free(shard);
	load_free(&load);
	memory_unmap(file.bytes, file.room);
	free(writer);
}
