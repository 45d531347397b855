// SPDX-License-Identifier: BSD-3-Clause
// Checks of announces.

#include "../../../app/common/memory.h"
#include "../../../lib/access/auth_keys.h"
#include "../../../lib/access/client_list.h"
#include "../../../lib/bep15/url_data.h"
#include "draw.h"
#include "lookup.h"
#include "tables.h"

#include <string.h>

enum { NOW_S = 1000, PEER_ID_BYTES = 20 };

static const struct siphash_key secret = {1, 2};

// Such as "-qB4600-", and 12 random bytes.
static void
make_peer_id(uint8_t peer_id[PEER_ID_BYTES], uint32_t n)
{
	draw_bytes(peer_id, PEER_ID_BYTES, 5, n);
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

	lookup_measure(
		&(struct lookup){
			.name = "client_list",
			.function = allows_client,
			.table = list,
			.table_bytes = bytes,
			.queries = queries,
			.query_bytes = PEER_ID_BYTES,
		},
		size,
		rounds,
		report
	);
	memory_unmap(list, bytes);
	memory_unmap(queries, query_bytes);
	memory_unmap(prefixes, prefixes_bytes);
}

static struct auth_key
make_key(uint64_t seed, uint32_t n)
{
	struct auth_key key = {.until_s = 0};
	uint8_t bytes[AUTH_KEY_CHARS];

	draw_bytes(bytes, sizeof(bytes), seed, n);
	for (unsigned i = 0; i < AUTH_KEY_CHARS; i++)
		key.text[i] = (char)('a' + bytes[i] % 26);
	return key;
}

enum { OPTIONS_BYTES = 64 };

// What is behind an announce: a URLData option (BEP 41) with /announce/KEY.
static void
make_options(uint8_t options[OPTIONS_BYTES], const struct auth_key *key)
{
	static const char path[] = "/announce/";
	const size_t path_len = sizeof(path) - 1;

	memset(options, 0, OPTIONS_BYTES);
	options[0] = 2;
	options[1] = (uint8_t)(path_len + AUTH_KEY_CHARS);
	memcpy(options + 2, path, path_len);
	memcpy(options + 2 + path_len, key->text, AUTH_KEY_CHARS);
}

static uint64_t
check_key(const void *table, const uint8_t *query)
{
	struct url_data url;

	url_data_read(query, 2 + query[1], &url);
	return auth_keys_check(table, url_data_key(&url), NOW_S);
}

void
auth_keys_measure(const char *size, uint32_t entries, unsigned rounds, struct bench_report *report)
{
	size_t bytes = auth_keys_bytes(entries);
	size_t query_bytes = (size_t)LOOKUP_QUERIES * OPTIONS_BYTES;
	struct auth_keys *keys = auth_keys_init(memory_map(bytes), entries, &secret);
	uint8_t *queries = memory_map(query_bytes);
	struct rng rng = {4};
	struct lookup lookup = {
		.function = check_key,
		.table = keys,
		.table_bytes = bytes,
		.queries = queries,
		.query_bytes = OPTIONS_BYTES,
	};

	for (uint32_t n = 0; n < entries; n++) {
		struct auth_key key = make_key(6, n);

		auth_keys_add(keys, &key);
	}
	for (unsigned known = 0; known < 2; known++) {
		for (uint32_t i = 0; i < LOOKUP_QUERIES; i++) {
			struct auth_key key =
				known ? make_key(6, rng_below(&rng, entries)) : make_key(7, i);

			make_options(queries + (size_t)i * OPTIONS_BYTES, &key);
		}
		lookup.name = known ? "auth_keys_known" : "auth_keys_unknown";
		lookup_measure(&lookup, size, rounds, report);
	}
	memory_unmap(queries, query_bytes);
	memory_unmap(keys, bytes);
}
