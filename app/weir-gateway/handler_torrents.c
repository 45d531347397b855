// SPDX-License-Identifier: BSD-3-Clause
// Torrents without their peers: a page of all, or selected ones; in the order of their info_hashes.

#include "../../lib/stats/telemetry_command.h"
#include "../telemetry_client/reply.h"
#include "handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TORRENTS_OF_REPLY = 100 }; // maximum of one reply

// The fields that Torrust has: those of a row of /weir/torrents.
static json_t *
row_of(const json_t *reply)
{
	json_t *row = json_object();

	for (enum field f = FIELD_torrents_row_FIRST; f < FIELD_torrents_row_END; f++)
		json_object_set(row, field_infos[f].name, reply_field_value(reply, f));
	return row;
}

static const char *
hash_of(const json_t *row)
{
	return reply_field_text(row, FIELD_torrents_row_info_hash);
}

// Adds the rows that follow those of `array`: where a torrent was added between two commands, the second
// reply begins with the last row of the first.
static void
add_rows(json_t *array, json_t *rows)
{
	const char *number;
	json_t *reply;

	json_object_foreach (rows, number, reply) {
		size_t count = json_array_size(array);

		if (count == 0
		    || strcmp(hash_of(reply), hash_of(json_array_get(array, count - 1))) > 0)
			json_array_append_new(array, row_of(reply));
	}
}

static json_t *
fetch_page(
	struct reply_cache *cache,
	uint64_t offset,
	uint64_t limit,
	struct telemetry_error *error
)
{
	char command[REPLY_CACHE_COMMAND_MAX];

	snprintf(command, sizeof(command), "%s,%lu,%lu", TELEMETRY_PATH(torrents), offset, limit);
	return reply_cache_get(cache, command, REPLY_CACHE_KEEP_MS, error);
}

static struct response
handle_page(struct reply_cache *cache, const struct request *request)
{
	uint64_t left = request->limit, offset = request->offset, total = 0;
	json_t *array = json_array();
	struct telemetry_error error;
	bool more = true;

	while (more && left > 0) {
		uint64_t wanted = RTE_MIN(left, (uint64_t)TORRENTS_OF_REPLY);
		json_t *page = fetch_page(cache, offset, wanted, &error);

		if (page == NULL) {
			json_decref(array);
			return response_telemetry_error(&error);
		}
		json_t *rows = reply_field_value(page, FIELD_torrents_torrents);

		total = reply_field(page, FIELD_torrents_total);
		add_rows(array, rows);
		more = json_object_size(rows) == wanted;
		offset += wanted;
		left -= wanted;
		json_decref(page);
	}
	struct response response = response_json(200, array);

	response.counted = true;
	response.total = total;
	return response;
}

static int
compare_hashes(const void *a, const void *b)
{
	return strcmp(a, b);
}

// The selected torrents, each once; unknown ones are left out.
static struct response
handle_selected(struct reply_cache *cache, const struct request *request)
{
	struct request sorted = *request;
	json_t *array = json_array();

	qsort(sorted.hashes, sorted.hash_count, sizeof(sorted.hashes[0]), compare_hashes);
	for (unsigned i = 0; i < sorted.hash_count; i++) {
		char command[REPLY_CACHE_COMMAND_MAX];
		struct telemetry_error error;

		if (i > 0 && strcmp(sorted.hashes[i], sorted.hashes[i - 1]) == 0)
			continue;
		snprintf(
			command, sizeof(command), "%s,%s", TELEMETRY_PATH(torrent), sorted.hashes[i]
		);
		json_t *reply = reply_cache_get(cache, command, REPLY_CACHE_KEEP_MS, &error);

		if (reply == NULL && error.code != TELEMETRY_UNKNOWN) {
			json_decref(array);
			return response_telemetry_error(&error);
		}
		if (reply != NULL)
			json_array_append_new(array, row_of(reply));
		json_decref(reply);
	}
	return response_json(200, array);
}

struct response
handler_torrents(struct reply_cache *cache, const struct request *request)
{
	return request->hash_count > 0 ? handle_selected(cache, request)
				       : handle_page(cache, request);
}
