// SPDX-License-Identifier: BSD-3-Clause
// Makes the bytes of a snapshot, block by block. It writes no file: the caller does.
//
// The order of calls: snapshot_writer_begin, whose head is written; then, again and again,
// snapshot_writer_room and snapshot_writer_add until a block is full, and snapshot_writer_seal, whose block is
// written; at last snapshot_writer_end. One thread.

#pragma once

#include "format.h"

#include <stdbool.h>
#include <stddef.h>

struct snapshot_writer {
	struct snapshot_head head;
	struct snapshot_totals totals; // of sealed blocks
	bool sealed; // the block is complete: the next byte begins another
	// The block in the making; `payload` follows `block` without a gap.
	_Alignas(uint64_t) struct snapshot_block block; // DPDK's CRC reads whole words
	uint8_t payload[SNAPSHOT_BLOCK_MAX];
};

static_assert(
	offsetof(struct snapshot_writer, payload)
		== offsetof(struct snapshot_writer, block) + sizeof(struct snapshot_block),
	"a block is written at once"
);

// The head is then in writer->head.
void
snapshot_writer_begin(struct snapshot_writer *writer, uint64_t wall_s, uint64_t nonce, bool detail);

// Where the next bytes of the block go; *bytes is the room there.
uint8_t *snapshot_writer_room(struct snapshot_writer *writer, size_t *bytes);

// `bytes` with whole torrents were put there: `torrents` begin in them, and they have `peers`. `at_s`: seconds
// since the start of the snapshot at which their ages were right.
void snapshot_writer_add(
	struct snapshot_writer *writer,
	size_t bytes,
	uint32_t torrents,
	uint32_t peers,
	uint32_t at_s
);

// Ends the block. Returns it, valid until the next call, with *bytes; 0 where it is empty.
const void *snapshot_writer_seal(struct snapshot_writer *writer, size_t *bytes);

// The last block, after the others were sealed. writer->totals is complete then.
const void *snapshot_writer_end(struct snapshot_writer *writer, size_t *bytes);
