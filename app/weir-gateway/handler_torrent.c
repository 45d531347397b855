// SPDX-License-Identifier: BSD-3-Clause
// One torrent with its peers, in Torrust's format.

#include "../../lib/stats/telemetry_command.h"
#include "../telemetry_client/reply.h"
#include "handlers.h"

#include <stdio.h>
#include <string.h>

enum { PEERS_OF_REPLY = 32 }; // maximum of one reply

// Converts a peer to Torrust's format: telemetry has no null, so an unknown client program is "" there.
// Fields that Torrust lacks are left out, unless nothing else is known (swarm.peer_detail = false).
static json_t *
peer_of(const json_t *reply)
{
	json_t *peer = json_copy((json_t *)reply);
	json_t *id = reply_field_value(reply, FIELD_peer_peer_id);
	const char *client = json_string_value(reply_field_value(id, FIELD_peer_id_client));

	if (id == NULL)
		return peer;
	id = json_copy(id);
	if (client != NULL && *client == '\0')
		json_object_set_new(id, "client", json_null());
	json_object_set_new(peer, "peer_id", id);
	json_object_del(peer, "seeder");
	return peer;
}

// Fetches peers from `offset` on. Returns how many came; `total`: number of all peers.
static size_t
add_peers(
	json_t *peers,
	struct reply_cache *cache,
	const char *info_hash,
	uint64_t offset,
	uint64_t limit,
	uint64_t *total,
	struct telemetry_error *error
)
{
	char command[REPLY_CACHE_COMMAND_MAX];
	const char *number;
	json_t *reply;

	snprintf(
		command,
		sizeof(command),
		"%s,%s,%lu,%lu",
		TELEMETRY_PATH(peers),
		info_hash,
		offset,
		limit
	);
	json_t *page = reply_cache_get(cache, command, REPLY_CACHE_KEEP_MS, error);
	json_t *rows = reply_field_value(page, FIELD_peers_peers);
	size_t count = json_object_size(rows);

	if (page != NULL)
		*total = reply_field(page, FIELD_peers_total);
	json_object_foreach (rows, number, reply)
		json_array_append_new(peers, peer_of(reply));
	json_decref(page);
	return count;
}

// False where Weir became unavailable in between.
static bool
collect_peers(
	json_t *peers,
	struct reply_cache *cache,
	const struct request *request,
	uint64_t *total
)
{
	uint64_t offset = request->peers_offset;
	uint64_t left = request->peers_limit;
	struct telemetry_error error = {0};

	while (left > 0) {
		uint64_t wanted = RTE_MIN(left, (uint64_t)PEERS_OF_REPLY);
		size_t got =
			add_peers(peers, cache, request->info_hash, offset, wanted, total, &error);

		if (got != wanted) // the last page, or more rows than requested, from a faulty Weir
			break;
		offset += got;
		left -= got;
	}
	return error.code != TELEMETRY_UNREACHABLE;
}

struct response
handler_torrent(struct reply_cache *cache, const struct request *request)
{
	char command[REPLY_CACHE_COMMAND_MAX];
	struct telemetry_error error;
	uint64_t total = 0;

	snprintf(command, sizeof(command), "%s,%s", TELEMETRY_PATH(torrent), request->info_hash);
	json_t *reply = reply_cache_get(cache, command, REPLY_CACHE_KEEP_MS, &error);

	if (reply == NULL)
		return response_telemetry_error(&error);
	json_t *torrent = json_object();
	json_t *peers = json_array();

	// The fields that Torrust has are those of a row of /weir/torrents.
	for (enum field f = FIELD_torrents_row_FIRST; f < FIELD_torrents_row_END; f++)
		json_object_set(torrent, field_infos[f].name, reply_field_value(reply, f));
	json_object_set_new(torrent, "peers", peers);
	json_decref(reply);
	if (!collect_peers(peers, cache, request, &total)) {
		json_decref(torrent);
		return response_error(TELEMETRY_UNREACHABLE, "Weir stopped answering");
	}
	struct response response = response_json(200, torrent);

	response.counted = true;
	response.total = total;
	return response;
}
