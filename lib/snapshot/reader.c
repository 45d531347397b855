// SPDX-License-Identifier: BSD-3-Clause

#include "reader.h"

#include "crc.h"

#include <rte_byteorder.h>

#include <string.h>

// --- the head -----------------------------------------------------------------------------------

static bool
refuse(struct snapshot_reader *reader, const char *what)
{
	reader->problem = (struct snapshot_problem){.what = what};
	return false;
}

static bool
sizes_are_ours(const struct snapshot_head *head)
{
	return head->head_bytes == sizeof(struct snapshot_head)
		&& head->block_bytes == sizeof(struct snapshot_block)
		&& head->torrent_bytes == sizeof(struct snapshot_torrent)
		&& head->peer_bytes[0] == snapshot_peer_bytes(0)
		&& head->peer_bytes[1] == snapshot_peer_bytes(1)
		&& (head->detail_bytes == 0 || head->detail_bytes == SNAPSHOT_DETAIL_BYTES);
}

// The checksum comes before what it protects, except for what tells how to read it.
static bool
judge_head(struct snapshot_reader *reader)
{
	const struct snapshot_head *head = &reader->head;

	if (memcmp(head->magic, SNAPSHOT_MAGIC, sizeof(head->magic)) != 0)
		return refuse(reader, "is not a snapshot of Weir");
	if (head->endianness == rte_bswap32(SNAPSHOT_ENDIANNESS))
		return refuse(reader, "was written on a machine with another byte order");
	if (head->endianness == SNAPSHOT_ENDIANNESS && head->version > SNAPSHOT_VERSION)
		return refuse(reader, "was written by a newer Weir, or its head is damaged");
	if (head->crc != snapshot_head_crc(head) || head->endianness != SNAPSHOT_ENDIANNESS
	    || head->version == 0)
		return refuse(reader, "is damaged: the checksum of its head is wrong");
	if (!sizes_are_ours(head))
		return refuse(reader, "has records of other sizes than those of this Weir");
	return true;
}

bool
snapshot_reader_open(
	struct snapshot_reader *reader,
	const struct snapshot_source *source,
	uint8_t *payload
)
{
	*reader = (struct snapshot_reader){.source = *source, .payload = payload};
	if (source->bytes < sizeof(reader->head))
		return refuse(
			reader,
			source->bytes == 0 ? "is empty" : "is damaged: it ends within its head"
		);
	if (!source->read(source->context, &reader->head, sizeof(reader->head), 0))
		return refuse(reader, "cannot be read");
	reader->at = sizeof(reader->head);
	return judge_head(reader);
}

// --- blocks -------------------------------------------------------------------------------------

static enum snapshot_read
wrong(struct snapshot_reader *reader, const char *what)
{
	reader->problem = (struct snapshot_problem){
		.what = what,
		.in_block = true,
		.block = (uint32_t)reader->totals.blocks,
		.byte = reader->at,
	};
	reader->block.bytes = 0;
	reader->next = 0;
	return SNAPSHOT_WRONG;
}

static uint64_t
entry_bytes(const struct snapshot_reader *reader, const struct snapshot_torrent *torrent)
{
	return sizeof(*torrent) + (uint64_t)torrent->peers[0] * snapshot_reader_stride(reader, 0)
		+ (uint64_t)torrent->peers[1] * snapshot_reader_stride(reader, 1);
}

// Whether the torrents fill the block, and are as many as its head says.
static bool
torrents_are_right(const struct snapshot_reader *reader)
{
	const struct snapshot_block *block = &reader->block;
	uint64_t torrents = 0, peers = 0, at = 0;

	while (at < block->bytes) {
		struct snapshot_torrent torrent;

		if (block->bytes - at < sizeof(torrent))
			return false;
		memcpy(&torrent, reader->payload + at, sizeof(torrent));
		if (torrent.continued > 1 || block->bytes - at < entry_bytes(reader, &torrent))
			return false;
		torrents += 1 - torrent.continued;
		peers += (uint64_t)torrent.peers[0] + torrent.peers[1];
		at += entry_bytes(reader, &torrent);
	}
	return torrents == block->torrents && peers == block->peers;
}

static bool
totals_are_right(const struct snapshot_reader *reader)
{
	struct snapshot_totals totals;
	const struct snapshot_totals *found = &reader->totals;

	if (reader->block.bytes != sizeof(totals))
		return false;
	memcpy(&totals, reader->payload, sizeof(totals));
	return totals.torrents == found->torrents && totals.peers == found->peers
		&& totals.blocks == found->blocks && totals.bytes == found->bytes
		&& totals.bytes == reader->source.bytes;
}

// Reads the block and compares its checksum. NULL, or what is wrong.
static const char *
fetch_block(struct snapshot_reader *reader)
{
	const struct snapshot_source *source = &reader->source;
	struct snapshot_block *block = &reader->block;
	uint64_t left = source->bytes - reader->at;

	if (left < sizeof(*block))
		return "is cut off";
	if (!source->read(source->context, block, sizeof(*block), reader->at))
		return "cannot be read";
	left -= sizeof(*block);
	if (block->bytes > SNAPSHOT_BLOCK_MAX)
		return "is damaged";
	if (block->bytes > left)
		return "is cut off or damaged";
	if (!source->read(
		    source->context, reader->payload, block->bytes, reader->at + sizeof(*block)
	    ))
		return "cannot be read";
	if (block->crc != snapshot_block_crc(&reader->head, block, reader->payload))
		return "is damaged";
	return block->number == reader->totals.blocks ? NULL : "is not in its place";
}

enum snapshot_read
snapshot_reader_block(struct snapshot_reader *reader)
{
	struct snapshot_block *block = &reader->block;
	const char *what = fetch_block(reader);

	if (what != NULL)
		return wrong(reader, what);
	reader->next = 0;
	reader->totals.bytes = reader->at + sizeof(*block) + block->bytes;
	if (block->kind == SNAPSHOT_END && totals_are_right(reader)) {
		block->bytes = 0;
		return SNAPSHOT_OVER;
	}
	if (block->kind != SNAPSHOT_TORRENTS || !torrents_are_right(reader))
		return wrong(reader, "contradicts itself");
	reader->totals.torrents += block->torrents;
	reader->totals.peers += block->peers;
	reader->totals.blocks++;
	reader->at = reader->totals.bytes;
	return SNAPSHOT_READ;
}

bool
snapshot_reader_next(struct snapshot_reader *reader, struct snapshot_entry *entry)
{
	const uint8_t *at = reader->payload + reader->next;

	if (reader->next == reader->block.bytes)
		return false;
	memcpy(&entry->torrent, at, sizeof(entry->torrent));
	entry->peers[0] = at + sizeof(entry->torrent);
	entry->peers[1] = entry->peers[0]
		+ (size_t)entry->torrent.peers[0] * snapshot_reader_stride(reader, 0);
	reader->next += (uint32_t)entry_bytes(reader, &entry->torrent);
	return true;
}
