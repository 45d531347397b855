// SPDX-License-Identifier: BSD-3-Clause
// The list of keys. An edit builds the table anew: it has no way to remove a key.

#include "list_kind.h"
#include "list_memory.h"

#include <stdio.h>
#include <string.h>

static enum list_line_result
parse(const char *text, size_t len, struct list_line *line, union list_entry *entry)
{
	return list_line_key(text, len, line, &entry->key);
}

static int
compare(const union list_entry *one, const union list_entry *other)
{
	return memcmp(one->key.text, other->key.text, AUTH_KEY_CHARS);
}

static void
print(const union list_entry *entry, char text[LIST_ENTRY_TEXT_MAX])
{
	snprintf(text, LIST_ENTRY_TEXT_MAX, "%.*s", AUTH_KEY_CHARS, entry->key.text);
}

static uint32_t *
until(union list_entry *entry)
{
	return &entry->key.until_s;
}

static bool
start(struct list_build *build, uint64_t capacity)
{
	const struct siphash_key key = list_kind_random_key();

	build->table.block = list_memory_make(auth_keys_bytes(capacity));
	if (build->table.block == NULL)
		return false;
	auth_keys_init(build->table.block, capacity, &key);
	return true;
}

static void
add(struct list_build *build, const union list_entry *entry)
{
	auth_keys_add(build->table.block, &entry->key);
}

static bool
finish(struct list_build *build)
{
	build->table.entries = auth_keys_count(build->table.block);
	return true;
}

static void
decide(const void *object,
       const union list_entry *entry,
       uint32_t now_s,
       struct list_decision *decision)
{
	enum auth_key_state state = auth_keys_check(object, entry->key.text, now_s);

	decision->listed = state != AUTH_KEY_UNKNOWN;
	decision->allowed = state == AUTH_KEY_GOOD;
}

static bool
allows(const union list_entry *entry, enum access_mode mode)
{
	(void)entry;
	(void)mode;
	return true;
}

const struct list_kind_ops list_keys_ops = {
	.parse = parse,
	.compare = compare,
	.print = print,
	.until = until,
	.line_bytes_min = AUTH_KEY_CHARS,
	.start = start,
	.add = add,
	.finish = finish,
	.decide = decide,
	.allows = allows,
};
