// SPDX-License-Identifier: BSD-3-Clause
// Reads a snapshot and trusts no byte of it: a block is used only if its checksum is right, and the numbers in
// it fit together. The bytes come from the caller. One thread to a reader; several may read the same source if
// its function allows it.

#pragma once

#include "format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snapshot_source {
	// Reads `bytes` bytes at `at`, which lie within the source. False: they cannot be read.
	bool (*read)(void *context, void *to, size_t bytes, uint64_t at);
	void *context;
	uint64_t bytes; // of the whole
};

// Why a snapshot is not used.
struct snapshot_problem {
	const char *what; // what is wrong with it, to stand behind its name
	bool in_block; // `block` and `byte` say where
	uint32_t block;
	uint64_t byte; // of the file, where the block begins
};

struct snapshot_reader {
	struct snapshot_source source;
	struct snapshot_head head;
	uint64_t at; // of the next block
	struct snapshot_block block;
	struct snapshot_totals totals; // of blocks read; at the end those of the snapshot
	uint8_t *payload; // SNAPSHOT_BLOCK_MAX bytes of the caller, aligned to 8
	uint32_t next; // byte in payload, of the next torrent
	struct snapshot_problem problem; // of the call that failed
};

enum snapshot_read { SNAPSHOT_READ, SNAPSHOT_OVER, SNAPSHOT_WRONG };

// Part of a torrent. Pointers are valid until the next block is read.
struct snapshot_entry {
	struct snapshot_torrent torrent;
	// snapshot_reader_stride() bytes each: address, 32 bits of state, detail.
	const uint8_t *peers[SNAPSHOT_FAMILIES];
};

// Reads the head. `payload`: SNAPSHOT_BLOCK_MAX bytes, aligned to 8, that the reader uses. False: reader->problem.
bool snapshot_reader_open(
	struct snapshot_reader *reader,
	const struct snapshot_source *source,
	uint8_t *payload
);

// Reads the next block. SNAPSHOT_OVER: the last block was reached, the totals are right, and nothing is behind.
enum snapshot_read snapshot_reader_block(struct snapshot_reader *reader);

// The next part of a torrent of this block. False: there is none left.
bool snapshot_reader_next(struct snapshot_reader *reader, struct snapshot_entry *entry);

// Bytes of a peer in this snapshot.
static inline uint32_t
snapshot_reader_stride(const struct snapshot_reader *reader, unsigned family)
{
	return snapshot_peer_bytes(family) + reader->head.detail_bytes;
}
