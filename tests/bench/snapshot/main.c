// SPDX-License-Identifier: BSD-3-Clause
// Rates of snapshots, without files: pieces copied out of a shard, blocks checked, blocks put into a shard.
//
// bench_snapshot [PEERS]: the peers of each population, 2,000,000 without it. Prints a row for each population:
// nanoseconds a peer, millions of peers a second of one thread, and the longest piece. Of several rounds the best
// counts, and what the CPU did for others does not.

#include "../../../lib/base/rng.h"
#include "../../../lib/snapshot/writer.h"
#include "../../../lib/swarm/shard_restore.h"
#include "../../../lib/swarm/shard_save.h"
#include "../support/eal.h"

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_memory.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	PEERS = 2000000,
	PIECE = 256, // torrents and peers that a worker's turn visits
	NOW_S = 100,
	PIECES_MAX = 1 << 20,
	ROUNDS = 4,
};

static const struct population {
	const char *name;
	uint32_t peers_each; // of a torrent
	enum family family;
	bool detail;
} populations[] = {
	{"1 peer a torrent", 1, FAMILY_IPV4, false},
	{"5 peers a torrent", 5, FAMILY_IPV4, false},
	{"50 peers a torrent", 50, FAMILY_IPV4, false},
	{"100,000 peers a torrent", 100000, FAMILY_IPV4, false},
	{"5 peers a torrent, detail", 5, FAMILY_IPV4, true},
	{"100,000, detail", 100000, FAMILY_IPV4, true},
	{"50 peers a torrent, IPv6", 50, FAMILY_IPV6, false},
	{"100,000, IPv6", 100000, FAMILY_IPV6, false},
};

struct bytes {
	uint8_t *items;
	size_t len, room;
};

static void
put(struct bytes *bytes, const void *items, size_t count)
{
	if (bytes->len + count > bytes->room)
		errx(EXIT_FAILURE, "the snapshot is larger than expected");
	memcpy(bytes->items + bytes->len, items, count);
	bytes->len += count;
}

static struct shard *
make_shard(const struct population *population, uint32_t peers)
{
	static unsigned number;
	char name[20];
	struct shard_config config = {
		.name = name,
		.socket = SOCKET_ID_ANY,
		.max_torrents = 2 * (peers / population->peers_each),
		.max_peers = 2 * peers,
		.max_peers_ipv6 = population->family == FAMILY_IPV6 ? 2 * peers : 0,
		.peer_timeout_s = 2700,
		.detail = population->detail,
		.seed = ++number,
	};

	snprintf(name, sizeof(name), "bench_%u", number);
	struct shard *shard = shard_create(&config);

	if (shard == NULL)
		errx(EXIT_FAILURE, "no memory for the shard");
	return shard;
}

static void
name_torrent(uint32_t number, uint8_t *info_hash)
{
	struct rng rng = {number};

	for (unsigned at = 0; at < SNAPSHOT_HASH_BYTES; at += 4) {
		uint32_t word = (uint32_t)rng_next(&rng);

		memcpy(info_hash + at, &word, sizeof(word));
	}
}

static uint32_t
hash_of(const uint8_t *info_hash)
{
	uint32_t hash;

	memcpy(&hash, info_hash, sizeof(hash));
	return hash;
}

// Announces each peer once, torrents in turn, as clients do: their lines and records are scattered.
static void
fill(struct shard *shard, const struct population *population, uint32_t peers)
{
	uint32_t torrents = peers / population->peers_each;

	for (uint32_t i = 0; i < peers; i++) {
		uint8_t info_hash[SNAPSHOT_HASH_BYTES], out[SHARD_OUT_SPARE];
		static const uint8_t detail[SHARD_DETAIL_BYTES];

		name_torrent((uint32_t)((uint64_t)i * 7919 % torrents), info_hash);
		struct shard_op op = {
			.info_hash = info_hash,
			.peers = out,
			.detail = detail,
			.hash = hash_of(info_hash),
			.kind = SHARD_ANNOUNCE,
			.family = (uint8_t)population->family,
			.seeder = i % 3 == 0,
		};

		memcpy(op.peer, &i, sizeof(i));
		shard_process(shard, &op, 1, NOW_S);
	}
}

// Copies the shard into a snapshot. pieces[i]: the least cycles that piece i has taken in any round. Returns
// their number.
static unsigned
save(struct shard *shard, bool detail, struct bytes *bytes, uint64_t *pieces)
{
	static struct snapshot_writer writer;
	struct shard_cursor cursor = {0};
	unsigned count = 0;
	size_t room;

	bytes->len = 0;
	snapshot_writer_begin(&writer, 0, 1, detail);
	put(bytes, &writer.head, sizeof(writer.head));
	while (!cursor.over) {
		uint8_t *out = snapshot_writer_room(&writer, &room);
		uint64_t start = rte_rdtsc();
		struct shard_saved saved = shard_save(shard, &cursor, PIECE, out, room, NOW_S);
		uint64_t cycles = rte_rdtsc() - start;

		if (count == PIECES_MAX)
			errx(EXIT_FAILURE, "too many pieces");
		pieces[count] = RTE_MIN(pieces[count], cycles);
		count++;
		snapshot_writer_add(&writer, saved.bytes, saved.torrents, saved.peers, 0);
		if (room - saved.bytes < SNAPSHOT_BLOCK_MAX / 8 || cursor.over) {
			const void *block = snapshot_writer_seal(&writer, &room);

			put(bytes, block, room);
		}
	}
	const void *end = snapshot_writer_end(&writer, &room);

	put(bytes, end, room);
	return count;
}

// CPU time of this thread.
static double
cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool
read_bytes(void *context, void *to, size_t count, uint64_t at)
{
	const struct bytes *bytes = context;

	memcpy(to, bytes->items + at, count);
	return true;
}

// Reads the snapshot; into the shard if there is one. Returns the seconds.
static double
load(struct bytes *bytes, struct shard *shard)
{
	static uint8_t payload[SNAPSHOT_BLOCK_MAX] __rte_aligned(8);
	struct snapshot_source source = {read_bytes, bytes, bytes->len};
	struct shard_restore_counts counts = {0};
	struct snapshot_reader reader;
	double start = cpu_s();

	snapshot_reader_open(&reader, &source, payload);
	struct shard_restore_source from = {
		.stride = {snapshot_reader_stride(&reader, 0), snapshot_reader_stride(&reader, 1)},
		.detail = reader.head.detail_bytes > 0,
	};

	while (snapshot_reader_block(&reader) == SNAPSHOT_READ && shard != NULL) {
		struct shard_restore_op ops[SHARD_BURST];
		unsigned count = 0;

		while (snapshot_reader_next(&reader, &ops[count].entry)) {
			ops[count].hash = hash_of(ops[count].entry.torrent.info_hash);
			if (++count == SHARD_BURST) {
				shard_restore(shard, &from, ops, count, NOW_S, &counts);
				count = 0;
			}
		}
		shard_restore(shard, &from, ops, count, NOW_S, &counts);
	}
	if (counts.dropped > 0)
		errx(EXIT_FAILURE, "%lu peers dropped", (unsigned long)counts.dropped);
	return cpu_s() - start;
}

static void
measure(const struct population *population, uint32_t peers, struct bytes *bytes)
{
	struct shard *shard = make_shard(population, peers);
	double hz = (double)rte_get_tsc_hz();
	static uint64_t pieces[PIECES_MAX];
	uint64_t longest = 0, sum = 0;
	double restore_s = 1e9;
	unsigned count = 0;

	memset(pieces, 0xff, sizeof(pieces));
	fill(shard, population, peers);
	for (unsigned i = 0; i < ROUNDS; i++)
		count = save(shard, population->detail, bytes, pieces);
	for (unsigned i = 0; i < count; i++) {
		longest = RTE_MAX(longest, pieces[i]);
		sum += pieces[i];
	}
	shard_free(shard);
	for (unsigned i = 0; i < ROUNDS; i++) {
		shard = make_shard(population, peers);
		restore_s = RTE_MIN(restore_s, load(bytes, shard));
		shard_free(shard);
	}
	printf("%-28s save %5.1f ns, longest piece %5.1f us; restore %5.1f ns, %5.1f M/s\n",
	       population->name,
	       (double)sum / hz * 1e9 / peers,
	       (double)longest / hz * 1e6,
	       restore_s * 1e9 / peers,
	       peers / restore_s / 1e6);
}

int
main(int argc, char **argv)
{
	uint32_t peers = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : PEERS;
	struct bytes bytes = {.room = (size_t)peers * SNAPSHOT_ENTRY_MAX * 2 + (1 << 20)};

	bench_eal_init(peers / 1200 + 600, BENCH_PAGES_FREE);
	bytes.items = malloc(bytes.room);
	if (bytes.items == NULL)
		err(EXIT_FAILURE, "memory");
	for (unsigned i = 0; i < RTE_DIM(populations); i++)
		measure(&populations[i], peers, &bytes);
	free(bytes.items);
	return EXIT_SUCCESS;
}
