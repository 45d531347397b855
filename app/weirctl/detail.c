// SPDX-License-Identifier: BSD-3-Clause

#include "detail.h"

#include "fetch.h"

#include <stdio.h>
#include <string.h>

bool
detail_query_equal(const struct detail_query *a, const struct detail_query *b)
{
	return strcmp(a->hash, b->hash) == 0 && a->offset == b->offset;
}

void
detail_fetch(
	struct detail *detail,
	const struct detail_query *query,
	struct telemetry_client *client
)
{
	struct telemetry_error error;
	char command_text[128];

	*detail = (struct detail){.query = *query};
	snprintf(command_text, sizeof(command_text), "%s,%s", TELEMETRY_PATH(torrent), query->hash);
	detail->torrent = fetch_reply(client, command_text, OBJECT_NONE, &error);
	if (detail->torrent != NULL) {
		snprintf(
			command_text,
			sizeof(command_text),
			"%s,%s,%u,%d",
			TELEMETRY_PATH(peers),
			query->hash,
			query->offset,
			DETAIL_PEERS
		);
		detail->peers = fetch_reply(client, command_text, OBJECT_NONE, &error);
	}
	if (detail->peers != NULL)
		return;
	snprintf(detail->why, sizeof(detail->why), "%s", error.text);
}

void
detail_free(struct detail *detail)
{
	json_decref(detail->torrent);
	json_decref(detail->peers);
}

struct detail
detail_copy(const struct detail *detail)
{
	struct detail copy = *detail;

	json_incref(copy.torrent);
	json_incref(copy.peers);
	return copy;
}
