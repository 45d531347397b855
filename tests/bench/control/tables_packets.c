// SPDX-License-Identifier: BSD-3-Clause
// Checks of packets and of torrents.

#include "../../../app/common/memory.h"
#include "../../../lib/access/info_hashes.h"
#include "../../../lib/access/networks.h"
#include "draw.h"
#include "lookup.h"
#include "tables.h"

#include <string.h>

enum { NOW_S = 1000 };

static const struct siphash_key secret = {1, 2};

static uint64_t
has_info_hash(const void *table, const uint8_t *query)
{
	return info_hashes_has(table, query, NOW_S);
}

void
info_hashes_measure(
	const char *size,
	uint32_t entries,
	unsigned rounds,
	struct bench_report *report
)
{
	size_t bytes = info_hashes_bytes(entries);
	size_t query_bytes = (size_t)LOOKUP_QUERIES * INFO_HASHES_KEY_BYTES;
	struct info_hashes *set = info_hashes_init(memory_map(bytes), entries, &secret);
	uint8_t *queries = memory_map(query_bytes);
	struct rng rng = {1};
	struct lookup lookup = {
		.name = "info_hashes_known",
		.function = has_info_hash,
		.table = set,
		.table_bytes = bytes,
		.queries = queries,
		.query_bytes = INFO_HASHES_KEY_BYTES,
	};

	for (uint32_t n = 0; n < entries; n++) {
		struct info_hash_entry entry = {.until_s = 0};

		draw_bytes(entry.info_hash, sizeof(entry.info_hash), 1, n);
		info_hashes_add(set, &entry, 1);
	}
	for (uint32_t i = 0; i < LOOKUP_QUERIES; i++)
		draw_bytes(
			queries + (size_t)i * INFO_HASHES_KEY_BYTES,
			INFO_HASHES_KEY_BYTES,
			1,
			rng_below(&rng, entries)
		);
	lookup_measure(&lookup, size, rounds, report);
	for (uint32_t i = 0; i < LOOKUP_QUERIES; i++)
		draw_bytes(
			queries + (size_t)i * INFO_HASHES_KEY_BYTES, INFO_HASHES_KEY_BYTES, 2, i
		);
	lookup.name = "info_hashes_unknown";
	lookup_measure(&lookup, size, rounds, report);
	memory_unmap(queries, query_bytes);
	memory_unmap(set, bytes);
}

// Networks of all lengths that lists have. IPv6 addresses share their first bits, as those of the internet do.
static struct network
make_network(enum family family, uint32_t n)
{
	struct network network = {.family = (uint8_t)family};
	uint8_t bytes[24];

	draw_bytes(bytes, sizeof(bytes), family, n);
	memcpy(network.bytes, bytes, family == FAMILY_IPV4 ? 4 : 16);
	if (family == FAMILY_IPV6) {
		network.bytes[0] = 0x2a;
		network.bytes[1] &= 0x0f;
	}
	network.bits = (uint8_t)(family == FAMILY_IPV4 ? 24 + bytes[16] % 9 : 48 + bytes[16] % 81);
	for (unsigned bit = network.bits; bit < 8 * sizeof(network.bytes); bit++)
		network.bytes[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	return network;
}

static uint64_t
deny_ipv4(const void *table, const uint8_t *query)
{
	return networks_deny(table, FAMILY_IPV4, query);
}

static uint64_t
deny_ipv6(const void *table, const uint8_t *query)
{
	return networks_deny(table, FAMILY_IPV6, query);
}

static void
family_measure(
	struct lookup lookup,
	enum family family,
	const char *size,
	uint32_t entries,
	unsigned rounds,
	struct bench_report *report
)
{
	enum { ADDRESS_BYTES = 16 };
	size_t bytes = networks_bytes(entries);
	size_t list_bytes = entries * sizeof(struct network);
	size_t query_bytes = (size_t)LOOKUP_QUERIES * ADDRESS_BYTES;
	struct network *list = memory_map(list_bytes);
	uint8_t *queries = memory_map(query_bytes);
	struct rng rng = {2};

	for (uint32_t n = 0; n < entries; n++)
		list[n] = make_network(family, n);
	lookup.table = networks_init(memory_map(bytes), list, entries, NOW_S);
	lookup.queries = queries;
	lookup.query_bytes = ADDRESS_BYTES;
	// Two addresses where a network begins or ends, of each.
	lookup.table_bytes = 2 * (size_t)entries * (family == FAMILY_IPV4 ? 4 : ADDRESS_BYTES);
	for (uint32_t i = 0; i < LOOKUP_QUERIES; i++) {
		uint32_t n = i % 2 ? rng_below(&rng, entries) : entries + i;

		memcpy(queries + (size_t)i * ADDRESS_BYTES,
		       make_network(family, n).bytes,
		       ADDRESS_BYTES);
	}
	lookup_measure(&lookup, size, rounds, report);
	memory_unmap((void *)(uintptr_t)lookup.table, bytes);
	memory_unmap(queries, query_bytes);
	memory_unmap(list, list_bytes);
}

void
networks_measure(const char *size, uint32_t entries, unsigned rounds, struct bench_report *report)
{
	const struct lookup ipv4 = {.name = "networks_ipv4", .function = deny_ipv4};
	const struct lookup ipv6 = {.name = "networks_ipv6", .function = deny_ipv6};

	family_measure(ipv4, FAMILY_IPV4, size, entries, rounds, report);
	family_measure(ipv6, FAMILY_IPV6, size, entries, rounds, report);
}
