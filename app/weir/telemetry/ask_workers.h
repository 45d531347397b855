// SPDX-License-Identifier: BSD-3-Clause
// Asks all workers about their torrents, for telemetry and the scrape export, one question after the
// other.
//
// For threads that are not lcores. All block, and return false where Weir is ending or a worker does not
// answer.

#pragma once

#include "../../../lib/census/clients.h"
#include "../../../lib/census/page.h"
#include "mailbox.h"

// Asks about one torrent. The caller sets `room` and `first_peer`, and reads `found`, `row` and the peers.
bool ask_torrent(const struct weir *weir, const uint8_t *info_hash, struct question *question);

// Gets up to QUESTION_ROWS torrents.
typedef void (*ask_visit)(void *context, const struct shard_row *rows, unsigned count);

// Visits all torrents, in no order, and sleeps for `pause_us` after each visit.
bool ask_torrents(const struct weir *weir, ask_visit visit, void *context, unsigned pause_us);

// Fills a page that page_start prepared.
bool ask_page(const struct weir *weir, struct page *page);

// Finds the first torrents in the order of `best`, which has an order and room, and sorts it.
bool ask_best(const struct weir *weir, struct best *best);

// Counts the client programs of all peers, unsorted. Needs swarm.peer_detail.
bool ask_clients(const struct weir *weir, struct clients *clients);
