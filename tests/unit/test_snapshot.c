// SPDX-License-Identifier: BSD-3-Clause
// lib/snapshot/: what is written is read, and nothing else is: every byte changed, every length, blocks of other
// snapshots, other machines, other versions.

#include "../../lib/snapshot/crc.h"
#include "../support/cmocka_wrap.h"
#include "../support/snapshot_memory.h"

#include <rte_byteorder.h>

#include <stdlib.h>
#include <string.h>

enum { TORRENTS = 30 };

static struct snapshot_memory good;
static uint8_t payload[SNAPSHOT_BLOCK_MAX] __rte_aligned(8);

// A torrent with some peers of both families, whose bytes follow from its number.
static uint32_t
put_torrent(uint8_t *out, uint32_t number)
{
	struct snapshot_torrent torrent = {
		.completed = {number, 2 * number},
		.peers = {number % 5, number % 3},
		.continued = number % 7 == 6,
	};
	uint32_t bytes = torrent.peers[0] * snapshot_peer_bytes(0)
		+ torrent.peers[1] * snapshot_peer_bytes(1);

	memset(torrent.info_hash, (int)number, sizeof(torrent.info_hash));
	memcpy(out, &torrent, sizeof(torrent));
	memset(out + sizeof(torrent), (int)(number + 100), bytes);
	return (uint32_t)sizeof(torrent) + bytes;
}

static void
seal(struct snapshot_memory *memory, struct snapshot_writer *writer)
{
	size_t bytes;
	const void *block = snapshot_writer_seal(writer, &bytes);

	snapshot_memory_put(memory, block, bytes);
}

static void
make(struct snapshot_memory *memory, uint64_t nonce, unsigned torrents, unsigned torrents_a_block)
{
	static struct snapshot_writer writer;
	size_t bytes;

	memory->len = 0;
	snapshot_writer_begin(&writer, 1234, nonce, false);
	snapshot_memory_put(memory, &writer.head, sizeof(writer.head));
	for (uint32_t n = 0; n < torrents; n++) {
		uint8_t *out = snapshot_writer_room(&writer, &bytes);
		uint32_t used = put_torrent(out, n);

		snapshot_writer_add(&writer, used, n % 7 != 6, n % 5 + n % 3, 1000 - n);
		if (n % torrents_a_block == torrents_a_block - 1)
			seal(memory, &writer);
	}
	seal(memory, &writer);
	const void *end = snapshot_writer_end(&writer, &bytes);

	snapshot_memory_put(memory, end, bytes);
	assert_int_equal(writer.totals.bytes, memory->len);
}

// Reads everything. NULL: it is right, else what is wrong.
static const char *
read_all(const struct snapshot_memory *memory, struct snapshot_reader *reader)
{
	struct snapshot_source source = snapshot_memory_source(memory);
	enum snapshot_read read;

	if (!snapshot_reader_open(reader, &source, payload)) {
		assert_false(reader->problem.in_block);
		return reader->problem.what;
	}
	while ((read = snapshot_reader_block(reader)) == SNAPSHOT_READ)
		;
	if (read == SNAPSHOT_OVER)
		return NULL;
	assert_true(reader->problem.in_block);
	assert_int_equal(reader->problem.block, reader->totals.blocks);
	assert_int_equal(reader->problem.byte, reader->at);
	struct snapshot_entry entry;

	assert_false(snapshot_reader_next(reader, &entry)); // nothing of a wrong block
	return reader->problem.what;
}

static void
assert_wrong(const struct snapshot_memory *memory, const char *words)
{
	struct snapshot_reader reader;
	const char *what = read_all(memory, &reader);

	if (what == NULL)
		fail_msg("accepted, not: %s", words);
	if (strstr(what, words) == NULL)
		fail_msg("\"%s\", not: %s", what, words);
}

static void
test_read(void **state)
{
	struct snapshot_source source = snapshot_memory_source(&good);
	struct snapshot_reader reader;
	struct snapshot_entry entry;
	uint32_t number = 0, blocks = 0;

	(void)state;
	assert_true(snapshot_reader_open(&reader, &source, payload));
	assert_int_equal(reader.head.wall_s, 1234);
	while (snapshot_reader_block(&reader) == SNAPSHOT_READ) {
		blocks++;
		while (snapshot_reader_next(&reader, &entry)) {
			uint8_t expected[1024];
			uint32_t bytes = put_torrent(expected, number++);

			assert_memory_equal(&entry.torrent, expected, sizeof(entry.torrent));
			assert_memory_equal(
				entry.peers[0],
				expected + sizeof(entry.torrent),
				bytes - sizeof(entry.torrent)
			);
			assert_ptr_equal(
				entry.peers[1],
				entry.peers[0] + entry.torrent.peers[0] * snapshot_peer_bytes(0)
			);
		}
		assert_int_equal(reader.block.at_s, 1001 - number); // the earliest of its torrents
	}
	assert_int_equal(number, TORRENTS);
	assert_int_equal(blocks, 4);
	assert_null(read_all(&good, &reader));
	assert_int_equal(reader.totals.torrents, TORRENTS - 4);
	assert_int_equal(reader.totals.bytes, good.len);
}

static void
test_empty(void **state)
{
	struct snapshot_memory memory = {0};
	struct snapshot_reader reader;

	(void)state;
	assert_wrong(&memory, "is empty");
	make(&memory, 1, 0, 1);
	assert_null(read_all(&memory, &reader));
	assert_int_equal(reader.totals.blocks, 0);
	snapshot_memory_free(&memory);
}

static void
test_each_byte_changed(void **state)
{
	(void)state;
	for (size_t i = 0; i < good.len; i++)
		for (unsigned bit = 0; bit < 9; bit++) {
			uint8_t change = (uint8_t)(bit < 8 ? 1 << bit : 0xff);

			good.bytes[i] ^= change;
			assert_wrong(&good, "");
			good.bytes[i] ^= change;
		}
}

static void
test_each_length(void **state)
{
	size_t len = good.len;

	(void)state;
	for (good.len = 0; good.len < len; good.len++)
		assert_wrong(&good, "");
	good.len = len;
	snapshot_memory_put(&good, "", 1);
	assert_wrong(&good, "contradicts itself");
	good.len = len;
}

// The blocks of `good`: where they begin.
static unsigned
find_blocks(size_t *starts)
{
	unsigned count = 0;
	size_t at = sizeof(struct snapshot_head);

	while (at < good.len) {
		struct snapshot_block block;

		memcpy(&block, good.bytes + at, sizeof(block));
		starts[count++] = at;
		at += sizeof(block) + block.bytes;
	}
	starts[count] = at;
	return count;
}

static void
test_blocks_moved(void **state)
{
	struct snapshot_memory other = {0}, mix = {0};
	size_t starts[16];
	unsigned count = find_blocks(starts);

	(void)state;
	assert_int_equal(count, 5);
	make(&other, 2, TORRENTS, 8);
	assert_int_equal(other.len, good.len);
	for (unsigned i = 0; i < count; i++) {
		size_t len = starts[i + 1] - starts[i];

		mix.len = 0; // a block of another snapshot
		snapshot_memory_put(&mix, good.bytes, good.len);
		memcpy(mix.bytes + starts[i], other.bytes + starts[i], len);
		assert_wrong(&mix, "is damaged");
		mix.len = starts[i]; // one is missing
		snapshot_memory_put(&mix, good.bytes + starts[i + 1], good.len - starts[i + 1]);
		assert_wrong(&mix, i + 1 == count ? "is cut off" : "");
		mix.len = starts[i]; // one is there twice
		snapshot_memory_put(&mix, good.bytes + starts[i], len);
		snapshot_memory_put(&mix, good.bytes + starts[i], good.len - starts[i]);
		assert_wrong(&mix, "");
	}
	snapshot_memory_free(&other);
	snapshot_memory_free(&mix);
}

static void
change_head(struct snapshot_head head, bool seal_it, const char *words)
{
	struct snapshot_memory memory = {0};

	if (seal_it)
		head.crc = snapshot_head_crc(&head);
	snapshot_memory_put(&memory, &head, sizeof(head));
	snapshot_memory_put(&memory, good.bytes + sizeof(head), good.len - sizeof(head));
	assert_wrong(&memory, words);
	snapshot_memory_free(&memory);
}

static void
test_other_heads(void **state)
{
	struct snapshot_head head, other;

	(void)state;
	memcpy(&head, good.bytes, sizeof(head));
	other = head;
	other.magic[0]++;
	change_head(other, true, "is not a snapshot of Weir");
	other = head;
	other.version++;
	change_head(other, true, "newer Weir");
	change_head(other, false, "newer Weir"); // its checksum may be elsewhere
	other = head;
	other.version = 0;
	change_head(other, true, "damaged");
	other = head;
	other.endianness = rte_bswap32(SNAPSHOT_ENDIANNESS);
	change_head(other, true, "another byte order");
	change_head(other, false, "another byte order");
	other = head;
	other.detail_bytes = 1;
	change_head(other, true, "other sizes");
	other = head;
	other.endianness = 7;
	change_head(other, true, "damaged");
	other = head;
	other.block_bytes++;
	change_head(other, true, "other sizes");
	other = head;
	other.torrent_bytes++;
	change_head(other, true, "other sizes");
	other = head;
	other.peer_bytes[0]++;
	change_head(other, true, "other sizes");
	other = head;
	other.peer_bytes[1]++;
	change_head(other, true, "other sizes");
	other = head;
	other.wall_s++;
	change_head(other, false, "checksum of its head");
	change_head(other, true, "is damaged"); // the blocks belong to the other head
}

// Blocks with the right checksum and wrong numbers.
static void
change_block(struct snapshot_block block, uint8_t *bytes, const char *words)
{
	struct snapshot_head head;
	struct snapshot_memory memory = {0};

	memcpy(&head, good.bytes, sizeof(head));
	snapshot_memory_put(&memory, &head, sizeof(head));
	block.crc = snapshot_block_crc(&head, &block, bytes);
	snapshot_memory_put(&memory, &block, sizeof(block));
	snapshot_memory_put(&memory, bytes, block.bytes);
	assert_wrong(&memory, words);
	snapshot_memory_free(&memory);
}

static void
test_contradictions(void **state)
{
	uint8_t bytes[1024];
	struct snapshot_torrent torrent;
	struct snapshot_block block = {
		.kind = SNAPSHOT_TORRENTS,
		.bytes = put_torrent(bytes, 4),
		.torrents = 1,
		.peers = 5,
	};
	struct snapshot_block other = block;

	(void)state;
	change_block(block, bytes, "is cut off"); // it is right, but the next is missing
	other.kind = 3;
	change_block(other, bytes, "contradicts itself");
	other.kind = SNAPSHOT_END;
	change_block(other, bytes, "contradicts itself");
	other = block;
	other.torrents = 2;
	change_block(other, bytes, "contradicts itself");
	other = block;
	other.peers = 4;
	change_block(other, bytes, "contradicts itself");
	other = block;
	other.number = 1;
	change_block(other, bytes, "is not in its place");
	other = block;
	other.bytes--; // ends within a peer
	change_block(other, bytes, "contradicts itself");
	other.bytes += 2; // within the next torrent
	change_block(other, bytes, "contradicts itself");
	memcpy(&torrent, bytes, sizeof(torrent));
	torrent.peers[0] = UINT32_MAX; // far beyond the block
	torrent.peers[1] = UINT32_MAX;
	memcpy(bytes, &torrent, sizeof(torrent));
	change_block(block, bytes, "contradicts itself");
	torrent = (struct snapshot_torrent){.continued = 2};
	memcpy(bytes, &torrent, sizeof(torrent));
	change_block(block, bytes, "contradicts itself");
}

// Of a snapshot without torrents, whose last block is its only one.
static void
test_totals(void **state)
{
	const struct snapshot_totals right = {
		.bytes = sizeof(struct snapshot_head) + sizeof(struct snapshot_block)
			+ sizeof(struct snapshot_totals),
	};
	struct snapshot_block block = {.kind = SNAPSHOT_END, .bytes = sizeof(right)};
	struct snapshot_totals totals[] = {right, right, right, right};
	uint8_t bytes[sizeof(right)];

	(void)state;
	totals[0].torrents++;
	totals[1].peers++;
	totals[2].blocks++;
	totals[3].bytes++;
	for (unsigned i = 0; i < RTE_DIM(totals); i++) {
		memcpy(bytes, &totals[i], sizeof(bytes));
		change_block(block, bytes, "contradicts itself");
	}
}

static bool
cannot_read(void *context, void *to, size_t bytes, uint64_t at)
{
	unsigned *reads_left = context;

	if ((*reads_left)-- == 0)
		return false;
	memcpy(to, good.bytes + at, bytes);
	return true;
}

static void
test_unreadable(void **state)
{
	(void)state;
	for (unsigned reads = 0; reads < 11; reads++) {
		unsigned left = reads;
		struct snapshot_source source = {cannot_read, &left, good.len};
		struct snapshot_reader reader;
		enum snapshot_read read = SNAPSHOT_WRONG;

		if (snapshot_reader_open(&reader, &source, payload))
			while ((read = snapshot_reader_block(&reader)) == SNAPSHOT_READ)
				;
		assert_int_equal(read, SNAPSHOT_WRONG);
		assert_string_equal(reader.problem.what, "cannot be read");
		assert_int_equal(reader.problem.in_block, reads > 0);
	}
}

static int
set_up(void **state)
{
	(void)state;
	make(&good, 1, TORRENTS, 8);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	snapshot_memory_free(&good);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_each_byte_changed),
		cmocka_unit_test(test_each_length),
		cmocka_unit_test(test_blocks_moved),
		cmocka_unit_test(test_other_heads),
		cmocka_unit_test(test_contradictions),
		cmocka_unit_test(test_totals),
		cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
