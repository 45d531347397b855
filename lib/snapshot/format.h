// SPDX-License-Identifier: BSD-3-Clause
// The format of a snapshot: all torrents and peers at one time, as bytes.
//
// A head, blocks of torrents, and a last block with totals. Numbers are in the byte order of the machine that
// wrote them, and the head tells which one that is. Every block stands for itself: it begins with a torrent, so
// that blocks can be read in any order. Its checksum starts with that of the head, so that a block of another
// snapshot is a wrong one. What is written here has no padding: every byte counts in a checksum.

#pragma once

#include <assert.h>
#include <stdint.h>

enum {
	SNAPSHOT_VERSION = 1,
	SNAPSHOT_BLOCK_MAX = 1 << 18, // bytes behind the head of a block
	SNAPSHOT_HASH_BYTES = 20,
	SNAPSHOT_DETAIL_BYTES = 44, // peer_id, downloaded, left, uploaded: as in BEP 15's announce
	SNAPSHOT_AGE_MAX = (1 << 28) - 1, // seconds
	SNAPSHOT_FAMILIES = 2, // IPv4, IPv6, in this order
	SNAPSHOT_ADDRESS_MAX = 18,
	// The longest torrent with a single peer.
	SNAPSHOT_ENTRY_MAX = 44 + SNAPSHOT_ADDRESS_MAX + 4 + SNAPSHOT_DETAIL_BYTES,
};

#define SNAPSHOT_MAGIC "WeirSnap"
#define SNAPSHOT_ENDIANNESS UINT32_C(0x01020304)

struct snapshot_head {
	char magic[8];
	uint32_t endianness;
	uint32_t version;
	// Sizes in this file: of this head, of the head of a block, of a torrent and of peers without detail.
	uint16_t head_bytes;
	uint16_t block_bytes;
	uint16_t torrent_bytes;
	uint16_t peer_bytes[SNAPSHOT_FAMILIES];
	uint16_t detail_bytes; // behind each peer: 0 or SNAPSHOT_DETAIL_BYTES
	uint32_t spare;
	uint64_t wall_s; // Unix time when it was begun
	uint64_t nonce; // differs from that of other snapshots
	uint8_t spares[12];
	uint32_t crc; // CRC32C of all before
};

static_assert(sizeof(struct snapshot_head) == 64, "no padding");

enum snapshot_kind { SNAPSHOT_TORRENTS = 1, SNAPSHOT_END = 2 };

// The head of a block.
struct snapshot_block {
	uint32_t kind; // enum snapshot_kind
	uint32_t bytes; // behind this head
	uint32_t number; // from 0
	uint32_t
		at_s; // ages in the block are those of this time: seconds since snapshot_head.wall_s
	uint32_t torrents; // that begin in the block
	uint32_t peers;
	uint32_t spare;
	uint32_t
		crc; // CRC32C of all before, then of the bytes behind; begins with snapshot_head.crc
} __attribute__((aligned(8))); // checksums read eight bytes at a time

static_assert(sizeof(struct snapshot_block) == 32, "no padding");

// A torrent, or a further part of one. Its peers follow: IPv4, IPv6.
struct snapshot_torrent {
	uint8_t info_hash[SNAPSHOT_HASH_BYTES];
	uint32_t completed[SNAPSHOT_FAMILIES];
	uint32_t peers[SNAPSHOT_FAMILIES]; // in this part
	uint32_t empty_s; // without peers: seconds since the last one left
	uint32_t continued; // 1: a further part of a torrent
} __attribute__((packed));

static_assert(sizeof(struct snapshot_torrent) == 44, "no padding");

// What follows the address of a peer.
enum {
	SNAPSHOT_SEEDER = 1 << 0,
	SNAPSHOT_FINISHED = 1 << 1, // its completion has been counted
	SNAPSHOT_EVENT_SHIFT = 2, // two bits: the event of its last announce, with detail
	SNAPSHOT_AGE_SHIFT = 4, // 28 bits: seconds since its last announce
};

// What follows the head of the last block. The file ends there.
struct snapshot_totals {
	uint64_t torrents;
	uint64_t peers;
	uint64_t blocks; // before this one
	uint64_t bytes; // of the file
};

static inline uint32_t
snapshot_address_bytes(unsigned family)
{
	return family == 0 ? 6 : SNAPSHOT_ADDRESS_MAX;
}

static inline uint32_t
snapshot_peer_bytes(unsigned family)
{
	return snapshot_address_bytes(family) + (uint32_t)sizeof(uint32_t);
}
