// SPDX-License-Identifier: BSD-3-Clause
// Which torrents are served: a set of info_hashes and its meaning.
//
// Published to workers, which ask only about torrents that they do not have yet. What a new list does
// not allow leaves the shard (shard_purge).

#pragma once

#include "info_hashes.h"

enum access_mode { ACCESS_OFF, ACCESS_ALLOW, ACCESS_DENY };

struct access_list {
	uint32_t
		version; // from 1; a list with another version makes shards look through their torrents
	enum access_mode mode;
	const struct info_hashes *hashes; // NULL if the mode is ACCESS_OFF
};

static inline bool
access_list_allows(const struct access_list *list, const uint8_t *info_hash, uint32_t now_s)
{
	return list->mode == ACCESS_OFF
		|| info_hashes_has(list->hashes, info_hash, now_s) == (list->mode == ACCESS_ALLOW);
}
