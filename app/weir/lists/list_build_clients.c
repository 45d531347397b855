// SPDX-License-Identifier: BSD-3-Clause
// The list of client programs. It is small, so an edit builds it anew.

#include "list_kind.h"
#include "list_memory.h"

#include <rte_common.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { PEER_ID_BYTES = 20 };

static enum list_line_result
parse(const char *text, size_t len, struct list_line *line, union list_entry *entry)
{
	return list_line_client(text, len, line, &entry->client);
}

static int
compare(const union list_entry *one, const union list_entry *other)
{
	if (one->client.len != other->client.len)
		return one->client.len < other->client.len ? -1 : 1;
	return memcmp(one->client.bytes, other->client.bytes, one->client.len);
}

static void
print(const union list_entry *entry, char text[LIST_ENTRY_TEXT_MAX])
{
	const struct client_prefix *prefix = &entry->client;

	for (unsigned i = 0; i < prefix->len; i++) {
		uint8_t byte = prefix->bytes[i];
		bool plain = byte > ' ' && byte < 0x7f && byte != '%' && (byte != '#' || i > 0);

		text += sprintf(text, plain ? "%c" : "%%%02x", byte);
	}
	*text = '\0';
}

static uint32_t *
until(union list_entry *entry)
{
	return &entry->client.until_s;
}

static bool
start(struct list_build *build, uint64_t capacity)
{
	build->table.kept = list_memory_make((capacity + 1) * sizeof(struct client_prefix));
	return build->table.kept != NULL && capacity <= UINT32_MAX;
}

static void
add(struct list_build *build, const union list_entry *entry)
{
	struct client_prefix *prefixes = build->table.kept;

	prefixes[build->table.kept_count++] = entry->client;
}

static bool
finish(struct list_build *build)
{
	struct list_table *table = &build->table;
	uint32_t count = (uint32_t)table->kept_count;

	table->block = list_memory_make(client_list_bytes(count));
	if (table->block == NULL)
		return false;
	client_list_init(table->block, build->mode, table->kept, count);
	table->entries = client_list_count(table->block);
	list_memory_drop(table->kept);
	table->kept = NULL;
	table->kept_count = 0;
	return true;
}

// Looks an entry up as a peer id: the entry, padded with zeros.
static void
decide(const void *object,
       const union list_entry *entry,
       uint32_t now_s,
       struct list_decision *decision)
{
	uint8_t peer_id[PEER_ID_BYTES] = {0};

	memcpy(peer_id, entry->client.bytes, entry->client.len);
	decision->allowed = client_list_allows(object, peer_id, now_s);
}

static bool
allows(const union list_entry *entry, enum access_mode mode)
{
	(void)entry;
	return mode != ACCESS_DENY;
}

const struct list_kind_ops list_clients_ops = {
	.parse = parse,
	.compare = compare,
	.print = print,
	.until = until,
	.line_bytes_min = 1,
	.start = start,
	.add = add,
	.finish = finish,
	.decide = decide,
	.allows = allows,
};
