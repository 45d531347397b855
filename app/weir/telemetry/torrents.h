// SPDX-License-Identifier: BSD-3-Clause
// The torrents of all workers together, for telemetry and the export: asked for piece by piece.
//
// Any thread but an lcore's. All wait, and return false where Weir is ending or a worker stands still.

#pragma once

#include "../../../lib/census/clients.h"
#include "../../../lib/census/page.h"
#include "mailbox.h"

// One torrent: question->found, row and `room` peers from `first_peer` on. The rest is filled in.
bool torrents_find(const struct weir *weir, const uint8_t *info_hash, struct question *question);

// Shows `visit` every torrent, in no order; at most QUESTION_ROWS at a time. `pause_us` is slept
// between, for those who have time.
typedef void (*torrents_visit)(void *context, const struct shard_row *rows, unsigned count);

bool torrents_pass(const struct weir *weir, torrents_visit visit, void *context, unsigned pause_us);

// Fills a page that was started.
bool torrents_page(const struct weir *weir, struct page *page);

// The largest swarms: `best` has room and an order, and comes back sorted.
bool torrents_best(const struct weir *weir, struct best *best);

// Client programs of all peers; not sorted. Only with swarm.peer_detail.
bool torrents_clients(const struct weir *weir, struct clients *clients);
