// SPDX-License-Identifier: BSD-3-Clause

#include "lists_end.h"

#include "../../common/monotonic.h"
#include "list_memory.h"
#include "lists_state.h"

// New ranges of the networks that have not ended.
static bool
rebuild_networks(struct weir *weir, struct list *list, uint32_t now_s)
{
	struct list_build build = {
		.mode = list->mode,
		.now_s = now_s,
		.table =
			{
				.kept = list_memory_share(list->table.kept),
				.kept_count = list->table.kept_count,
			},
	};

	if (list_sources_ops.finish(&build))
		return lists_publish(weir, LIST_SOURCES, list->mode, &build.table);
	list_table_free(&build.table);
	return false;
}

// In a list of denied torrents nothing has to leave.
static bool
purge_torrents(struct weir *weir, struct list *list, uint32_t now_s)
{
	if (list->mode == ACCESS_ALLOW && !lists_publish_again(weir, LIST_ACCESS, list->mode))
		return false;
	list->table.next_end_s = info_hashes_next_end(list->table.block, now_s);
	return true;
}

static bool
is_due(const struct list *list, uint32_t now_s, uint64_t now_ms)
{
	return list->table.next_end_s != 0 && now_s >= list->table.next_end_s
		&& (list->ended_ms == 0 || now_ms - list->ended_ms >= LISTS_END_PAUSE_MS);
}

void
lists_end_look(struct weir *weir)
{
	uint32_t now_s = lists_now_s(weir);
	uint64_t now_ms = monotonic_ms();

	pthread_mutex_lock(&lists_work);
	for (enum list_kind kind = 0; kind < LIST_COUNT; kind++) {
		struct list *list = &lists[kind];

		if (!is_due(list, now_s, now_ms))
			continue;
		list->ended_ms = now_ms; // even if it failed: that is tried again after the pause
		if (kind == LIST_SOURCES ? rebuild_networks(weir, list, now_s)
					 : purge_torrents(weir, list, now_s)) {
			pthread_mutex_lock(&lists_info_lock);
			list->info.entries = list->table.entries;
			pthread_mutex_unlock(&lists_info_lock);
		}
	}
	pthread_mutex_unlock(&lists_work);
}
