// SPDX-License-Identifier: BSD-3-Clause
// What a Weir says about one torrent: the live view opens it from its list.

#pragma once

#include "info_hash.h"
#include "telemetry_client.h"

#include <stdbool.h>

enum { DETAIL_PEERS = 32 }; // that one question brings at most

// Which torrent, and its peers from where on. All zeroes: none.
struct detail_wish {
	char hash[INFO_HASH_DIGITS + 1];
	unsigned offset;
};

struct detail {
	struct detail_wish wish; // whose answer this is
	json_t *torrent, *peers; // with lists; NULL: there was no answer
	char why[256]; // no answer: a sentence without a full stop; else ""
};

bool detail_wish_equal(const struct detail_wish *a, const struct detail_wish *b);

// Asks for the torrent and for DETAIL_PEERS of its peers.
void
detail_take(struct detail *detail, const struct detail_wish *wish, struct telemetry_client *client);

void detail_free(struct detail *detail); // its replies; a zeroed one has none

// A copy of its own.
struct detail detail_copy(const struct detail *detail);
