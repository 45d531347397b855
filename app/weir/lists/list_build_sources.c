// SPDX-License-Identifier: BSD-3-Clause
// The list of networks whose packets are dropped. Its ranges have no ends, so the networks are kept as long as
// one of them ends, and make new ranges then.

#include "list_kind.h"
#include "list_memory.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static enum list_line_result
parse(const char *text, size_t len, struct list_line *line, union list_entry *entry)
{
	return list_line_network(text, len, line, &entry->network);
}

static int
compare(const union list_entry *one, const union list_entry *other)
{
	const struct network *a = &one->network, *b = &other->network;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->bits != b->bits)
		return a->bits < b->bits ? -1 : 1;
	return memcmp(a->bytes, b->bytes, a->family == FAMILY_IPV4 ? 4 : 16);
}

static void
print(const union list_entry *entry, char text[LIST_ENTRY_TEXT_MAX])
{
	const struct network *network = &entry->network;
	char address[INET6_ADDRSTRLEN];
	int family = network->family == FAMILY_IPV4 ? AF_INET : AF_INET6;

	inet_ntop(family, network->bytes, address, sizeof(address));
	snprintf(
		text,
		LIST_ENTRY_TEXT_MAX,
		"%s%s/%u",
		network->allowed ? "allow " : "",
		address,
		network->bits
	);
}

static uint32_t *
until(union list_entry *entry)
{
	return &entry->network.until_s;
}

static bool
start(struct list_build *build, uint64_t capacity)
{
	build->table.kept = list_memory_make((capacity + 1) * sizeof(struct network));
	return build->table.kept != NULL;
}

static void
add(struct list_build *build, const union list_entry *entry)
{
	struct network *networks = build->table.kept;

	networks[build->table.kept_count++] = entry->network;
}

// Sorting changes what it gets, and of two equal networks the last one counts: it gets a copy.
static bool
finish(struct list_build *build)
{
	struct list_table *table = &build->table;
	struct network *networks = list_memory_make((table->kept_count + 1) * sizeof(*networks));

	table->block = list_memory_make(networks_bytes(table->kept_count));
	if (networks == NULL || table->block == NULL) {
		list_memory_drop(networks);
		return false;
	}
	memcpy(networks, table->kept, table->kept_count * sizeof(*networks));
	networks_init(table->block, networks, table->kept_count, build->now_s);
	list_memory_drop(networks);
	table->entries = networks_count(table->block);
	table->next_end_s = networks_next_end(table->block);
	if (table->next_end_s != 0)
		return true;
	list_memory_drop(table->kept);
	table->kept = NULL;
	table->kept_count = 0;
	return true;
}

// By the first address of the network.
static void
decide(const void *object,
       const union list_entry *entry,
       uint32_t now_s,
       struct list_decision *decision)
{
	(void)now_s;
	decision->allowed =
		!networks_deny(object, (enum family)entry->network.family, entry->network.bytes);
}

static bool
allows(const union list_entry *entry, enum access_mode mode)
{
	(void)mode;
	return entry->network.allowed;
}

const struct list_kind_ops list_sources_ops = {
	.parse = parse,
	.compare = compare,
	.print = print,
	.until = until,
	.line_bytes_min = 2,
	.start = start,
	.add = add,
	.finish = finish,
	.decide = decide,
	.allows = allows,
};
