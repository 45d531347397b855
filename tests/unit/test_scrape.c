// SPDX-License-Identifier: BSD-3-Clause
// lib/tracker/scrape.h: one datagram through several workers, with rows in the order of its hashes.

#include "../../lib/base/rng.h"
#include "../../lib/tracker/scrape.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES = 16, HASH_BYTES = 20, ROW_BYTES = 12, LEN_MAX = 2048 };

static const struct siphash_key key = {1, 2};

// A scrape on the heap with exactly SCRAPE_PAYLOAD_BYTES_MIN, at an odd address.
struct request {
	uint8_t *memory;
	uint8_t *payload;
	uint16_t len;
	enum family family;
	uint16_t max; // rows of the reply
	uint8_t hashes[BEP15_SCRAPE_IPV4_MAX][HASH_BYTES]; // a copy: rows take their place
};

static void
open_request(struct request *request, uint16_t len, enum family family, uint64_t seed)
{
	unsigned room = len > SCRAPE_PAYLOAD_BYTES_MIN ? len : SCRAPE_PAYLOAD_BYTES_MIN;
	struct rng rng = {seed};

	*request = (struct request){
		.len = len, .family = family, .max = family == FAMILY_IPV4 ? 72 : 71};
	request->memory = malloc(room + 1);
	assert_non_null(request->memory);
	request->payload = request->memory + 1;
	for (unsigned i = 0; i < len; i++)
		request->payload[i] = (uint8_t)rng_next(&rng);
	memcpy(request->payload + 8, (const uint8_t[]){0, 0, 0, 2, 0xa1, 0xb2, 0xc3, 0xd4}, 8);
	memcpy(request->hashes,
	       request->payload + HEAD_BYTES,
	       RTE_MIN((size_t)len - HEAD_BYTES, sizeof(request->hashes)));
}

static void
close_request(struct request *request)
{
	free(request->memory);
}

static unsigned
rows_expected(const struct request *request)
{
	return RTE_MIN((request->len - HEAD_BYTES) / HASH_BYTES, request->max);
}

// The counts of a torrent, here words of its hash.
static void
fill_op(struct shard_op *op)
{
	memcpy(&op->seeders, op->info_hash, 4);
	memcpy(&op->completed, op->info_hash + 4, 4);
	memcpy(&op->leechers, op->info_hash + 8, 4);
	op->seeders = rte_be_to_cpu_32(op->seeders);
	op->completed = rte_be_to_cpu_32(op->completed);
	op->leechers = rte_be_to_cpu_32(op->leechers);
}

// A worker's turn: its ops must be its own hashes, in order. Returns the reply's length or 0.
static uint16_t
visit(struct request *request, const struct steer *steer, uint8_t worker)
{
	struct shard_op ops[BEP15_SCRAPE_IPV4_MAX];
	unsigned count = scrape_read(request->payload, request->family, worker, ops);
	unsigned op = 0;

	for (unsigned i = 0; i < rows_expected(request); i++) {
		uint64_t hash = steer_hash(steer, request->hashes[i]);

		if (steer_worker(steer, hash) != worker)
			continue;
		assert_true(op < count);
		assert_memory_equal(ops[op].info_hash, request->hashes[i], HASH_BYTES);
		assert_int_equal(ops[op].hash, (uint32_t)hash);
		assert_int_equal(ops[op].kind, SHARD_SCRAPE);
		assert_int_equal(ops[op].family, request->family);
		op++;
	}
	assert_int_equal(op, count);
	for (unsigned i = 0; i < count; i++)
		fill_op(&ops[i]);
	return scrape_reply(request->payload, worker, ops);
}

// Row i holds the first 12 bytes of hash i, as fill_op has made it.
static void
assert_reply(const struct request *request, uint16_t len)
{
	static const uint8_t head[] = {0, 0, 0, 2, 0xa1, 0xb2, 0xc3, 0xd4};
	unsigned rows = rows_expected(request);

	assert_int_equal(len, sizeof(head) + rows * ROW_BYTES);
	assert_true(len < request->len); // a scrape never amplifies
	assert_memory_equal(request->payload, head, sizeof(head));
	for (unsigned i = 0; i < rows; i++)
		assert_memory_equal(
			request->payload + sizeof(head) + i * ROW_BYTES,
			request->hashes[i],
			ROW_BYTES
		);
}

// Passes a scrape from owner to owner, as io and worker lcores do. Returns the number of visits.
static unsigned
travel(struct request *request, const struct steer *steer)
{
	bool visited[STEER_WORKERS_MAX] = {false};
	unsigned visits = 0;
	uint16_t len = 0;
	uint8_t worker;

	scrape_plan(steer, request->payload, request->len, request->max);
	while (len == 0) {
		worker = scrape_next(request->payload);
		assert_int_not_equal(worker, SCRAPE_ROW_DONE);
		assert_false(visited[worker]);
		visited[worker] = true;
		visits++;
		len = visit(request, steer, worker);
	}
	assert_reply(request, len);
	return visits;
}

static void
test_all_counts_of_workers(void **state)
{
	(void)state;
	for (unsigned workers = 1; workers <= STEER_WORKERS_MAX; workers++) {
		struct request request;
		struct steer steer;

		steer_init(&steer, &key, workers);
		open_request(&request, HEAD_BYTES + 72 * HASH_BYTES, FAMILY_IPV4, workers);
		unsigned visits = travel(&request, &steer);

		assert_true(visits <= workers);
		assert_true(visits >= RTE_MIN((workers + 1) / 2, 20u));
		close_request(&request);
	}
}

// Complete hashes count, other bytes behind them do not, and the number is limited.
static void
test_all_lengths(void **state)
{
	struct steer steer;

	(void)state;
	steer_init(&steer, &key, 4);
	for (uint16_t len = HEAD_BYTES + HASH_BYTES; len <= LEN_MAX; len++)
		for (enum family family = FAMILY_IPV4; family <= FAMILY_IPV6; family++) {
			struct request request;

			open_request(&request, len, family, len);
			travel(&request, &steer);
			close_request(&request);
		}
}

// Two owners in both orders, and a worker that has no hash in it: the same bytes.
static void
test_any_order_of_visits(void **state)
{
	struct steer steer;

	(void)state;
	steer_init(&steer, &key, 2);
	for (unsigned rows = 2; rows <= 72; rows++)
		for (uint8_t first = 0; first < 2; first++) {
			struct request request;
			uint16_t len = (uint16_t)(HEAD_BYTES + rows * HASH_BYTES);

			open_request(&request, len, FAMILY_IPV4, 100 + rows);
			scrape_plan(&steer, request.payload, len, request.max);
			assert_int_equal(visit(&request, &steer, 77), 0); // no hash of its own
			uint16_t reply = visit(&request, &steer, first);

			if (reply == 0) // 0 where the first of them owned all
				reply = visit(&request, &steer, !first);
			assert_reply(&request, reply);
			close_request(&request);
		}
}

static void
test_next_is_done_at_the_end(void **state)
{
	struct request request;
	struct steer steer;

	(void)state;
	steer_init(&steer, &key, 1);
	open_request(&request, HEAD_BYTES + 3 * HASH_BYTES, FAMILY_IPV6, 1);
	scrape_plan(&steer, request.payload, request.len, request.max);
	assert_int_equal(scrape_next(request.payload), 0);
	assert_int_equal(visit(&request, &steer, 0), 8 + 3 * ROW_BYTES);
	assert_int_equal(scrape_next(request.payload), SCRAPE_ROW_DONE);
	close_request(&request);
}

// A hash that is repeated gets a row each time.
static void
test_repeated_hash(void **state)
{
	struct request request;
	struct steer steer;

	(void)state;
	steer_init(&steer, &key, 8);
	open_request(&request, HEAD_BYTES + 5 * HASH_BYTES, FAMILY_IPV4, 1);
	for (unsigned i = 1; i < 5; i += 2) {
		memcpy(request.hashes[i], request.hashes[0], HASH_BYTES);
		memcpy(request.payload + HEAD_BYTES + i * HASH_BYTES, request.hashes[0], HASH_BYTES
		);
	}
	travel(&request, &steer);
	close_request(&request);
}

// With a small MTU only the first hashes are answered.
static void
test_most(void **state)
{
	struct steer steer;

	(void)state;
	steer_init(&steer, &key, 5);
	for (uint16_t max = 1; max <= 72; max++)
		for (unsigned hashes = 1; hashes <= 72; hashes += max) {
			struct request request;
			uint16_t len = (uint16_t)(HEAD_BYTES + hashes * HASH_BYTES);

			open_request(&request, len, FAMILY_IPV4, max);
			request.max = max;
			travel(&request, &steer);
			close_request(&request);
		}
}

// The plan is behind the hashes that are answered, so it overwrites none of them.
static void
test_plan_is_behind_the_hashes(void **state)
{
	struct request request;
	struct steer steer;

	(void)state;
	assert_true(SCRAPE_PLAN_AT >= HEAD_BYTES + 72 * HASH_BYTES);
	assert_true(SCRAPE_PAYLOAD_BYTES_MIN >= SCRAPE_PLAN_AT + 72 * 5 + 1);
	steer_init(&steer, &key, STEER_WORKERS_MAX);
	open_request(&request, LEN_MAX, FAMILY_IPV4, 9);
	scrape_plan(&steer, request.payload, request.len, request.max);
	assert_memory_equal(request.payload + HEAD_BYTES, request.hashes, sizeof(request.hashes));
	close_request(&request);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_counts_of_workers),
		cmocka_unit_test(test_all_lengths),
		cmocka_unit_test(test_any_order_of_visits),
		cmocka_unit_test(test_next_is_done_at_the_end),
		cmocka_unit_test(test_repeated_hash),
		cmocka_unit_test(test_most),
		cmocka_unit_test(test_plan_is_behind_the_hashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
