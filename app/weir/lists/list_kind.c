// SPDX-License-Identifier: BSD-3-Clause

#include "list_kind.h"

#include "list_memory.h"

#include <sodium.h>

const struct list_kind_info list_kinds[LIST_COUNT] = {
#define LIST(KIND, name, things, secrecy, mode, allow, field, setting, slot)                       \
	[LIST_##KIND] = {#name, things, PLAIN_FILE_##secrecy, setting, allow, &list_##name##_ops},
#include "lists.def"
#undef LIST
};

enum access_mode
list_kind_mode(enum list_kind kind, const struct config *config)
{
	const unsigned modes[LIST_COUNT] = {
#define LIST(KIND, name, things, secrecy, mode, ...) [LIST_##KIND] = (mode),
#include "lists.def"
#undef LIST
	};

	return (enum access_mode)modes[kind];
}

const char *
list_kind_path(enum list_kind kind, const struct config *config)
{
	const char *paths[LIST_COUNT] = {
#define LIST(KIND, name, things, secrecy, mode, allow, field, ...) [LIST_##KIND] = config->field,
#include "lists.def"
#undef LIST
	};

	return paths[kind];
}

const char *
list_kind_mode_name(enum list_kind kind, enum access_mode mode)
{
	if (mode == ACCESS_OFF)
		return "off";
	return mode == ACCESS_DENY ? "deny" : list_kinds[kind].allow;
}

void
list_table_free(struct list_table *table)
{
	list_memory_drop(table->block);
	list_memory_drop(table->kept);
	*table = (struct list_table){0};
}

struct siphash_key
list_kind_random_key(void)
{
	uint8_t bytes[16];

	randombytes_buf(bytes, sizeof(bytes));
	return siphash_key_load(bytes);
}
