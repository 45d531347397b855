// SPDX-License-Identifier: BSD-3-Clause
// A question about the torrents of one worker, and how the worker answers it.
//
// A worker has a mailbox for one question (struct worker). It looks there once a turn and does a limited
// amount of work for it, so that a question does not delay packets. Other threads ask through
// telemetry/mailbox.h and sleep until the answer is complete.

#pragma once

#include "../../../lib/swarm/shard_save.h"
#include "../../../lib/swarm/shard_view.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	QUESTION_ROWS = 512, // maximum torrents in an answer
	QUESTION_PEERS = 32,
	QUESTION_PEER_IDS = 1024,
	QUESTION_BYTES = 20480, // of a snapshot, in an answer
	QUESTION_BUDGET = 64, // table entries for torrents, and peers, that a turn visits
	QUESTION_SAVE_BUDGET = 256, // the same for a snapshot, which only copies
	QUESTION_TURNS_MAX = 1024, // then the answer is what was found: a table may be nearly empty
};

enum question_kind {
	QUESTION_TORRENT, // one torrent: its row and `room` of its peers
	QUESTION_LIST, // rows, starting at the cursor
	QUESTION_CLIENTS, // peer ids, starting at the cursor
	QUESTION_SAVE, // torrents with their peers for a snapshot, starting at the cursor
};

struct question {
	// In:
	enum question_kind kind;
	// These four only for QUESTION_TORRENT.
	uint8_t info_hash[SHARD_INFO_HASH_BYTES];
	uint32_t hash; // of the info_hash, keyed as for the shard
	uint32_t first_peer;
	unsigned room; // up to QUESTION_PEERS
	// In and out: zeros to begin; `over` at the end.
	struct shard_cursor cursor;
	// For the worker:
	unsigned turns; // spent on this question
	// Out:
	unsigned count; // of peers, rows or peer ids; may be 0 before the end
	bool found; // the torrent exists
	struct shard_saved saved; // in `bytes`; may be nothing before the end
	uint64_t cycles; // that the worker spent, for QUESTION_SAVE
	struct shard_row row; // of the torrent
	union {
		struct shard_peer peers[QUESTION_PEERS];
		struct shard_row rows[QUESTION_ROWS];
		uint8_t peer_ids[QUESTION_PEER_IDS][SHARD_PEER_ID_BYTES];
		uint8_t bytes[QUESTION_BYTES];
	};
};

// Does the work of one turn. True if the answer is complete.
bool question_answer(struct question *question, struct shard *shard, uint32_t now_s);
