// SPDX-License-Identifier: BSD-3-Clause
// A question about the torrents of one worker, and how the worker answers it.
//
// A worker has a mailbox for one question (struct worker). It looks there once a turn and does a
// bounded piece of the answer each turn, so that a question never holds up a packet. Other threads
// ask by telemetry/mailbox.h and sleep until the answer is whole.

#pragma once

#include "../../../lib/swarm/shard_view.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	QUESTION_ROWS = 512, // torrents told at once
	QUESTION_PEERS = 32,
	QUESTION_PEER_IDS = 1024,
	QUESTION_BUDGET = 64, // places for torrents, and peers, looked at in a turn
	QUESTION_TURNS_MAX = 1024, // then what was found is told: tables may be nearly empty
};

enum question_kind {
	QUESTION_TORRENT, // one torrent: its row and `room` of its peers
	QUESTION_LIST, // rows, from the cursor on
	QUESTION_CLIENTS, // peer ids, from the cursor on
};

struct question {
	// In:
	enum question_kind kind;
	uint8_t info_hash[SHARD_INFO_HASH_BYTES]; // of QUESTION_TORRENT, and what follows
	uint32_t hash; // keyed, as the shard wants it
	uint32_t first_peer;
	unsigned room; // up to QUESTION_PEERS
	// In and out: zeros ask from the start; `over` at the end.
	struct shard_cursor cursor;
	// Worker's own:
	unsigned turns; // it has worked on this
	// Out:
	unsigned count; // of what the kind asks for; may be 0 before the end
	bool found; // the torrent is there
	struct shard_row row; // of the torrent
	union {
		struct shard_peer peers[QUESTION_PEERS];
		struct shard_row rows[QUESTION_ROWS];
		uint8_t peer_ids[QUESTION_PEER_IDS][SHARD_PEER_ID_BYTES];
	};
};

// Does a turn's piece of work. True where the answer is whole.
bool question_answer(struct question *question, struct shard *shard, uint32_t now_s);
