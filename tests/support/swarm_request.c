// SPDX-License-Identifier: BSD-3-Clause

#include "swarm_request.h"

#include "../../lib/swarm/refresh_fast_inline.h"
#include "cmocka_wrap.h"

#include <string.h>

enum {
	CANARY_BYTES = 64,
	CANARY = 0xc3,
};

uint8_t swarm_reply[SWARM_NUM_WANT_MAX * 18 + SWARM_OUT_SPARE + CANARY_BYTES];

struct swarm_request
swarm_request(struct swarm_member *member, uint32_t n, bool seeder, uint16_t num_want, uint32_t now)
{
	struct swarm_request request = {
		.member = member,
		.n = n,
		.seeder = seeder,
		.may_add = true,
		.num_want = num_want,
		.now = now,
	};

	swarm_address_write(request.address, member->naive.stride, n);
	return request;
}

void
swarm_request_plan(struct swarm_request *request)
{
	swarm_plan_begin(
		&request->member->ref,
		request->address,
		request->seeder,
		request->num_want,
		&request->plan
	);
}

void
swarm_request_prepare(struct swarm_request *request)
{
	swarm_request_plan(request);
	swarm_plan_runs(&request->member->ref, request->seeder, request->num_want, &request->plan);
	swarm_plan_peer(&request->member->ref, &request->plan);
}

static size_t
canary_at(const struct swarm_request *request)
{
	return (size_t)request->num_want * request->member->naive.stride + SWARM_OUT_SPARE;
}

static void
assert_canary(const struct swarm_request *request)
{
	for (size_t i = 0; i < CANARY_BYTES; i++)
		if (swarm_reply[canary_at(request) + i] != CANARY)
			fail_msg("%u wanted, byte %zu overwritten", request->num_want, i);
}

struct swarm_announce
swarm_request_process(struct swarm_request *request)
{
	struct swarm_announce announce = {
		.address = request->address,
		.plan = &request->plan,
		.out = request->num_want == 0 && request->n % 2 == 0 ? NULL : swarm_reply,
		.num_want = request->num_want,
		.time = request->now & SWARM_TIME_MAX,
		.seeder = request->seeder,
		.stopped = request->stopped,
		.may_add = request->may_add,
	};

	memset(swarm_reply + canary_at(request), CANARY, CANARY_BYTES);
	request->refreshed = swarm_refresh(&request->member->ref, &announce); // as the shard does
	if (!request->refreshed)
		swarm_announce(&request->member->ref, &announce);
	assert_canary(request);
	return announce;
}

// Writes a record, as the owner of the store does once it was added.
static void
stamp_record(const struct swarm_request *request, uint32_t item)
{
	struct swarm_record *record = pool_at(&request->member->ref.store->records, item);

	memset(record, 0, sizeof(*record));
	memcpy(record->peer_id, &request->n, sizeof(request->n));
	memcpy(record->peer_id + 4, &request->member->ref.torrent, sizeof(uint32_t));
}

// A peer keeps its record until it is removed.
static void
check_record(const struct swarm_request *request, const struct swarm_announce *announce, bool known)
{
	uint32_t *record = &request->member->records[request->n];

	if (!request->member->ref.store->detail || announce->full || (request->stopped && !known)) {
		assert_int_equal(announce->record, POOL_NONE);
		return;
	}
	assert_true(announce->record < request->member->ref.store->records.count);
	if (known)
		assert_int_equal(announce->record, *record);
	*record = announce->record;
	if (!request->stopped)
		stamp_record(request, announce->record);
}

static void
check_reply(const struct swarm_request *request, uint16_t count)
{
	const char *wrong = naive_swarm_judge(
		&request->member->naive,
		request->address,
		request->seeder,
		request->num_want,
		swarm_reply,
		count
	);

	if (wrong != NULL)
		fail_msg("%s: %u wanted, %u found", wrong, request->num_want, count);
}

static void
check_stop(const struct swarm_request *request, const struct swarm_announce *announce, bool known)
{
	assert_int_equal(announce->removed, known);
	assert_int_equal(announce->changed, known);
	assert_false(announce->added || announce->full || announce->finished);
	assert_int_equal(announce->peer_count, 0);
	naive_swarm_remove(&request->member->naive, request->address);
}

static void
check_stay(
	const struct swarm_request *request,
	const struct swarm_announce *announce,
	const struct naive_peer *old
)
{
	bool known = old != NULL;
	bool turned = known && old->seeder != request->seeder;
	bool finished = false;

	assert_true(announce->added + announce->full == !known);
	assert_false(announce->removed);
	assert_int_equal(announce->changed, announce->added || turned);
	if (!announce->full)
		finished = naive_swarm_put(
			&request->member->naive, request->address, request->seeder, request->now
		);
	assert_int_equal(announce->finished, finished);
	request->member->completed += finished;
	check_reply(request, announce->peer_count);
}

static bool
can_refresh_fast(const struct swarm_request *request, const struct naive_peer *old)
{
	const struct naive_swarm *naive = &request->member->naive;

	if (old == NULL || old->seeder != request->seeder
	    || request->member->home->swarm.levels > 0)
		return false;
	return (request->seeder ? naive_swarm_leechers(naive) : naive->count - 1)
		<= request->num_want;
}

bool
swarm_request_refresh_fast(const struct swarm_request *request, const struct naive_peer *old)
{
	bool detail = request->member->ref.store->detail;
	bool possible = can_refresh_fast(request, old);
	struct shard_op op = {
		.peers = swarm_reply,
		.seeder = request->seeder,
		.num_want = request->num_want,
		.peer_count = 9999};
	uint32_t record = POOL_NONE;

	if (request->member->ref.family != FAMILY_IPV4 || request->stopped)
		return false;
	memcpy(op.peer, request->address, sizeof(op.peer));
	memset(swarm_reply + canary_at(request), CANARY, CANARY_BYTES);
	assert_int_equal(
		possible,
		refresh_fast(
			request->member->home,
			detail ? shape_ipv4_detail : shape_ipv4_plain,
			&op,
			request->now & SWARM_TIME_MAX,
			&record
		)
	);
	assert_canary(request);
	if (!possible)
		return false;
	assert_int_equal(record, detail ? request->member->records[request->n] : POOL_NONE);
	assert_false(naive_swarm_put(
		&request->member->naive, request->address, request->seeder, request->now
	));
	check_reply(request, op.peer_count);
	return true;
}

static bool
can_refresh(const struct swarm_request *request, const struct naive_peer *old)
{
	return request->member->home->swarm.indexed && !request->stopped && old != NULL
		&& old->seeder == request->seeder;
}

struct swarm_announce
swarm_request_check(struct swarm_request *request)
{
	const struct naive_peer *found =
		naive_swarm_find(&request->member->naive, request->address);
	struct naive_peer old = found != NULL ? *found : (struct naive_peer){0};
	bool possible = can_refresh(request, found);
	struct swarm_announce announce = swarm_request_process(request);

	assert_int_equal(request->refreshed, possible);
	if (request->stopped)
		check_stop(request, &announce, found != NULL);
	else
		check_stay(request, &announce, found != NULL ? &old : NULL);
	check_record(request, &announce, found != NULL);
	assert_int_equal(request->member->home->swarm.completed, request->member->completed);
	return announce;
}

struct swarm_announce
swarm_announce_one(
	struct swarm_member *member,
	uint32_t n,
	bool seeder,
	uint16_t num_want,
	uint32_t now
)
{
	struct swarm_request request = swarm_request(member, n, seeder, num_want, now);

	swarm_request_prepare(&request);
	return swarm_request_check(&request);
}

struct swarm_announce
swarm_stop_one(struct swarm_member *member, uint32_t n)
{
	struct swarm_request request = swarm_request(member, n, false, 10, 0);

	request.stopped = true;
	swarm_request_prepare(&request);
	return swarm_request_check(&request);
}

void
swarm_fixture_empty(struct swarm_fixture *fixture)
{
	for (unsigned m = 0; m < fixture->sizes.swarms; m++) {
		struct swarm_member *member = &fixture->members[m];

		while (member->naive.count > 0) {
			uint32_t p = rng_below(&fixture->rng, member->naive.count);

			swarm_stop_one(
				member,
				swarm_address_number(
					member->naive.peers[p].address, member->naive.stride
				)
			);
		}
	}
}
