// SPDX-License-Identifier: BSD-3-Clause

#include "client_list.h"

#include <rte_byteorder.h>

#include <stdlib.h>
#include <string.h>

enum { NO_PARENT = UINT32_MAX, FIRST_BYTES = 16 };

// The bytes of a peer id as numbers, so that comparing them takes no branch.
struct id {
	unsigned __int128 first; // the first 16 bytes, big-endian
	uint32_t last; // the other 4
};

struct prefix {
	struct id id; // zeros behind `len`
	uint32_t len;
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

static struct id
id_load(const uint8_t bytes[CLIENT_LIST_PREFIX_MAX])
{
	uint64_t words[2];
	uint32_t last;

	memcpy(words, bytes, sizeof(words));
	memcpy(&last, bytes + FIRST_BYTES, sizeof(last));
	return (struct id){
		.first = (unsigned __int128)rte_be_to_cpu_64(words[0]) << 64
			| rte_be_to_cpu_64(words[1]),
		.last = rte_be_to_cpu_32(last),
	};
}

static bool
id_is_before(const struct id *one, const struct id *other)
{
	return (one->first < other->first)
		| ((one->first == other->first) & (one->last < other->last));
}

// Whether the first bytes of both are the same.
static bool
id_is_alike(const struct id *one, const struct id *other, uint32_t len)
{
	unsigned __int128 first = one->first ^ other->first;
	uint64_t last = one->last ^ other->last;

	if (len < FIRST_BYTES)
		return first >> 8 * (FIRST_BYTES - len) == 0;
	return first == 0 && last >> 8 * (CLIENT_LIST_PREFIX_MAX - len) == 0;
}

static int
compare(const void *a, const void *b)
{
	const struct prefix *one = a;
	const struct prefix *other = b;

	if (id_is_before(&one->id, &other->id))
		return -1;
	if (id_is_before(&other->id, &one->id))
		return 1;
	if (one->len != other->len)
		return one->len < other->len ? -1 : 1;
	return (one->parent > other->parent) - (one->parent < other->parent);
}

static bool
starts_with(const struct prefix *prefix, const struct id *id)
{
	return id_is_alike(&prefix->id, id, prefix->len);
}

static bool
is_same(const struct prefix *one, const struct prefix *other)
{
	return one->len == other->len && starts_with(one, &other->id);
}

// The longest prefix before `at` that it starts with: one of those that the one before it starts with.
static uint32_t
find_parent(const struct client_list *list, uint32_t at)
{
	const struct prefix *prefix = &list->prefixes[at];
	uint32_t parent = at > 0 ? at - 1 : NO_PARENT;

	while (parent != NO_PARENT
	       && (list->prefixes[parent].len > prefix->len
		   || !starts_with(&list->prefixes[parent], &prefix->id)))
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
		uint8_t bytes[CLIENT_LIST_PREFIX_MAX] = {0};

		memcpy(bytes, prefixes[i].bytes, prefixes[i].len);
		list->prefixes[i] = (struct prefix){
			.id = id_load(bytes),
			.len = prefixes[i].len,
			.until_s = prefixes[i].until_s,
			.parent = i,
		};
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
find_last(const struct client_list *list, const struct id *id)
{
	uint32_t count = list->count;
	const struct prefix *end = list->prefixes; // of those at or before it

	while (count > 0) {
		uint32_t half = (count + 1) / 2;

		end += id_is_before(id, &end[half - 1].id) ? 0 : half;
		count -= half;
	}
	return end > list->prefixes ? (uint32_t)(end - list->prefixes) - 1 : NO_PARENT;
}

// All prefixes of the peer id are among that one and its parents: what lies between a prefix and the peer
// id in this order starts with the prefix, too.
static bool
is_listed(const struct client_list *list, const uint8_t *peer_id, uint32_t now_s)
{
	struct id id = id_load(peer_id);
	uint32_t at = find_last(list, &id);

	while (at != NO_PARENT) {
		const struct prefix *prefix = &list->prefixes[at];

		if (starts_with(prefix, &id) && (prefix->until_s == 0 || now_s < prefix->until_s))
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
