// SPDX-License-Identifier: BSD-3-Clause
// app/weir/datapath/question.h, telemetry/ask_workers.h: several threads that ask at once, workers that
// answer in their turns, and workers that do not.

#include "../../app/weir/telemetry/ask_workers.h"
#include "../../app/weir/weir.h"
#include "../../lib/swarm/shard_inline.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"

#include <rte_errno.h>
#include <rte_malloc.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS = 2, TORRENTS = 3000, PEERS = 100, ASKERS = 4, NOW_S = 1 };

static struct weir weir;
static const struct settings no_settings;
static const struct settings *settings = &no_settings;
static bool stop_workers;
static unsigned turns_with_question;

static void
info_hash_of(uint32_t torrent, uint8_t *hash)
{
	memset(hash, 0x5a, SHARD_INFO_HASH_BYTES);
	memcpy(hash, &torrent, sizeof(torrent));
}

static void
announce(uint32_t torrent, uint32_t peer)
{
	uint8_t hash[SHARD_INFO_HASH_BYTES], replies[SHARD_OUT_SPARE];
	uint8_t detail[SHARD_DETAIL_BYTES] = "-qB4520-";

	info_hash_of(torrent, hash);
	uint64_t keyed = steer_hash(&weir.steer, hash);
	struct shard_op op = {
		.info_hash = hash,
		.peers = replies,
		.detail = detail,
		.hash = (uint32_t)keyed,
		.kind = SHARD_ANNOUNCE,
		.family = FAMILY_IPV4,
	};

	memcpy(op.peer, &peer, sizeof(peer));
	shard_process(weir.workers[steer_worker(&weir.steer, keyed)]->shard, &op, 1, NOW_S);
}

static int
set_up(void **state)
{
	struct siphash_key key = {1, 2};

	(void)state;
	test_eal_init();
	steer_init(&weir.steer, &key, WORKERS);
	weir.plan.worker_count = WORKERS;
	for (unsigned i = 0; i < WORKERS; i++) {
		char name[16];
		struct shard_config config = {
			.name = name,
			.socket = SOCKET_ID_ANY,
			.max_torrents = TORRENTS,
			.max_peers = TORRENTS + PEERS,
			.peer_timeout_s = 1000,
			.detail = true,
		};

		snprintf(name, sizeof(name), "shard_%u", i);
		weir.workers[i] = rte_zmalloc("worker", sizeof(struct worker), 64);
		weir.workers[i]->shard = shard_create(&config);
		weir.workers[i]->stats = rte_zmalloc("stats", sizeof(struct stats), 64);
		assert_non_null(weir.workers[i]->shard);
		weir.workers[i]->published = &settings;
		weir.workers[i]->access = &weir.access;
		weir.workers[i]->wall_s = &weir.wall_s;
		clock_init(&weir.workers[i]->clock, rte_rdtsc(), rte_get_tsc_hz());
	}
	for (uint32_t i = 0; i < TORRENTS; i++)
		announce(i, i);
	for (uint32_t i = 1; i <= PEERS; i++)
		announce(7, 5000 + i);
	return 0;
}

// All workers in one thread, turn after turn.
static void *
work(void *unused)
{
	(void)unused;
	while (!__atomic_load_n(&stop_workers, __ATOMIC_RELAXED))
		for (unsigned i = 0; i < WORKERS; i++)
			turns_with_question += worker_turn(weir.workers[i]);
	return NULL;
}

static pthread_t
start_workers(void)
{
	pthread_t thread;

	stop_workers = false;
	assert_int_equal(pthread_create(&thread, NULL, work, NULL), 0);
	return thread;
}

static void
end_workers(pthread_t thread)
{
	__atomic_store_n(&stop_workers, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

static void
count_rows(void *context, const struct shard_row *rows, unsigned count)
{
	(void)rows;
	*(unsigned *)context += count;
}

// Asks everything there is; returns NULL where each answer was right.
static void *
ask_all(void *unused)
{
	static const char wrong[] = "wrong";
	struct question question = {.room = QUESTION_PEERS};
	struct shard_row best_rows[3];
	struct best best = {.rows = best_rows, .capacity = 3, .before = best_by_peers};
	struct page *page = malloc(sizeof(*page));
	struct clients clients;
	uint8_t hash[SHARD_INFO_HASH_BYTES];
	unsigned rows = 0, on_page;

	(void)unused;
	info_hash_of(7, hash);
	bool right = ask_torrent(&weir, hash, &question) && question.found
		&& question.count == QUESTION_PEERS
		&& shard_row_sum(question.row.leechers) == PEERS + 1;

	right = right && ask_torrents(&weir, count_rows, &rows, 0) && rows == TORRENTS;
	right = right && ask_best(&weir, &best) && best.count == 3
		&& best_peers(&best_rows[0]) == PEERS + 1 && best_peers(&best_rows[1]) == 1;
	page_start(page, TORRENTS - 5, 50);
	right = right && ask_page(&weir, page) && page->total == TORRENTS;
	page_rows(page, &on_page);
	right = right && on_page == 5;
	right = right && ask_clients(&weir, &clients) && clients.peers == TORRENTS + PEERS
		&& clients.unknown == 0;
	free(page);
	return right ? NULL : (void *)(uintptr_t)wrong;
}

static void
test_many_ask(void **state)
{
	pthread_t workers, askers[ASKERS];

	(void)state;
	turns_with_question = 0;
	workers = start_workers();
	for (unsigned i = 0; i < ASKERS; i++)
		assert_int_equal(pthread_create(&askers[i], NULL, ask_all, NULL), 0);
	for (unsigned i = 0; i < ASKERS; i++) {
		void *problem;

		pthread_join(askers[i], &problem);
		assert_null(problem);
	}
	end_workers(workers);
	// Five looks through all places, each turn at most at so many.
	assert_true(turns_with_question >= ASKERS * 5 * (TORRENTS / QUESTION_BUDGET));
}

static void
test_unknown_torrent(void **state)
{
	pthread_t workers = start_workers();
	struct question question = {0};
	uint8_t hash[SHARD_INFO_HASH_BYTES];

	(void)state;
	info_hash_of(TORRENTS, hash);
	assert_true(ask_torrent(&weir, hash, &question));
	assert_false(question.found);
	assert_int_equal(question.count, 0);
	end_workers(workers);
}

// In a table that was full and is empty a question ends after a bounded number of turns, with what was found.
static void
test_nearly_empty(void **state)
{
	enum { PLACES = 200000 };
	struct shard_config config = {
		.name = "empty",
		.socket = SOCKET_ID_ANY,
		.max_torrents = PLACES,
		.max_peers = 10,
		.peer_timeout_s = 1000,
		.detail = true,
	};
	struct shard *shard = shard_create(&config);
	static const enum question_kind kinds[] = {QUESTION_LIST, QUESTION_CLIENTS};

	(void)state;
	assert_non_null(shard);
	shard_note_position(shard, PLACES - 1);
	for (unsigned k = 0; k < RTE_DIM(kinds); k++) {
		static struct question question;
		unsigned turns = 0, questions = 0;

		memset(&question, 0, sizeof(question));
		question.kind = kinds[k];
		while (!question.cursor.over) {
			question.turns = 0;
			while (!question_answer(&question, shard, NOW_S))
				turns++;
			turns++;
			questions++;
			assert_true(turns <= questions * QUESTION_TURNS_MAX);
		}
		assert_int_equal(question.count, 0);
		assert_in_range(turns, PLACES / QUESTION_BUDGET, PLACES / QUESTION_BUDGET + 2);
		assert_int_equal(questions, 1 + turns / QUESTION_TURNS_MAX);
	}
	shard_free(shard);
}

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

// Weir is ending: nobody waits for an answer.
static void
test_ending(void **state)
{
	struct question question = {.kind = QUESTION_LIST};
	uint64_t before = now_ms();

	(void)state;
	weir.stop = true;
	assert_false(mailbox_ask(&weir, 0, &question));
	assert_true(now_ms() - before < MAILBOX_TIMEOUT_MS / 2);
	weir.stop = false;
	weir.workers[0]->question = NULL;
}

// A worker that stands still: whoever asks is told so, the next at once, and nobody gets the answer
// to what another had asked.
static void
test_stuck_worker(void **state)
{
	struct question question = {.kind = QUESTION_LIST};
	uint64_t before = now_ms();

	(void)state;
	assert_false(mailbox_ask(&weir, 0, &question));
	assert_in_range(now_ms() - before, MAILBOX_TIMEOUT_MS - 10, 2 * MAILBOX_TIMEOUT_MS);
	before = now_ms();
	assert_false(mailbox_ask(&weir, 0, &question));
	assert_true(now_ms() - before < MAILBOX_TIMEOUT_MS / 2);
	while (weir.workers[0]->question != NULL)
		worker_turn(weir.workers[0]); // it moves again
	test_many_ask(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_ask),
		cmocka_unit_test(test_unknown_torrent),
		cmocka_unit_test(test_nearly_empty),
		cmocka_unit_test(test_ending),
		cmocka_unit_test(test_stuck_worker),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
