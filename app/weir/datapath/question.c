// SPDX-License-Identifier: BSD-3-Clause

#include "question.h"

static void
answer_torrent(struct question *question, struct shard *shard, uint32_t now_s)
{
	const uint8_t *info_hash = question->info_hash;

	question->found = shard_view_torrent(shard, info_hash, question->hash, &question->row);
	question->count = shard_view_peers(
		shard,
		info_hash,
		question->hash,
		question->first_peer,
		question->peers,
		question->room,
		now_s
	);
}

// Continues a list. Returns the number of entries that still fit.
static unsigned
look_on(struct question *question, struct shard *shard)
{
	unsigned count = question->count;

	if (question->kind == QUESTION_LIST) {
		question->count += shard_view_rows(
			shard,
			&question->cursor,
			QUESTION_BUDGET,
			question->rows + count,
			QUESTION_ROWS - count
		);
		return QUESTION_ROWS - question->count;
	}
	question->count += shard_view_peer_ids(
		shard,
		&question->cursor,
		QUESTION_BUDGET,
		question->peer_ids + count,
		QUESTION_PEER_IDS - count
	);
	return QUESTION_PEER_IDS - question->count;
}

bool
question_answer(struct question *question, struct shard *shard, uint32_t now_s)
{
	if (question->kind == QUESTION_TORRENT) {
		answer_torrent(question, shard, now_s);
		return true;
	}
	bool full = look_on(question, shard) == 0;

	return full || question->cursor.over || ++question->turns == QUESTION_TURNS_MAX;
}
