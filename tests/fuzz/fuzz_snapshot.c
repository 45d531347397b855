// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's entry to all that reads snapshots. An input is read twice: as a whole file, and, so that checksums
// hinder nobody, as one block: a byte of flags (1: with detail), the numbers of torrents and peers (4 bytes
// each), and the torrents. What is accepted goes into a small shard, whose counts must be right afterwards.

#include "../../lib/snapshot/crc.h"
#include "../../lib/snapshot/writer.h"
#include "../../lib/swarm/shard_inline.h"
#include "../../lib/swarm/shard_restore.h"
#include "../support/eal.h"
#include "../support/shard_image.h"
#include "../support/snapshot_memory.h"
#include "fuzz.h"

enum { TORRENTS = 20, PEERS = 200, TIMEOUT_S = 1000, NUMBERS = 9, EVERYTHING = 1 << 20 };

static struct shard *
make_shard(bool detail)
{
	struct shard_config config = {
		.name = detail ? "fuzz_detail" : "fuzz",
		.socket = SOCKET_ID_ANY,
		.max_torrents = TORRENTS,
		.max_peers = PEERS,
		.max_peers_ipv6 = PEERS / 2,
		.peer_timeout_s = TIMEOUT_S,
		.detail = detail,
		.seed = 1,
	};
	struct shard *shard = shard_create(&config);

	demand(shard != NULL);
	return shard;
}

// A shard without anything: made once, and put back to its beginning for each input.
static struct shard *
blank_shard(bool detail)
{
	static struct shard_image images[2];
	struct shard_image *image = &images[detail];

	if (images[0].shard == NULL && images[1].shard == NULL)
		test_eal_init();
	if (image->shard == NULL)
		shard_image_take(image, make_shard(detail));
	else
		shard_image_restore(image);
	demand(image->shard->peers == 0 && image->shard->counts.torrents == 0);
	demand(rte_hash_count(image->shard->index) == 0);
	return image->shard;
}

static void
check_shard(struct shard *shard, const struct shard_restore_counts *counts)
{
	uint64_t peers = 0;

	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		peers += shard->counts.seeders[f] + shard->counts.leechers[f];
	demand(peers == shard->peers && peers == counts->peers && peers <= PEERS);
	demand(shard->counts.torrents == counts->torrents && counts->torrents <= TORRENTS);
	while (shard_sweep(shard, EVERYTHING, 2 * TIMEOUT_S) > 0)
		;
	demand(shard->peers == 0 && shard_used(shard).lines == 0 && shard_used(shard).records == 0);
}

static void
try_file(const struct snapshot_memory *memory, bool detail)
{
	struct shard *shard = blank_shard(detail);
	struct shard_restore_counts counts;
	struct snapshot_problem problem;

	if (snapshot_memory_load(memory, &shard, 1, 0, 1, &counts, &problem))
		check_shard(shard, &counts);
	else
		demand(problem.what != NULL && shard->counts.torrents == 0);
}

// A file with one block of these torrents, all of it sealed.
static void
try_block(const uint8_t *data, size_t size)
{
	static struct snapshot_writer writer;
	struct snapshot_memory memory = {0};
	uint32_t torrents, peers;
	size_t room;

	if (size < NUMBERS || size - NUMBERS > SNAPSHOT_BLOCK_MAX)
		return;
	memcpy(&torrents, data + 1, sizeof(torrents));
	memcpy(&peers, data + 5, sizeof(peers));
	snapshot_writer_begin(&writer, 1, 1, data[0] & 1);
	snapshot_memory_put(&memory, &writer.head, sizeof(writer.head));
	memcpy(snapshot_writer_room(&writer, &room), data + NUMBERS, size - NUMBERS);
	snapshot_writer_add(&writer, size - NUMBERS, torrents, peers, 0);
	const void *bytes = snapshot_writer_seal(&writer, &room);

	snapshot_memory_put(&memory, bytes, room);
	bytes = snapshot_writer_end(&writer, &room);
	snapshot_memory_put(&memory, bytes, room);
	try_file(&memory, data[0] & 2);
	snapshot_memory_free(&memory);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot_memory memory = {0};

	snapshot_memory_put(&memory, data, size);
	try_file(&memory, size % 2);
	snapshot_memory_free(&memory);
	try_block(data, size);
	return 0;
}
