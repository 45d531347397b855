// SPDX-License-Identifier: BSD-3-Clause
// The list of torrents: a set of info_hashes. An edit changes a copy of it.

#include "list_kind.h"
#include "list_memory.h"

#include <stdio.h>
#include <string.h>

// Room for edits before the set is built anew.
enum { SPARE_LEAST = 4096, SPARE_PART = 8 };

static enum list_line_result
parse(const char *text, size_t len, struct list_line *line, union list_entry *entry)
{
	return list_line_info_hash(text, len, line, &entry->torrent);
}

static int
compare(const union list_entry *one, const union list_entry *other)
{
	return memcmp(one->torrent.info_hash, other->torrent.info_hash, INFO_HASHES_KEY_BYTES);
}

static void
print(const union list_entry *entry, char text[LIST_ENTRY_TEXT_MAX])
{
	for (unsigned i = 0; i < INFO_HASHES_KEY_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", entry->torrent.info_hash[i]);
}

static uint32_t *
until(union list_entry *entry)
{
	return &entry->torrent.until_s;
}

static bool
start(struct list_build *build, uint64_t capacity)
{
	const struct siphash_key key = list_kind_random_key();

	capacity += capacity / SPARE_PART + SPARE_LEAST;
	build->table.block = list_memory_make(info_hashes_bytes(capacity));
	if (build->table.block == NULL)
		return false;
	info_hashes_init(build->table.block, capacity, &key);
	return true;
}

static void
note_end(struct list_table *table, uint32_t until_s, uint32_t now_s)
{
	if (until_s > now_s && (table->next_end_s == 0 || until_s < table->next_end_s))
		table->next_end_s = until_s;
}

static void
flush(struct list_build *build)
{
	struct info_hash_entry entries[LIST_BATCH];

	for (unsigned i = 0; i < build->waiting; i++)
		entries[i] = build->batch[i].torrent;
	if (build->waiting > 0)
		info_hashes_add(build->table.block, entries, build->waiting);
	build->waiting = 0;
}

static void
add(struct list_build *build, const union list_entry *entry)
{
	note_end(&build->table, entry->torrent.until_s, build->now_s);
	build->batch[build->waiting++] = *entry;
	if (build->waiting == LIST_BATCH)
		flush(build);
}

static bool
finish(struct list_build *build)
{
	flush(build);
	build->table.entries = info_hashes_count(build->table.block);
	return true;
}

static bool
change(const struct list_table *old,
       const union list_entry *entries,
       unsigned count,
       bool remove,
       struct list_table *changed)
{
	const struct info_hashes *set = old->block;

	if (!remove && info_hashes_count(set) + count > info_hashes_capacity(set))
		return false;
	*changed = (struct list_table){
		.block = list_memory_copy(old->block),
		.next_end_s = old->next_end_s,
	};
	if (changed->block == NULL)
		return false;
	for (unsigned i = 0; i < count; i++) {
		if (remove)
			info_hashes_remove(changed->block, entries[i].torrent.info_hash);
		else
			info_hashes_add(changed->block, &entries[i].torrent, 1);
		if (!remove)
			note_end(changed, entries[i].torrent.until_s, 0);
	}
	changed->entries = info_hashes_count(changed->block);
	return true;
}

static void
decide(const void *object,
       const union list_entry *entry,
       uint32_t now_s,
       struct list_decision *decision)
{
	const struct access_list *list = object;
	const uint8_t *info_hash = entry->torrent.info_hash;

	decision->listed = info_hashes_has(list->hashes, info_hash, now_s);
	decision->allowed = access_list_allows(list, info_hash, now_s);
}

static bool
allows(const union list_entry *entry, enum access_mode mode)
{
	(void)entry;
	return mode != ACCESS_DENY;
}

const struct list_kind_ops list_access_ops = {
	.parse = parse,
	.compare = compare,
	.print = print,
	.until = until,
	.line_bytes_min = 2 * INFO_HASHES_KEY_BYTES,
	.start = start,
	.add = add,
	.finish = finish,
	.change = change,
	.decide = decide,
	.allows = allows,
};
