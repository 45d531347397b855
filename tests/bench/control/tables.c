// SPDX-License-Identifier: BSD-3-Clause

#include "tables.h"

#include "../../../app/common/memory.h"
#include "../../../lib/access/auth_keys.h"
#include "../../../lib/access/client_list.h"
#include "../../../lib/access/info_hashes.h"
#include "../../../lib/access/networks.h"
#include "../../../lib/base/rng.h"
#include "lookup.h"

#include <rte_common.h>

#include <stdio.h>
#include <string.h>

enum { NOW_S = 1000, NAME_MAX_BYTES = 64, PEER_ID_BYTES = 20 };

static const struct siphash_key secret = {1, 2};

// Bytes that depend on `seed` and `n` alone.
static void
fill(uint8_t *bytes, size_t len, uint64_t seed, uint64_t n)
{
	struct rng rng = {seed << 40 | n};

	for (size_t at = 0; at < len; at += sizeof(uint64_t)) {
		uint64_t word = rng_next(&rng);

		memcpy(bytes + at, &word, RTE_MIN(sizeof(word), len - at));
	}
}

// Measures `lookup`, whose name gets `size` behind it.
static void
measure(struct lookup lookup, const char *size, unsigned rounds, struct bench_report *report)
{
	char name[NAME_MAX_BYTES];

	snprintf(name, sizeof(name), "%s_%s", lookup.name, size);
	lookup.name = name;
	lookup_measure(&lookup, rounds, report);
}

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

		fill(entry.info_hash, sizeof(entry.info_hash), 1, n);
		info_hashes_add(set, &entry, 1);
	}
	for (uint32_t i = 0; i < LOOKUP_QUERIES; i++)
		fill(queries + (size_t)i * INFO_HASHES_KEY_BYTES,
		     INFO_HASHES_KEY_BYTES,
		     1,
		     rng_below(&rng, entries));
	measure(lookup, size, rounds, report);
	for (uint32_t i = 0; i < LOOKUP_QUERIES; i++)
		fill(queries + (size_t)i * INFO_HASHES_KEY_BYTES, INFO_HASHES_KEY_BYTES, 2, i);
	lookup.name = "info_hashes_unknown";
	measure(lookup, size, rounds, report);
	memory_unmap(queries, query_bytes);
	memory_unmap(set, bytes);
}

// Networks of all lengths that lists have. IPv6 addresses share their first bits, as those of the internet do.
static struct network
make_network(enum family family, uint32_t n)
{
	struct network network = {.family = (uint8_t)family};
	uint8_t bytes[24];

	fill(bytes, sizeof(bytes), family, n);
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
	measure(lookup, size, rounds, report);
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

// Such as "-qB4600-", and 12 random bytes.
static void
make_peer_id(uint8_t peer_id[PEER_ID_BYTES], uint32_t n)
{
	fill(peer_id, PEER_ID_BYTES, 5, n);
	peer_id[0] = '-';
	for (unsigned i = 1; i < 7; i++)
		peer_id[i] = (uint8_t)('A' + peer_id[i] % 26);
	peer_id[7] = '-';
}

static uint64_t
allows_client(const void *table, const uint8_t *query)
{
	return client_list_allows(table, query, NOW_S);
}

void
client_list_measure(
	const char *size,
	uint32_t entries,
	unsigned rounds,
	struct bench_report *report
)
{
	size_t bytes = client_list_bytes(entries);
	size_t prefixes_bytes = entries * sizeof(struct client_prefix);
	size_t query_bytes = (size_t)LOOKUP_QUERIES * PEER_ID_BYTES;
	struct client_prefix *prefixes = memory_map(prefixes_bytes);
	uint8_t *queries = memory_map(query_bytes);
	struct rng rng = {3};

	for (uint32_t n = 0; n < entries; n++) {
		make_peer_id(prefixes[n].bytes, n);
		prefixes[n].len = (uint8_t)(3 + n % 6);
	}
	for (uint32_t i = 0; i < LOOKUP_QUERIES; i++)
		make_peer_id(
			queries + (size_t)i * PEER_ID_BYTES,
			i % 2 ? rng_below(&rng, entries) : entries + i
		);
	struct client_list *list =
		client_list_init(memory_map(bytes), ACCESS_DENY, prefixes, entries);

	measure((struct lookup
		){.name = "client_list",
		  .function = allows_client,
		  .table = list,
		  .table_bytes = bytes,
		  .queries = queries,
		  .query_bytes = PEER_ID_BYTES},
		size,
		rounds,
		report);
	memory_unmap(list, bytes);
	memory_unmap(queries, query_bytes);
	memory_unmap(prefixes, prefixes_bytes);
}

static struct auth_key
make_key(uint64_t seed, uint32_t n)
{
	struct auth_key key = {.until_s = 0};
	uint8_t bytes[AUTH_KEY_CHARS];

	fill(bytes, sizeof(bytes), seed, n);
	for (unsigned i = 0; i < AUTH_KEY_CHARS; i++)
		key.text[i] = (char)('a' + bytes[i] % 26);
	return key;
}

static uint64_t
check_key(const void *table, const uint8_t *query)
{
	return auth_keys_check(table, (const char *)query, NOW_S);
}

void
auth_keys_measure(const char *size, uint32_t entries, unsigned rounds, struct bench_report *report)
{
	size_t bytes = auth_keys_bytes(entries);
	size_t query_bytes = (size_t)LOOKUP_QUERIES * AUTH_KEY_CHARS;
	struct auth_keys *keys = auth_keys_init(memory_map(bytes), entries, &secret);
	uint8_t *queries = memory_map(query_bytes);
	struct rng rng = {4};
	struct lookup lookup = {
		.function = check_key,
		.table = keys,
		.table_bytes = bytes,
		.queries = queries,
		.query_bytes = AUTH_KEY_CHARS,
	};

	for (uint32_t n = 0; n < entries; n++) {
		struct auth_key key = make_key(6, n);

		auth_keys_add(keys, &key);
	}
	for (unsigned known = 0; known < 2; known++) {
		for (uint32_t i = 0; i < LOOKUP_QUERIES; i++) {
			struct auth_key key =
				known ? make_key(6, rng_below(&rng, entries)) : make_key(7, i);

			memcpy(queries + (size_t)i * AUTH_KEY_CHARS, key.text, AUTH_KEY_CHARS);
		}
		lookup.name = known ? "auth_keys_known" : "auth_keys_unknown";
		measure(lookup, size, rounds, report);
	}
	memory_unmap(queries, query_bytes);
	memory_unmap(keys, bytes);
}
