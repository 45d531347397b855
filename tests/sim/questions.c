// SPDX-License-Identifier: BSD-3-Clause

#include "questions.h"

#include "../../app/weir/telemetry/mailbox.h"
#include "appliance.h"
#include "fail.h"
#include "faults.h"
#include "naive.h"
#include "torrents.h"
#include "virtual_threads.h"

#include <string.h>

enum { ASKING_MAX = 2 };

static struct asking {
	bool busy;
	unsigned worker;
	struct question question;
} askings[ASKING_MAX];

// --- asking -----------------------------------------------------------------------------------

static void
ask_main(void *argument)
{
	struct asking *asking = argument;
	struct question *question = &asking->question;

	do {
		if (!mailbox_ask(appliance_weir(), asking->worker, question)) {
			fail_unless(
				fault_is_on(FAULT_stall) || fault_is_on(FAULT_suspend)
					|| appliance_weir()->stop,
				"worker %u has not answered in time",
				asking->worker
			);
			break;
		}
	} while (question->kind == QUESTION_LIST && !question->cursor.over);
	asking->busy = false;
}

void
questions_forget(void)
{
	memset(askings, 0, sizeof(askings));
}

void
questions_ask(struct dice *dice)
{
	const struct weir *weir = appliance_weir();
	uint32_t torrent = dice_below(dice, torrents_count());
	bool list = dice_once_in(dice, 2);

	for (unsigned i = 0; i < ASKING_MAX; i++) {
		struct asking *asking = &askings[i];
		struct question *question = &asking->question;

		if (asking->busy)
			continue;
		*question = (struct question){
			.kind = list ? QUESTION_LIST : QUESTION_TORRENT, .room = QUESTION_PEERS};
		torrent_hash(torrent, question->info_hash);
		uint64_t hash = steer_hash(&weir->steer, question->info_hash);

		question->hash = (uint32_t)hash;
		asking->worker = list ? dice_below(dice, weir->plan.worker_count)
				      : steer_worker(&weir->steer, hash);
		asking->busy = true;
		threads_start(ask_main, asking);
		return;
	}
}

// --- judging ----------------------------------------------------------------------------------

bool __real_question_answer(struct question *question, struct shard *shard, uint32_t now_s);
bool __wrap_question_answer(struct question *question, struct shard *shard, uint32_t now_s);

static void
judge_row(const struct shard_row *row, uint32_t now_s)
{
	uint32_t torrent = torrent_of(row->info_hash);

	for (unsigned f = 0; f < NAIVE_FAMILIES; f++) {
		struct naive_row shown = {
			.seeders = row->seeders[FAMILY_IPV4 + f],
			.leechers = row->leechers[FAMILY_IPV4 + f],
			.completed = shard_row_sum(row->completed),
		};
		const char *wrong = naive_scraped(torrent, f, &shown, now_s);

		fail_unless(wrong == NULL, "telemetry about torrent %u: %s", torrent, wrong);
	}
	torrent_seen(torrent);
}

static void
judge_absence(uint32_t torrent, uint32_t now_s)
{
	static const struct naive_row none;

	for (unsigned f = 0; f < NAIVE_FAMILIES; f++)
		fail_unless(
			naive_scraped(torrent, f, &none, now_s) == NULL,
			"telemetry does not know torrent %u, which has peers",
			torrent
		);
}

bool
__wrap_question_answer(struct question *question, struct shard *shard, uint32_t now_s)
{
	unsigned before = question->count;
	bool over = __real_question_answer(question, shard, now_s);

	if (question->kind == QUESTION_TORRENT && question->found)
		judge_row(&question->row, now_s);
	else if (question->kind == QUESTION_TORRENT)
		judge_absence(torrent_of(question->info_hash), now_s);
	for (unsigned i = before; question->kind == QUESTION_LIST && i < question->count; i++)
		judge_row(&question->rows[i], now_s);
	return over;
}
