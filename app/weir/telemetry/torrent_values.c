// SPDX-License-Identifier: BSD-3-Clause

#include "torrent_values.h"

#include <sodium.h>

struct torrent_hash
torrent_hash_text(const uint8_t *info_hash)
{
	struct torrent_hash hash;

	sodium_bin2hex(hash.text, sizeof(hash.text), info_hash, SHARD_INFO_HASH_BYTES);
	return hash;
}

void
torrent_refuse_unanswered(struct rte_tel_data *reply)
{
	reply_refuse(reply, REPLY_ENDING, "no worker answers: Weir is ending or overloaded");
}
