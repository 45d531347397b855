// SPDX-License-Identifier: BSD-3-Clause
// The torrents of a shard that have no peers, by their download counts, and which of them leave.
//
// Each is in one of the lists: those without a download, then one list for each power of two of downloads.
// A torrent comes to the end of its list when its last peer leaves, so the first one has been empty for
// longest. Its downloads do not change while it is there.

#include "shard_inline.h"

enum { NONE = -1 };

// No torrent has fewer downloads than those of list 0. List n > 0: 2^(n-1) to 2^n - 1 downloads.
static unsigned
list_of(const struct shard *shard, uint32_t position)
{
	uint32_t completed = shard_completed(shard, position);

	return completed == 0 ? 0 : 32 - (unsigned)__builtin_clz(completed);
}

void
shard_empty_init(struct shard *shard)
{
	for (unsigned i = 0; i < SHARD_EMPTY_LISTS; i++)
		shard->empty.lists[i] = (struct shard_empty_list){NONE, NONE};
}

// The link to a torrent from the one before it, or from the start of its list; likewise from behind.
static int32_t *
link_to(struct shard *shard, struct shard_empty_list *list, int32_t previous)
{
	return previous == NONE ? &list->first : &shard->torrents_cold[previous].empty_next;
}

static int32_t *
link_back(struct shard *shard, struct shard_empty_list *list, int32_t next)
{
	return next == NONE ? &list->last : &shard->torrents_cold[next].empty_previous;
}

void
shard_empty_add(struct shard *shard, uint32_t position)
{
	struct torrent_cold *cold = &shard->torrents_cold[position];
	struct shard_empty_list *list = &shard->empty.lists[list_of(shard, position)];

	if (cold->empty)
		return;
	cold->empty = true;
	cold->empty_next = NONE;
	cold->empty_previous = list->last;
	*link_to(shard, list, list->last) = (int32_t)position;
	list->last = (int32_t)position;
	shard->empty.count++;
}

void
shard_empty_remove(struct shard *shard, uint32_t position)
{
	struct torrent_cold *cold = &shard->torrents_cold[position];
	struct shard_empty_list *list = &shard->empty.lists[list_of(shard, position)];

	if (!cold->empty)
		return;
	*link_to(shard, list, cold->empty_previous) = cold->empty_next;
	*link_back(shard, list, cold->empty_next) = cold->empty_previous;
	cold->empty = false;
	shard->empty.count--;
}

void
shard_remove_torrent(struct shard *shard, uint32_t position)
{
	struct torrent_cold *cold = &shard->torrents_cold[position];

	shard_empty_remove(shard, position);
	rte_hash_del_key_with_hash(shard->index, shard_info_hash(shard, position), cold->hash);
	cold->used = false;
	shard->counts.torrents--;
	shard->counts.torrents_expired++;
}

// The torrent that leaves next, or NONE.
static int32_t
next_to_leave(const struct shard *shard)
{
	if (shard->empty.lists[0].first != NONE)
		return shard->empty.lists[0].first;
	if (shard->empty.count <= shard->config.max_torrents / SHARD_EMPTY_PARTS)
		return NONE;
	for (unsigned i = 1; i < SHARD_EMPTY_LISTS; i++)
		if (shard->empty.lists[i].first != NONE)
			return shard->empty.lists[i].first;
	return NONE;
}

unsigned
shard_trim(struct shard *shard, unsigned budget)
{
	unsigned removed = 0;

	for (; removed < budget; removed++) {
		int32_t position = next_to_leave(shard);

		if (position == NONE)
			break;
		shard_remove_torrent(shard, (uint32_t)position);
	}
	return removed;
}
