// SPDX-License-Identifier: BSD-3-Clause

#include "ask_workers.h"

#include <string.h>
#include <unistd.h>

bool
ask_torrent(const struct weir *weir, const uint8_t *info_hash, struct question *question)
{
	uint64_t hash = steer_hash(&weir->steer, info_hash);

	question->kind = QUESTION_TORRENT;
	question->hash = (uint32_t)hash;
	memcpy(question->info_hash, info_hash, sizeof(question->info_hash));
	return mailbox_ask(weir, steer_worker(&weir->steer, hash), question);
}

// Asks a worker until the cursor is at the end. `take` gets each answer.
static bool
ask_all_of_worker(
	const struct weir *weir,
	unsigned worker,
	enum question_kind kind,
	void (*take)(void *context, const struct question *question),
	void *context,
	unsigned pause_us
)
{
	struct question question = {.kind = kind};

	while (!question.cursor.over) {
		if (!mailbox_ask(weir, worker, &question))
			return false;
		take(context, &question);
		if (pause_us > 0)
			usleep(pause_us);
	}
	return true;
}

struct visitor {
	ask_visit visit;
	void *context;
};

static void
take_rows(void *context, const struct question *question)
{
	const struct visitor *visitor = context;

	visitor->visit(visitor->context, question->rows, question->count);
}

bool
ask_torrents(const struct weir *weir, ask_visit visit, void *context, unsigned pause_us)
{
	struct visitor visitor = {visit, context};

	for (unsigned w = 0; w < weir->plan.worker_count; w++)
		if (!ask_all_of_worker(weir, w, QUESTION_LIST, take_rows, &visitor, pause_us))
			return false;
	return true;
}

static void
offer_to_page(void *context, const struct shard_row *rows, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		page_add(context, &rows[i]);
}

bool
ask_page(const struct weir *weir, struct page *page)
{
	do {
		if (!ask_torrents(weir, offer_to_page, page, 0))
			return false;
	} while (!page_end_pass(page));
	return true;
}

static void
offer_to_best(void *context, const struct shard_row *rows, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		best_add(context, &rows[i]);
}

bool
ask_best(const struct weir *weir, struct best *best)
{
	if (!ask_torrents(weir, offer_to_best, best, 0))
		return false;
	best_sort(best);
	return true;
}

static void
take_peer_ids(void *context, const struct question *question)
{
	for (unsigned i = 0; i < question->count; i++)
		clients_add(context, question->peer_ids[i]);
}

bool
ask_clients(const struct weir *weir, struct clients *clients)
{
	clients_init(clients);
	for (unsigned w = 0; w < weir->plan.worker_count; w++)
		if (!ask_all_of_worker(weir, w, QUESTION_CLIENTS, take_peer_ids, clients, 0))
			return false;
	return true;
}
