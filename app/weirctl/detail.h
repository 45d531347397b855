// SPDX-License-Identifier: BSD-3-Clause
// One torrent with a page of its peers, as the live view shows it.

#pragma once

#include "info_hash.h"
#include "telemetry_client.h"

#include <stdbool.h>

enum { DETAIL_PEERS = 32 }; // maximum of one reply

// Which torrent, and the offset of its first peer. All zeros: none.
struct detail_query {
	char hash[INFO_HASH_DIGITS + 1];
	unsigned offset;
};

struct detail {
	struct detail_query query; // that this is the reply to
	json_t *torrent, *peers; // with lists; NULL: no reply
	char why[256]; // no reply: a sentence without a full stop; else ""
};

bool detail_query_equal(const struct detail_query *a, const struct detail_query *b);

// Fetches the torrent and DETAIL_PEERS of its peers.
void detail_fetch(
	struct detail *detail,
	const struct detail_query *query,
	struct telemetry_client *client
);

void detail_free(struct detail *detail); // an all-zero one, too

// A copy that is freed by itself.
struct detail detail_copy(const struct detail *detail);
