// SPDX-License-Identifier: BSD-3-Clause

#include "question.h"

#include <rte_cycles.h>

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

// Continues a piece of a snapshot. Returns the bytes that still can be used.
static unsigned
save_on(struct question *question, struct shard *shard, uint32_t now_s)
{
	uint64_t start = rte_rdtsc();
	struct shard_saved *sum = &question->saved;
	struct shard_saved saved = shard_save(
		shard,
		&question->cursor,
		QUESTION_SAVE_BUDGET,
		question->bytes + sum->bytes,
		QUESTION_BYTES - sum->bytes,
		now_s
	);

	sum->bytes += saved.bytes;
	sum->torrents += saved.torrents;
	sum->peers += saved.peers;
	question->cycles += rte_rdtsc() - start;
	return QUESTION_BYTES - sum->bytes < SNAPSHOT_ENTRY_MAX ? 0 : QUESTION_BYTES - sum->bytes;
}

// Continues a list. Returns the number of entries that still fit.
static unsigned
look_on(struct question *question, struct shard *shard, uint32_t now_s)
{
	unsigned count = question->count;

	if (question->kind == QUESTION_SAVE)
		return save_on(question, shard, now_s);
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
	bool full = look_on(question, shard, now_s) == 0;

	return full || question->cursor.over || ++question->turns == QUESTION_TURNS_MAX;
}
