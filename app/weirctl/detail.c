// SPDX-License-Identifier: BSD-3-Clause

#include "detail.h"

#include "fetch.h"

#include <stdio.h>
#include <string.h>

bool
detail_wish_equal(const struct detail_wish *a, const struct detail_wish *b)
{
	return strcmp(a->hash, b->hash) == 0 && a->offset == b->offset;
}

void
detail_take(struct detail *detail, const struct detail_wish *wish, struct telemetry_client *client)
{
	struct telemetry_error error;
	char question[128];

	*detail = (struct detail){.wish = *wish};
	snprintf(question, sizeof(question), "/weir/torrent,%s", wish->hash);
	detail->torrent = fetch_reply(client, question, NULL, &error);
	if (detail->torrent != NULL) {
		snprintf(
			question,
			sizeof(question),
			"/weir/peers,%s,%u,%d",
			wish->hash,
			wish->offset,
			DETAIL_PEERS
		);
		detail->peers = fetch_reply(client, question, NULL, &error);
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
