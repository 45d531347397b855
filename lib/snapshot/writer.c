// SPDX-License-Identifier: BSD-3-Clause

#include "writer.h"

#include "crc.h"

#include <string.h>

static void
start_block(struct snapshot_writer *writer, enum snapshot_kind kind)
{
	writer->block = (struct snapshot_block){
		.kind = kind,
		.number = (uint32_t)writer->totals.blocks,
	};
	writer->sealed = false;
}

void
snapshot_writer_begin(struct snapshot_writer *writer, uint64_t wall_s, uint64_t nonce, bool detail)
{
	writer->head = (struct snapshot_head){
		.magic = SNAPSHOT_MAGIC,
		.endianness = SNAPSHOT_ENDIANNESS,
		.version = SNAPSHOT_VERSION,
		.head_bytes = sizeof(struct snapshot_head),
		.block_bytes = sizeof(struct snapshot_block),
		.torrent_bytes = sizeof(struct snapshot_torrent),
		.peer_bytes = {(uint16_t)snapshot_peer_bytes(0), (uint16_t)snapshot_peer_bytes(1)},
		.detail_bytes = detail ? SNAPSHOT_DETAIL_BYTES : 0,
		.wall_s = wall_s,
		.nonce = nonce,
	};
	writer->head.crc = snapshot_head_crc(&writer->head);
	writer->totals = (struct snapshot_totals){.bytes = sizeof(struct snapshot_head)};
	start_block(writer, SNAPSHOT_TORRENTS);
}

uint8_t *
snapshot_writer_room(struct snapshot_writer *writer, size_t *bytes)
{
	if (writer->sealed)
		start_block(writer, SNAPSHOT_TORRENTS);
	*bytes = SNAPSHOT_BLOCK_MAX - writer->block.bytes;
	return writer->payload + writer->block.bytes;
}

void
snapshot_writer_add(
	struct snapshot_writer *writer,
	size_t bytes,
	uint32_t torrents,
	uint32_t peers,
	uint32_t at_s
)
{
	struct snapshot_block *block = &writer->block;

	// The earliest time of all: no peer gets younger by it.
	if (block->bytes == 0 || at_s < block->at_s)
		block->at_s = at_s;
	block->bytes += (uint32_t)bytes;
	block->torrents += torrents;
	block->peers += peers;
}

static const void *
seal(struct snapshot_writer *writer, size_t *bytes)
{
	struct snapshot_block *block = &writer->block;

	writer->sealed = true;
	block->crc = snapshot_block_crc(&writer->head, block, writer->payload);
	*bytes = sizeof(*block) + block->bytes;
	return block;
}

const void *
snapshot_writer_seal(struct snapshot_writer *writer, size_t *bytes)
{
	struct snapshot_totals *totals = &writer->totals;

	*bytes = 0;
	if (writer->sealed || writer->block.bytes == 0)
		return &writer->block;
	totals->torrents += writer->block.torrents;
	totals->peers += writer->block.peers;
	totals->bytes += sizeof(writer->block) + writer->block.bytes;
	totals->blocks++;
	return seal(writer, bytes);
}

const void *
snapshot_writer_end(struct snapshot_writer *writer, size_t *bytes)
{
	struct snapshot_totals *totals = &writer->totals;

	start_block(writer, SNAPSHOT_END);
	totals->bytes += sizeof(writer->block) + sizeof(*totals);
	memcpy(writer->payload, totals, sizeof(*totals));
	writer->block.bytes = sizeof(*totals);
	return seal(writer, bytes);
}
