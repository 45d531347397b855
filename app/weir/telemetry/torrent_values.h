// SPDX-License-Identifier: BSD-3-Clause
// What replies about torrents share.

#pragma once

#include "../../../lib/swarm/shard_view.h"
#include "reply.h"

enum { TORRENT_HASH_DIGITS = 2 * SHARD_INFO_HASH_BYTES };

struct torrent_hash {
	char text[TORRENT_HASH_DIGITS + 1];
};

// Hexadecimal digits.
struct torrent_hash torrent_hash_text(const uint8_t *info_hash);

// The fields that every object about a torrent begins with, for REPLY_FILL, of a struct torrent_hash and
// a struct shard_row.
#define TORRENT_VALUES(object, hash, row)                                                          \
	REPLY_TEXT(object##_info_hash, (hash)->text),                                              \
		REPLY_NUMBER(object##_seeders, shard_row_sum((row)->seeders)),                     \
		REPLY_NUMBER(object##_completed, shard_row_sum((row)->completed)),                 \
		REPLY_NUMBER(object##_leechers, shard_row_sum((row)->leechers))

// Makes the reply an error: a worker did not answer.
void torrent_refuse_unanswered(struct rte_tel_data *reply);
