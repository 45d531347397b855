// SPDX-License-Identifier: BSD-3-Clause

#include "client_list.h"

#include <stdlib.h>
#include <string.h>

enum { NO_PARENT = UINT32_MAX };

struct prefix {
	uint8_t bytes[CLIENT_LIST_PREFIX_MAX]; // zeros behind `len`
	uint8_t len;
	uint32_t until_s;
	// The longest other prefix that this one starts with. While prefixes are sorted: their order in
	// the file.
	uint32_t parent;
};

struct client_list {
	enum access_mode mode;
	uint32_t count;
	struct prefix prefixes[]; // sorted by bytes, then length
};

size_t
client_list_bytes(uint32_t count)
{
	return sizeof(struct client_list) + (size_t)count * sizeof(struct prefix);
}

static int
compare(const void *a, const void *b)
{
	const struct prefix *one = a;
	const struct prefix *other = b;
	int order = memcmp(one->bytes, other->bytes, sizeof(one->bytes));

	if (order == 0)
		order = one->len - other->len;
	return order != 0 ? order : (one->parent > other->parent) - (one->parent < other->parent);
}

static bool
starts_with(const struct prefix *prefix, const uint8_t *bytes)
{
	return memcmp(prefix->bytes, bytes, prefix->len) == 0;
}

static bool
is_same(const struct prefix *one, const struct prefix *other)
{
	return one->len == other->len && starts_with(one, other->bytes);
}

// The longest prefix before `at` that it starts with: one of those that the one before it starts with.
static uint32_t
find_parent(const struct client_list *list, uint32_t at)
{
	const struct prefix *prefix = &list->prefixes[at];
	uint32_t parent = at > 0 ? at - 1 : NO_PARENT;

	while (parent != NO_PARENT
	       && (list->prefixes[parent].len > prefix->len
		   || !starts_with(&list->prefixes[parent], prefix->bytes)))
		parent = list->prefixes[parent].parent;
	return parent;
}

struct client_list *
client_list_init(
	void *memory,
	enum access_mode mode,
	const struct client_prefix *prefixes,
	uint32_t count
)
{
	struct client_list *list = memory;
	uint32_t kept = 0;

	list->mode = mode;
	for (uint32_t i = 0; i < count; i++) {
		struct prefix *prefix = &list->prefixes[i];

		*prefix = (struct prefix){
			.len = prefixes[i].len, .until_s = prefixes[i].until_s, .parent = i};
		memcpy(prefix->bytes, prefixes[i].bytes, prefix->len);
	}
	qsort(list->prefixes, count, sizeof(list->prefixes[0]), compare);
	for (uint32_t i = 0; i < count; i++) {
		if (i + 1 < count && is_same(&list->prefixes[i], &list->prefixes[i + 1]))
			continue;
		list->prefixes[kept] = list->prefixes[i];
		list->prefixes[kept].parent = find_parent(list, kept);
		kept++;
	}
	list->count = kept;
	return list;
}

// The last prefix at or before the peer id.
static uint32_t
find_last(const struct client_list *list, const uint8_t *peer_id)
{
	uint32_t first = 0;
	uint32_t end = list->count;

	while (first < end) {
		uint32_t middle = first + (end - first) / 2;

		if (memcmp(list->prefixes[middle].bytes, peer_id, CLIENT_LIST_PREFIX_MAX) <= 0)
			first = middle + 1;
		else
			end = middle;
	}
	return first > 0 ? first - 1 : NO_PARENT;
}

// All prefixes of the peer id are among that one and its parents: what lies between a prefix and the peer
// id in this order starts with the prefix, too.
static bool
is_listed(const struct client_list *list, const uint8_t *peer_id, uint32_t now_s)
{
	uint32_t at = find_last(list, peer_id);

	while (at != NO_PARENT) {
		const struct prefix *prefix = &list->prefixes[at];

		if (starts_with(prefix, peer_id)
		    && (prefix->until_s == 0 || now_s < prefix->until_s))
			return true;
		at = prefix->parent;
	}
	return false;
}

bool
client_list_allows(const struct client_list *list, const uint8_t *peer_id, uint32_t now_s)
{
	return list->mode == ACCESS_OFF
		|| is_listed(list, peer_id, now_s) == (list->mode == ACCESS_ALLOW);
}

uint32_t
client_list_count(const struct client_list *list)
{
	return list->count;
}
