// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/swarm.h, and refresh_fast_inline.h in front of it: against a naive swarm, and the choice of peers
// by counting.

#include "../../lib/swarm/refresh_fast_inline.h"
#include "../../lib/swarm/swarm.h"
#include "../support/chi_square.h"
#include "../support/cmocka_wrap.h"
#include "../support/naive_swarm.h"

#include <rte_common.h>
#include <rte_cycles.h>

#include <stdlib.h>
#include <string.h>

enum {
	READ_SPARE = 64, // as the shard leaves behind the nodes
	BURST = 32,
	NUM_WANT_MAX = 200,
	CANARY_BYTES = 64,
	CANARY = 0xc3,
	REPLY_BYTES = NUM_WANT_MAX * 18 + SWARM_OUT_SPARE + CANARY_BYTES,
	LARGE = 100000,
	GROUPS = 100, // of a large swarm
	LARGE_DRAWS = 20000,
	DRAWS_A_CELL = 15,
	TIMED = 2001,
};

static const enum family families[] = {FAMILY_IPV4, FAMILY_IPV6};

// --- a store, its swarms, and their models ------------------------------------------------------

struct member {
	struct torrent *torrent;
	struct swarm ipv6; // where it is of that family
	struct swarm_ref ref;
	struct naive_swarm naive;
	uint32_t *records; // by the number of an address, while its peer lives
	uint32_t completed;
};

struct sizes {
	enum family family; // of the first swarm; the others take turns
	bool detail;
	unsigned swarms;
	uint32_t numbers; // of addresses
	uint32_t nodes;
	uint32_t records;
	uint32_t buckets;
};

struct fixture {
	struct sizes sizes;
	struct swarm_store store;
	struct member *members;
	struct rng rng;
};

static uint8_t reply[REPLY_BYTES];

// Memory with whatever was there before.
static void *
dirty_memory(size_t bytes)
{
	void *memory = aligned_alloc(64, RTE_ALIGN_CEIL(bytes + 64, (size_t)64));

	assert_non_null(memory);
	memset(memory, 0xa7, bytes);
	return memory;
}

static void
open_store(struct fixture *fixture)
{
	const struct sizes *sizes = &fixture->sizes;
	struct swarm_store *store = &fixture->store;
	size_t index_bytes = sizes->buckets * sizeof(struct peer_bucket);
	void *buckets = aligned_alloc(64, index_bytes);
	uint8_t *nodes = malloc(pool_memory_bytes(sizes->nodes, SWARM_NODE_BYTES) + READ_SPARE);

	assert_non_null(buckets);
	assert_non_null(nodes);
	memset(nodes, 0xa7, pool_memory_bytes(sizes->nodes, SWARM_NODE_BYTES) + READ_SPARE);
	memset(buckets, 0, index_bytes);
	peer_index_init(&store->index, buckets, sizes->buckets);
	pool_init(&store->nodes, nodes, sizes->nodes, SWARM_NODE_BYTES);
	if (sizes->detail)
		pool_init(
			&store->records,
			dirty_memory(pool_memory_bytes(sizes->records, SWARM_RECORD_BYTES)),
			sizes->records,
			SWARM_RECORD_BYTES
		);
	store->detail = sizes->detail;
	store->key = (struct siphash_key){11, 12};
	store->rng.state = 13;
}

static void
open_member(struct fixture *fixture, unsigned m)
{
	struct member *member = &fixture->members[m];
	bool ipv4 = (fixture->sizes.family == FAMILY_IPV4) == (m % 2 == 0);

	*member = (struct member){.records = calloc(fixture->sizes.numbers, sizeof(uint32_t))};
	member->torrent = dirty_memory(sizeof(*member->torrent));
	member->torrent->ipv4 = (struct swarm){0};
	member->ref = (struct swarm_ref){
		.store = &fixture->store,
		.swarm = ipv4 ? &member->torrent->ipv4 : &member->ipv6,
		.inside = ipv4 ? member->torrent->peers : NULL,
		.torrent = m,
		.family = ipv4 ? FAMILY_IPV4 : FAMILY_IPV6,
	};
	naive_swarm_init(&member->naive, ipv4 ? 6 : 18);
	assert_non_null(member->records);
}

static void
open_fixture(struct fixture *fixture, const struct sizes *sizes)
{
	*fixture = (struct fixture){.sizes = *sizes, .rng = {sizes->numbers + sizes->family}};
	open_store(fixture);
	fixture->members = calloc(sizes->swarms, sizeof(*fixture->members));
	assert_non_null(fixture->members);
	for (unsigned m = 0; m < sizes->swarms; m++)
		open_member(fixture, m);
}

static void
close_fixture(struct fixture *fixture)
{
	for (unsigned m = 0; m < fixture->sizes.swarms; m++) {
		naive_swarm_free(&fixture->members[m].naive);
		free(fixture->members[m].records);
		free(fixture->members[m].torrent);
	}
	free(fixture->members);
	free(fixture->store.nodes.items);
	free(fixture->store.records.items);
	free(fixture->store.index.buckets);
}

// Room for everybody, whatever the sizes of the swarms.
static struct sizes
ample(enum family family, bool detail, unsigned swarms, uint32_t numbers)
{
	return (struct sizes){
		.family = family,
		.detail = detail,
		.swarms = swarms,
		.numbers = numbers,
		.nodes = swarm_nodes(FAMILY_IPV6, detail, swarms * numbers, swarms),
		.records = swarms * numbers,
		.buckets = peer_index_buckets(swarms * numbers),
	};
}

// Number n's address. Neighbours differ in the last byte alone, others in the first words too.
static void
write_address(uint8_t address[18], unsigned stride, uint32_t n)
{
	memset(address, 0x5a, 18);
	address[stride == 6 ? 0 : 3] = (uint8_t)(n >> 16);
	address[stride == 6 ? 3 : 12] = (uint8_t)(n >> 8);
	address[stride - 1] = (uint8_t)n;
}

static uint32_t
number_of(const uint8_t *address, unsigned stride)
{
	uint8_t whole[18];
	uint32_t n = (uint32_t)address[stride == 6 ? 0 : 3] << 16
		| (uint32_t)address[stride == 6 ? 3 : 12] << 8 | address[stride - 1];

	write_address(whole, stride, n);
	assert_memory_equal(whole, address, stride);
	return n;
}

// --- one announce, and what the model says of it ------------------------------------------------

struct ask {
	struct member *member;
	uint8_t address[18];
	uint32_t n;
	bool seeder;
	bool stopped;
	bool may_add;
	uint16_t num_want;
	uint32_t now; // of which swarms keep 15 bits
	struct swarm_plan plan;
};

static struct ask
ask_of(struct member *member, uint32_t n, bool seeder, uint16_t num_want, uint32_t now)
{
	struct ask ask = {
		.member = member,
		.n = n,
		.seeder = seeder,
		.may_add = true,
		.num_want = num_want,
		.now = now,
	};

	write_address(ask.address, member->naive.stride, n);
	return ask;
}

static void
prepare(struct ask *ask)
{
	swarm_prepare_root(&ask->member->ref, &ask->plan);
	swarm_prepare_nodes(&ask->member->ref, ask->seeder, ask->num_want, &ask->plan);
	swarm_prepare(&ask->member->ref, ask->address, ask->seeder, ask->num_want, &ask->plan);
	swarm_prepare_peer(&ask->member->ref, &ask->plan);
}

static size_t
canary_at(const struct ask *ask)
{
	return (size_t)ask->num_want * ask->member->naive.stride + SWARM_OUT_SPARE;
}

static void
assert_canary(const struct ask *ask)
{
	for (size_t i = 0; i < CANARY_BYTES; i++)
		if (reply[canary_at(ask) + i] != CANARY)
			fail_msg("%u wanted, byte %zu overwritten", ask->num_want, i);
}

static struct swarm_announce
carry_out(struct ask *ask)
{
	struct swarm_announce announce = {
		.address = ask->address,
		.plan = &ask->plan,
		.out = ask->num_want == 0 && ask->n % 2 == 0 ? NULL : reply,
		.num_want = ask->num_want,
		.time = ask->now & SWARM_TIME_MAX,
		.seeder = ask->seeder,
		.stopped = ask->stopped,
		.may_add = ask->may_add,
	};

	memset(reply + canary_at(ask), CANARY, CANARY_BYTES);
	swarm_announce(&ask->member->ref, &announce);
	assert_canary(ask);
	return announce;
}

// What a user of the store writes into a record once it is his.
static void
stamp_record(const struct ask *ask, uint32_t item)
{
	struct swarm_record *record = pool_at(&ask->member->ref.store->records, item);

	memset(record, 0, sizeof(*record));
	memcpy(record->peer_id, &ask->n, sizeof(ask->n));
	memcpy(record->peer_id + 4, &ask->member->ref.torrent, sizeof(uint32_t));
}

// A peer has the same record all its life.
static void
check_record(const struct ask *ask, const struct swarm_announce *announce, bool known)
{
	uint32_t *record = &ask->member->records[ask->n];

	if (!ask->member->ref.store->detail || announce->full || (ask->stopped && !known)) {
		assert_int_equal(announce->record, POOL_NONE);
		return;
	}
	assert_true(announce->record < ask->member->ref.store->records.count);
	if (known)
		assert_int_equal(announce->record, *record);
	*record = announce->record;
	if (!ask->stopped)
		stamp_record(ask, announce->record);
}

static void
check_reply(const struct ask *ask, uint16_t count)
{
	const char *wrong = naive_swarm_judge(
		&ask->member->naive, ask->address, ask->seeder, ask->num_want, reply, count
	);

	if (wrong != NULL)
		fail_msg("%s: %u wanted, %u found", wrong, ask->num_want, count);
}

static void
check_stop(const struct ask *ask, const struct swarm_announce *announce, bool known)
{
	assert_int_equal(announce->removed, known);
	assert_int_equal(announce->changed, known);
	assert_false(announce->added || announce->full || announce->finished);
	assert_int_equal(announce->peer_count, 0);
	naive_swarm_remove(&ask->member->naive, ask->address);
}

static void
check_stay(
	const struct ask *ask,
	const struct swarm_announce *announce,
	const struct naive_peer *old
)
{
	bool known = old != NULL;
	bool turned = known && old->seeder != ask->seeder;
	bool finished = false;

	assert_true(announce->added + announce->full == !known);
	assert_false(announce->removed);
	assert_int_equal(announce->changed, announce->added || turned);
	if (!announce->full)
		finished =
			naive_swarm_put(&ask->member->naive, ask->address, ask->seeder, ask->now);
	assert_int_equal(announce->finished, finished);
	ask->member->completed += finished;
	check_reply(ask, announce->peer_count);
}

static bool
can_refresh_inside(const struct ask *ask, const struct naive_peer *old)
{
	const struct naive_swarm *naive = &ask->member->naive;

	if (old == NULL || old->seeder != ask->seeder || ask->member->ref.swarm->levels > 0)
		return false;
	return (ask->seeder ? naive_swarm_leechers(naive) : naive->count - 1) <= ask->num_want;
}

// Announces as the shard does it for nearly everybody. True: that was possible.
static bool
refresh_inside(const struct ask *ask, const struct naive_peer *old)
{
	bool detail = ask->member->ref.store->detail;
	bool possible = can_refresh_inside(ask, old);
	struct shard_op op = {
		.peers = reply,
		.seeder = ask->seeder,
		.num_want = ask->num_want,
		.peer_count = 9999};
	uint32_t record = POOL_NONE;

	if (ask->member->ref.family != FAMILY_IPV4 || ask->stopped)
		return false;
	memcpy(op.peer, ask->address, sizeof(op.peer));
	memset(reply + canary_at(ask), CANARY, CANARY_BYTES);
	assert_int_equal(
		possible,
		refresh_fast(
			ask->member->torrent,
			detail ? shape_ipv4_detail : shape_ipv4_plain,
			&op,
			ask->now & SWARM_TIME_MAX,
			&record
		)
	);
	assert_canary(ask);
	if (!possible)
		return false;
	assert_int_equal(record, detail ? ask->member->records[ask->n] : POOL_NONE);
	assert_false(naive_swarm_put(&ask->member->naive, ask->address, ask->seeder, ask->now));
	check_reply(ask, op.peer_count);
	return true;
}

// Carries out an ask that was prepared, and holds it against the model.
static struct swarm_announce
check_ask(struct ask *ask)
{
	const struct naive_peer *found = naive_swarm_find(&ask->member->naive, ask->address);
	struct naive_peer old = found != NULL ? *found : (struct naive_peer){0};
	struct swarm_announce announce = carry_out(ask);

	if (ask->stopped)
		check_stop(ask, &announce, found != NULL);
	else
		check_stay(ask, &announce, found != NULL ? &old : NULL);
	check_record(ask, &announce, found != NULL);
	assert_int_equal(ask->member->ref.swarm->completed, ask->member->completed);
	return announce;
}

static struct swarm_announce
announce_one(struct member *member, uint32_t n, bool seeder, uint16_t num_want, uint32_t now)
{
	struct ask ask = ask_of(member, n, seeder, num_want, now);

	prepare(&ask);
	return check_ask(&ask);
}

static struct swarm_announce
stop_one(struct member *member, uint32_t n)
{
	struct ask ask = ask_of(member, n, false, 10, 0);

	ask.stopped = true;
	prepare(&ask);
	return check_ask(&ask);
}

// --- the whole state ----------------------------------------------------------------------------

// Nodes that a swarm of so many lines needs: each level has a sixteenth of the one below.
static uint32_t
nodes_of_swarm(const struct member *member)
{
	static const unsigned per_line[2][2] = {{8, 5}, {3, 2}};
	bool ipv6 = member->ref.family == FAMILY_IPV6;
	unsigned per = per_line[ipv6][member->ref.store->detail];
	uint32_t level = (swarm_peers(member->ref.swarm) + per - 1) / per;
	uint32_t nodes = level;

	if (member->ref.swarm->levels == 0)
		return 0;
	while (level > 1) {
		level = (level + SWARM_NODE_CHILDREN - 1) / SWARM_NODE_CHILDREN;
		nodes += level;
	}
	return nodes;
}

static void
assert_peer_same(const struct member *member, uint32_t i)
{
	uint16_t time;
	const struct swarm_record *record;
	const uint8_t *address = swarm_peer(&member->ref, i, &time, &record);
	struct naive_peer *peer = naive_swarm_find(&member->naive, address);
	uint32_t n = number_of(address, member->naive.stride);

	assert_non_null(peer);
	assert_false(peer->marked); // nobody stands in two places
	peer->marked = true;
	assert_int_equal(i >= member->ref.swarm->leechers, peer->seeder);
	assert_int_equal(time, peer->seen_s & SWARM_TIME_MAX);
	if (!member->ref.store->detail) {
		assert_null(record);
		return;
	}
	assert_ptr_equal(record, pool_at(&member->ref.store->records, member->records[n]));
	assert_memory_equal(record->peer_id, &n, sizeof(n));
	assert_memory_equal(record->peer_id + 4, &member->ref.torrent, sizeof(uint32_t));
}

// Everybody the model has is where it belongs: leechers in front.
static void
assert_same(const struct member *member)
{
	const struct naive_swarm *naive = &member->naive;
	const struct swarm *swarm = member->ref.swarm;

	assert_int_equal(swarm->seeders, naive_swarm_seeders(naive));
	assert_int_equal(swarm->leechers, naive_swarm_leechers(naive));
	for (unsigned p = 0; p < naive->count; p++)
		naive->peers[p].marked = false;
	for (uint32_t i = 0; i < swarm_peers(swarm); i++)
		assert_peer_same(member, i);
	if (swarm_peers(swarm) > SWARM_INDEXED_FROM)
		assert_true(swarm->indexed);
	if (swarm_peers(swarm) <= SWARM_UNINDEXED_TO)
		assert_false(swarm->indexed);
	if (swarm_peers(swarm) > (member->ref.inside != NULL ? 6 : 0))
		assert_true(swarm->levels > 0);
}

static uint32_t
index_entries(const struct swarm_store *store)
{
	uint32_t entries = 0;

	for (uint32_t b = 0; b < store->index.count; b++)
		for (unsigned i = 0; i < PEER_INDEX_ENTRIES; i++)
			entries += store->index.buckets[b].entries[i] != 0;
	return entries;
}

// What is lent is what the swarms need, to the node.
static void
assert_store(const struct fixture *fixture)
{
	uint32_t nodes = 0, records = 0, indexed = 0;

	for (unsigned m = 0; m < fixture->sizes.swarms; m++) {
		const struct member *member = &fixture->members[m];

		assert_same(member);
		nodes += nodes_of_swarm(member);
		records += swarm_peers(member->ref.swarm);
		indexed += member->ref.swarm->indexed ? swarm_peers(member->ref.swarm) : 0;
	}
	assert_int_equal(fixture->store.nodes.used, nodes);
	assert_int_equal(index_entries(&fixture->store), indexed);
	if (fixture->sizes.detail)
		assert_int_equal(fixture->store.records.used, records);
}

static void
assert_all_returned(const struct fixture *fixture)
{
	const struct peer_index *index = &fixture->store.index;
	static const struct peer_bucket zero;

	assert_int_equal(fixture->store.nodes.used, 0);
	assert_int_equal(fixture->store.records.used, 0);
	for (uint32_t b = 0; b < index->count; b++)
		assert_memory_equal(&index->buckets[b], &zero, sizeof(zero));
	for (unsigned m = 0; m < fixture->sizes.swarms; m++)
		assert_int_equal(swarm_peers(fixture->members[m].ref.swarm), 0);
}

// Everybody leaves, in random order.
static void
empty_at_random(struct fixture *fixture)
{
	for (unsigned m = 0; m < fixture->sizes.swarms; m++) {
		struct member *member = &fixture->members[m];

		while (member->naive.count > 0) {
			uint32_t p = rng_below(&fixture->rng, member->naive.count);

			stop_one(
				member,
				number_of(member->naive.peers[p].address, member->naive.stride)
			);
		}
	}
}

// --- at random beside the model -----------------------------------------------------------------

static struct ask
random_ask(struct fixture *fixture, unsigned percent_staying, uint32_t now)
{
	struct rng *rng = &fixture->rng;
	struct ask ask =
		ask_of(&fixture->members[rng_below(rng, fixture->sizes.swarms)],
		       rng_below(rng, fixture->sizes.numbers),
		       rng_below(rng, 3) == 0,
		       (uint16_t)rng_below(rng, 80),
		       now);

	ask.stopped = rng_below(rng, 100) >= percent_staying;
	if (ask.num_want > 70)
		ask.num_want = ask.num_want % 2 ? NUM_WANT_MAX : 0;
	return ask;
}

// As in the shard: all plans of a burst are made before its first announce is carried out.
static void
random_burst(struct fixture *fixture, unsigned percent_staying, uint32_t now)
{
	struct ask asks[BURST];
	unsigned count = 1 + rng_below(&fixture->rng, BURST);

	for (unsigned i = 0; i < count; i++) {
		asks[i] = random_ask(fixture, percent_staying, now);
		swarm_prepare_root(&asks[i].member->ref, &asks[i].plan);
		swarm_prepare_nodes(
			&asks[i].member->ref, asks[i].seeder, asks[i].num_want, &asks[i].plan
		);
		swarm_prepare(
			&asks[i].member->ref,
			asks[i].address,
			asks[i].seeder,
			asks[i].num_want,
			&asks[i].plan
		);
	}
	for (unsigned i = 0; i < count; i++)
		swarm_prepare_peer(&asks[i].member->ref, &asks[i].plan);
	for (unsigned i = 0; i < count; i++) {
		const struct naive_swarm *naive = &asks[i].member->naive;
		const struct naive_peer *peer = naive_swarm_find(naive, asks[i].address);

		if (!refresh_inside(&asks[i], peer))
			assert_false(check_ask(&asks[i]).full);
	}
}

static void
test_random_against_model(void **state)
{
	static const struct {
		uint32_t numbers; // a swarm never has more peers
		unsigned swarms;
		unsigned bursts;
		unsigned phase; // bursts while swarms grow, and then while they shrink
	} rows[] = {
		{7, 2, 400, 4}, // in the torrent, and just outside
		{24, 4, 600, 8}, // a line, two, three
		{90, 4, 600, 20}, // into the index and out of it
		{200, 6, 600, 60}, // two levels of nodes to three
		{2600, 2, 2400, 600}, // three to four
	};
	struct fixture fixture;

	(void)state;
	for (unsigned r = 0; r < 2 * RTE_DIM(rows); r++) {
		bool detail = r % 2 == 1;

		struct sizes sizes =
			ample(FAMILY_IPV4, detail, rows[r / 2].swarms, rows[r / 2].numbers);

		open_fixture(&fixture, &sizes);
		for (unsigned b = 0; b < rows[r / 2].bursts; b++) {
			bool grow = b / rows[r / 2].phase % 2 == 0;

			random_burst(&fixture, grow ? 90 : 12, 1 + b);
			if (b % (rows[r / 2].phase / 4) == 0)
				assert_store(&fixture);
		}
		assert_store(&fixture);
		empty_at_random(&fixture);
		assert_all_returned(&fixture);
		close_fixture(&fixture);
	}
}

// Every size up to beyond all thresholds, filled and emptied, from both ends.
static void
test_every_size(void **state)
{
	enum { SIZE_MAX_TESTED = 140 };
	struct fixture fixture;

	(void)state;
	for (unsigned row = 0; row < 4; row++) {
		struct sizes sizes = ample(families[row / 2], row % 2 == 1, 1, SIZE_MAX_TESTED);

		open_fixture(&fixture, &sizes);
		for (uint32_t size = 1; size <= SIZE_MAX_TESTED; size++) {
			for (uint32_t n = 0; n < size; n++)
				announce_one(fixture.members, n, n % 3 == 1, 5, size);
			assert_store(&fixture);
			for (uint32_t n = 0; n < size; n++) {
				stop_one(fixture.members, size % 2 == 0 ? n : size - 1 - n);
				assert_int_equal(
					fixture.store.nodes.used, nodes_of_swarm(fixture.members)
				);
			}
			assert_store(&fixture);
			assert_all_returned(&fixture);
		}
		close_fixture(&fixture);
	}
}

// Addresses are told apart by each of their bits, in small swarms and in indexed ones.
static void
test_every_bit_of_an_address(void **state)
{
	struct fixture fixture;

	(void)state;
	for (unsigned row = 0; row < 4; row++) {
		struct sizes sizes = ample(families[row / 2], row % 2 == 1, 1, 150);
		struct member *member;

		open_fixture(&fixture, &sizes);
		member = fixture.members;
		for (unsigned round = 0; round < 2; round++)
			for (unsigned bit = 0; bit < member->naive.stride * 8; bit++) {
				struct ask ask = ask_of(member, bit, false, 0, 1);

				memset(ask.address, 0x5a, sizeof(ask.address));
				ask.address[bit / 8] ^= (uint8_t)(1u << bit % 8);
				prepare(&ask);
				assert_int_equal(check_ask(&ask).added, round == 0);
			}
		assert_int_equal(swarm_peers(member->ref.swarm), member->naive.stride * 8);
		close_fixture(&fixture);
	}
}

// The same address in many swarms: each has its own.
static void
test_same_addresses_in_many_swarms(void **state)
{
	enum { SWARMS = 40, PEERS = 70 };
	struct fixture fixture;

	(void)state;
	for (unsigned f = 0; f < RTE_DIM(families); f++) {
		struct sizes sizes = ample(families[f], f == 0, SWARMS, PEERS);

		open_fixture(&fixture, &sizes);
		for (unsigned round = 0; round < 2; round++)
			for (uint32_t n = 0; n < PEERS; n++)
				for (unsigned m = 0; m < SWARMS; m++)
					announce_one(
						&fixture.members[m], n, (n + m) % 2, 50, 1 + round
					);
		assert_store(&fixture);
		for (uint32_t n = 0; n < PEERS; n++) // others stay
			for (unsigned m = 0; m < SWARMS; m += 2)
				assert_true(stop_one(&fixture.members[m], n).removed);
		assert_store(&fixture);
		empty_at_random(&fixture);
		assert_all_returned(&fixture);
		close_fixture(&fixture);
	}
}

// A torrent that holds all it can without lines: each of its peers comes back, as what it was and as
// the other kind, for any number of peers.
static void
refresh_each(struct fixture *fixture, uint32_t leechers, uint32_t seeders)
{
	struct member *member = fixture->members;

	for (uint32_t n = 0; n < leechers + seeders; n++)
		announce_one(member, n, n >= leechers, 0, 1);
	for (uint32_t n = 0; n <= leechers + seeders; n++) // the last is a stranger
		for (uint16_t want = 0; want <= leechers + seeders; want++)
			for (unsigned other = 0; other < 2; other++) {
				bool seeder = (n >= leechers) != other;
				struct ask ask = ask_of(member, n, seeder, want, 2 + want);

				refresh_inside(&ask, naive_swarm_find(&member->naive, ask.address));
				assert_store(fixture);
			}
	empty_at_random(fixture);
}

static void
test_refresh_inside(void **state)
{
	struct fixture fixture;

	(void)state;
	for (unsigned detail = 0; detail < 2; detail++) {
		uint32_t most = detail ? shape_ipv4_detail.inside : shape_ipv4_plain.inside;
		struct sizes sizes = ample(FAMILY_IPV4, detail, 1, 8);

		open_fixture(&fixture, &sizes);
		for (uint32_t peers = 0; peers <= most; peers++)
			for (uint32_t leechers = 0; leechers <= peers; leechers++)
				refresh_each(&fixture, leechers, peers - leechers);
		assert_all_returned(&fixture);
		close_fixture(&fixture);
	}
}

// Peers that are in more swarms than the index looks at places for one hash: they do not get into
// each other's way.
static void
test_peers_in_very_many_swarms(void **state)
{
	enum { PEERS = SWARM_INDEXED_FROM + 1, SWARMS = 1100 };
	struct sizes sizes = ample(FAMILY_IPV4, false, 2 * SWARMS, PEERS);
	struct fixture fixture;

	(void)state;
	assert_true(SWARMS > PEER_INDEX_PROBES_MAX * PEER_INDEX_ENTRIES);
	sizes.buckets = peer_index_buckets(SWARMS * PEERS);
	open_fixture(&fixture, &sizes);
	for (unsigned m = 0; m < 2 * SWARMS; m += 2) // these are IPv4
		for (uint32_t n = 0; n < PEERS; n++) {
			struct ask ask = ask_of(&fixture.members[m], n, false, 0, 1);

			prepare(&ask);
			assert_true(carry_out(&ask).added);
		}
	assert_int_equal(index_entries(&fixture.store), SWARMS * PEERS);
	close_fixture(&fixture);
}

// --- completion and time ------------------------------------------------------------------------

static void
test_finished_once(void **state)
{
	static const struct {
		bool seeder;
		bool finished;
	} rows[] = {
		{false, false},
		{true, true}, // the one time
		{true, false},
		{false, false}, // back to leeching: a recheck
		{true, false},
	};
	static const uint32_t others[] = {0, 3, 20, 100};
	struct fixture fixture;

	(void)state;
	for (unsigned o = 0; o < 4 * RTE_DIM(others); o++) {
		struct sizes sizes = ample(families[o % 2], o / 2 % 2 == 0, 1, 200);

		open_fixture(&fixture, &sizes);
		for (uint32_t n = 0; n < others[o / 4]; n++)
			announce_one(fixture.members, n, n % 2 == 0, 0, 1);
		for (unsigned r = 0; r < RTE_DIM(rows); r++)
			assert_int_equal(
				announce_one(fixture.members, 150, rows[r].seeder, 50, 2).finished,
				rows[r].finished
			);
		for (unsigned r = 0; r < RTE_DIM(rows); r++) // arrived complete
			assert_false(
				announce_one(fixture.members, 160, !rows[r].seeder, 50, 2).finished
			);
		assert_int_equal(fixture.members->ref.swarm->completed, 1);
		assert_store(&fixture);
		stop_one(fixture.members, 150); // who comes back starts anew
		announce_one(fixture.members, 150, false, 50, 3);
		assert_true(announce_one(fixture.members, 150, true, 50, 3).finished);
		close_fixture(&fixture);
	}
}

static void
test_time_of_15_bits(void **state)
{
	static const uint32_t times[] = {0, 1, 0x3fff, 0x4000, 0x7fff, 0x8000, 0xffff, 0x12345};
	struct fixture fixture;

	(void)state;
	for (unsigned f = 0; f < RTE_DIM(families); f++) {
		struct sizes sizes = ample(families[f], false, 1, 10);

		open_fixture(&fixture, &sizes);
		for (unsigned t = 0; t < RTE_DIM(times); t++) {
			announce_one(fixture.members, 1, false, 0, times[t]);
			announce_one(fixture.members, 2, true, 0, times[t]);
			assert_store(&fixture);
		}
		close_fixture(&fixture);
	}
}

// --- where there is no room ---------------------------------------------------------------------

// Newcomers until one is refused. Returns how many there are.
static uint32_t
fill_up(struct member *member)
{
	uint32_t n = 0;

	while (!announce_one(member, n, n % 3 == 0, (uint16_t)(n % 60), 1).full)
		n++;
	return n;
}

static void
serve_all(struct member *member, uint32_t peers)
{
	for (uint32_t n = 0; n < peers; n++) {
		announce_one(member, n, n % 3 == 0, 50, 2);
		announce_one(member, n, n % 3 != 0, 50, 3); // changing sides needs no room
	}
}

// Whatever runs out, the newcomer is refused and answered, the others are served as before, and
// nothing is lost.
static void
test_exhausted(void **state)
{
	static const struct {
		const char *what;
		uint32_t nodes, records, buckets;
		uint32_t least, most; // peers that fit
	} rows[] = {
		{"no nodes", 0, 2000, 200, 0, 6},
		{"few nodes", 10, 2000, 200, 0, 24},
		{"nodes", 40, 2000, 200, 50, 320},
		{"many nodes", 200, 2000, 200, 300, 1600},
		{"no records", 500, 0, 200, 0, 0},
		{"records in a torrent", 500, 3, 200, 3, 3},
		{"records", 500, 77, 200, 77, 77},
		{"no index", 500, 2000, 1, SWARM_INDEXED_FROM, SWARM_INDEXED_FROM},
		{"index for fewer than go into it", 500, 2000, 4, 64, 64},
		{"index for exactly those", 500, 2000, 5, 75, 75},
		{"index", 500, 2000, 30, 450, 450},
	};
	struct fixture fixture;

	(void)state;
	for (unsigned r = 0; r < 4 * RTE_DIM(rows); r++) {
		struct sizes sizes = {
			.family = families[r % 2],
			.detail = r / 2 % 2 == 0,
			.swarms = 1,
			.numbers = 2100,
			.nodes = rows[r / 4].nodes,
			.records = rows[r / 4].records,
			.buckets = rows[r / 4].buckets,
		};

		if (!sizes.detail && sizes.records < 2000)
			continue;
		open_fixture(&fixture, &sizes);
		uint32_t first = fill_up(fixture.members);

		if (first < rows[r / 4].least || first > rows[r / 4].most)
			fail_msg("%s: %u peers fit", rows[r / 4].what, first);
		assert_store(&fixture);
		serve_all(fixture.members, first);
		assert_true(announce_one(fixture.members, first, true, 50, 2).full);
		assert_store(&fixture);
		empty_at_random(&fixture);
		if (first < SWARM_INDEXED_FROM) // else entries may have gone round the index
			assert_all_returned(&fixture);
		assert_int_equal(fill_up(fixture.members), first);
		assert_store(&fixture);
		empty_at_random(&fixture);
		assert_store(&fixture);
		close_fixture(&fixture);
	}
}

// One swarm has taken everything: another gets its turn when peers have left.
static void
test_room_goes_to_another_swarm(void **state)
{
	struct fixture fixture;

	(void)state;
	for (unsigned row = 0; row < 4; row++) {
		struct sizes sizes = {families[row / 2], row % 2, 2, 500, 60, 110, 50};

		open_fixture(&fixture, &sizes);
		uint32_t peers = fill_up(&fixture.members[0]);
		uint32_t others = fill_up(&fixture.members[1]);

		assert_true(others < 10);
		for (uint32_t n = 0; n < peers; n++)
			stop_one(&fixture.members[0], n);
		assert_store(&fixture);
		assert_true(fill_up(&fixture.members[1]) > others + 20);
		assert_store(&fixture);
		close_fixture(&fixture);
	}
}

static void
test_may_not_add(void **state)
{
	static const uint32_t sizes_before[] = {0, 1, 6, 30, 64, 65, 300};
	struct fixture fixture;

	(void)state;
	for (unsigned s = 0; s < 4 * RTE_DIM(sizes_before); s++) {
		struct sizes sizes = ample(families[s % 2], s / 2 % 2 == 0, 1, 1000);

		open_fixture(&fixture, &sizes);
		for (uint32_t n = 0; n < sizes_before[s / 4]; n++)
			announce_one(fixture.members, n, n % 4 == 0, 0, 1);
		for (uint32_t n = 0; n < 2 * sizes_before[s / 4] + 2; n++) {
			struct ask ask = ask_of(fixture.members, n, n % 4 == 0, 50, 2);

			ask.may_add = false;
			prepare(&ask);
			assert_int_equal(check_ask(&ask).full, n >= sizes_before[s / 4]);
		}
		assert_store(&fixture);
		close_fixture(&fixture);
	}
}

// What swarm_nodes promises: room for everybody, however IPv6 peers are spread over torrents.
static void
test_nodes_suffice(void **state)
{
	static const struct {
		enum family family;
		uint32_t swarms;
		uint32_t peers; // of each
	} rows[] = {
		{FAMILY_IPV6, 1, 1},
		{FAMILY_IPV6, 1, 2000},
		{FAMILY_IPV6, 600, 1},
		{FAMILY_IPV6, 300, 2},
		{FAMILY_IPV6, 300, 3},
		{FAMILY_IPV6, 200, 4},
		{FAMILY_IPV6, 100, 7},
		{FAMILY_IPV6, 20, 33},
		{FAMILY_IPV6, 20, 49},
		{FAMILY_IPV6, 3, 769},
		{FAMILY_IPV4, 1, 1},
		{FAMILY_IPV4, 300, 4},
		{FAMILY_IPV4, 50, 40},
		{FAMILY_IPV4, 3, 1000},
		{FAMILY_IPV4, 1, 3000},
	};
	struct fixture fixture;

	(void)state;
	for (unsigned r = 0; r < 2 * RTE_DIM(rows); r++) {
		bool detail = r % 2 == 1;
		uint32_t swarms = rows[r / 2].swarms;
		uint32_t peers = rows[r / 2].peers;
		struct sizes sizes = ample(rows[r / 2].family, detail, 2 * swarms, peers);

		sizes.nodes = swarm_nodes(rows[r / 2].family, detail, swarms * peers, swarms);
		open_fixture(&fixture, &sizes);
		for (uint32_t i = 0; i < swarms * peers; i++) // every second one is of the family
			if (announce_one(&fixture.members[2 * (i % swarms)], i / swarms, 0, 0, 1)
				    .full)
				fail_msg("row %u: %u of %u fit", r / 2, i, swarms * peers);
		assert_store(&fixture);
		close_fixture(&fixture);
	}
}

// --- sweeping -----------------------------------------------------------------------------------

// Sweeps the swarm once, a piece at a time. Every peer is looked at once.
static void
sweep_once(struct member *member, unsigned budget, uint32_t now, uint16_t timeout)
{
	unsigned before = member->naive.count;
	unsigned expired = naive_swarm_expire(&member->naive, now, timeout);
	unsigned looked = 0;
	uint32_t removed = 0;

	for (uint32_t peer = 0; peer < swarm_peers(member->ref.swarm);) {
		unsigned piece = swarm_sweep(
			&member->ref, &peer, budget, now & SWARM_TIME_MAX, timeout, &removed
		);

		assert_in_range(piece, 1, budget);
		looked += piece;
	}
	assert_int_equal(looked, before);
	assert_int_equal(removed, expired);
}

// Peers of five ages; one after the other runs out of time, at exactly its second.
static void
test_sweep(void **state)
{
	static const uint32_t peers[] = {1, 5, 6, 7, 33, 65, 300};
	static const unsigned budgets[] = {1, 2, 7, 64, 100000};
	static const struct {
		uint32_t start;
		uint16_t timeout;
	} times[] = {
		{0, 0},
		{100, 50},
		{32768 - 10, 8}, // the clock of 15 bits starts again at 0
		{32768 - 20, 100},
		{65536 - 5, 8192},
		{1000000, 16384},
	};
	struct fixture fixture;

	(void)state;
	for (unsigned r = 0; r < 4 * RTE_DIM(peers) * RTE_DIM(times); r++) {
		const uint32_t start = times[r / 4 % RTE_DIM(times)].start;
		const uint16_t timeout = times[r / 4 % RTE_DIM(times)].timeout;
		const uint32_t count = peers[r / 4 / RTE_DIM(times)];
		const unsigned budget = budgets[r % RTE_DIM(budgets)];
		struct sizes sizes = ample(families[r % 2], r / 2 % 2 == 0, 1, 300);

		open_fixture(&fixture, &sizes);
		for (uint32_t n = 0; n < count; n++)
			announce_one(fixture.members, n, n % 3 == 0, 0, start + n * 7 % 5 * 3);
		for (uint32_t late = 0; late < 14; late++) {
			sweep_once(fixture.members, budget, start + 12 + late, timeout);
			assert_store(&fixture);
			if (timeout >= 12 && late == 0)
				assert_int_equal(fixture.members->naive.count, count);
		}
		sweep_once(fixture.members, budget, start + 13 + timeout, timeout);
		assert_all_returned(&fixture);
		close_fixture(&fixture);
	}
}

static void
test_sweep_of_no_budget(void **state)
{
	struct fixture fixture;
	struct sizes sizes = ample(FAMILY_IPV4, false, 1, 10);
	uint32_t peer = 0;
	uint32_t removed = 3;

	(void)state;
	open_fixture(&fixture, &sizes);
	assert_int_equal(swarm_sweep(&fixture.members->ref, &peer, 9, 1, 1, &removed), 0);
	announce_one(fixture.members, 1, false, 0, 1);
	assert_int_equal(swarm_sweep(&fixture.members->ref, &peer, 0, 1000, 1, &removed), 0);
	peer = 1; // the end
	assert_int_equal(swarm_sweep(&fixture.members->ref, &peer, 9, 1000, 1, &removed), 0);
	assert_int_equal(removed, 3);
	assert_store(&fixture);
	close_fixture(&fixture);
}

// Peers whose number is below `first`.
static uint32_t
count_old(const struct member *member, uint32_t first)
{
	uint32_t old = 0;

	for (uint32_t i = 0; i < swarm_peers(member->ref.swarm); i++) {
		uint16_t time;
		const struct swarm_record *record;
		const uint8_t *address = swarm_peer(&member->ref, i, &time, &record);

		old += number_of(address, member->naive.stride) < first;
	}
	return old;
}

// Announces and stops of the young while the sweep is under way.
static void
sweep_among_announces(struct fixture *fixture, uint32_t old, uint32_t young, uint32_t *removed)
{
	struct member *member = fixture->members;
	uint32_t peer = 0;

	for (unsigned step = 0; step < 3000; step++) {
		struct ask ask =
			ask_of(member,
			       old + rng_below(&fixture->rng, young),
			       rng_below(&fixture->rng, 2),
			       9,
			       200);

		ask.stopped = rng_below(&fixture->rng, 3) == 0;
		prepare(&ask);
		carry_out(&ask);
		swarm_sweep(&member->ref, &peer, 2, 200, 100, removed);
		if (peer >= swarm_peers(member->ref.swarm))
			peer = 0;
	}
}

// Peers that change places may escape a round of the sweep, but not for good; and nobody goes
// before his time.
static void
test_sweep_among_announces(void **state)
{
	enum { OLD = 400, YOUNG = 400 };
	struct fixture fixture;

	(void)state;
	for (unsigned row = 0; row < 4; row++) {
		struct sizes sizes = ample(families[row / 2], row % 2 == 1, 1, OLD + YOUNG);
		uint32_t removed = 0;
		uint32_t peer = 0;

		open_fixture(&fixture, &sizes);
		for (uint32_t n = 0; n < OLD; n++)
			announce_one(fixture.members, n, n % 2 == 0, 0, 10);
		sweep_among_announces(&fixture, OLD, YOUNG, &removed);
		assert_int_equal(removed, OLD);
		assert_int_equal(count_old(fixture.members, OLD), 0);
		assert_true(swarm_peers(fixture.members->ref.swarm) > YOUNG / 4);

		// And none of the young is removed until they are old.
		swarm_sweep(&fixture.members->ref, &peer, 10000, 300, 100, &removed);
		assert_int_equal(removed, OLD);
		peer = 0;
		swarm_sweep(&fixture.members->ref, &peer, 10000, 301, 100, &removed);
		assert_all_returned(&fixture);
		close_fixture(&fixture);
	}
}

// --- selecting ----------------------------------------------------------------------------------

// A swarm of peers [0, size), the first of them seeders, and who asks it.
struct draw {
	struct fixture *fixture;
	uint32_t size;
	uint32_t seeders;
	struct ask ask; // the peers', or a stranger's who is not taken in
	uint32_t *counts; // of the one peer chosen from each reply
	uint32_t *totals; // of all peers in replies
	uint32_t *stamps; // draw in which a peer was met last
	uint32_t draws;
};

static void
open_draw(struct draw *draw, struct fixture *fixture, uint32_t size, uint32_t seeders)
{
	struct member *member = fixture->members;

	*draw = (struct draw){.fixture = fixture, .size = size, .seeders = seeders};
	draw->counts = calloc(size, sizeof(uint32_t));
	draw->totals = calloc(size, sizeof(uint32_t));
	draw->stamps = calloc(size, sizeof(uint32_t));
	assert_true(draw->counts != NULL && draw->totals != NULL && draw->stamps != NULL);
	for (uint32_t n = 0; n < size; n++) {
		struct ask ask = ask_of(member, n, n < seeders, 0, 1);

		prepare(&ask);
		assert_true(carry_out(&ask).added);
	}
}

static void
close_draw(struct draw *draw)
{
	free(draw->counts);
	free(draw->totals);
	free(draw->stamps);
}

// Who asks next, and how much; everything counted is forgotten.
static void
set_asker(struct draw *draw, uint32_t n, bool seeder, uint16_t num_want)
{
	draw->ask = ask_of(draw->fixture->members, n, seeder, num_want, 1);
	draw->ask.may_add = false;
	draw->draws = 0;
	memset(draw->counts, 0, draw->size * sizeof(uint32_t));
	memset(draw->totals, 0, draw->size * sizeof(uint32_t));
	memset(draw->stamps, 0, draw->size * sizeof(uint32_t));
}

static bool
is_candidate(const struct draw *draw, uint32_t n)
{
	return n < draw->size && n != draw->ask.n && !(draw->ask.seeder && n < draw->seeders);
}

static uint32_t
candidates_of(const struct draw *draw)
{
	uint32_t candidates = 0;

	for (uint32_t n = 0; n < draw->size; n++)
		candidates += is_candidate(draw, n);
	return candidates;
}

// One announce. Nobody comes twice, and only who may; one of the peers is chosen to be counted,
// for peers that come together are not independent.
static void
draw_once(struct draw *draw, uint32_t candidates)
{
	unsigned stride = draw->fixture->members->naive.stride;

	draw->draws++;
	prepare(&draw->ask);
	uint16_t count = carry_out(&draw->ask).peer_count;

	assert_int_equal(count, RTE_MIN(candidates, (uint32_t)draw->ask.num_want));
	for (uint16_t i = 0; i < count; i++) {
		uint32_t n = number_of(reply + i * stride, stride);

		assert_true(is_candidate(draw, n));
		assert_int_not_equal(draw->stamps[n], draw->draws);
		draw->stamps[n] = draw->draws;
		draw->totals[n]++;
	}
	if (count > 0)
		draw->counts[number_of(
			reply + rng_below(&draw->fixture->rng, count) * stride, stride
		)]++;
}

// All who may be chosen come up equally often.
static void
check_even(struct draw *draw)
{
	uint32_t candidates = candidates_of(draw);
	uint32_t cells = 0;

	for (uint32_t i = 0; i < RTE_MAX(candidates * DRAWS_A_CELL, 100u); i++)
		draw_once(draw, candidates);
	for (uint32_t n = 0; n < draw->size; n++)
		if (is_candidate(draw, n))
			draw->counts[cells++] = draw->counts[n];
	if (!chi_square_even(draw->counts, cells))
		fail_msg(
			"%u of %u: chi square %f",
			draw->ask.num_want,
			cells,
			chi_square(draw->counts, cells)
		);
}

// Asked by the first and the last of each side, and by strangers.
static void
check_all_askers(struct draw *draw, uint16_t num_want)
{
	const uint32_t askers[] = {0, draw->seeders - 1, draw->seeders, draw->size - 1};

	for (unsigned i = 0; i < RTE_DIM(askers); i++)
		if (askers[i] < draw->size) {
			set_asker(draw, askers[i], askers[i] < draw->seeders, num_want);
			check_even(draw);
		}
	for (unsigned seeder = 0; seeder < 2; seeder++) {
		set_asker(draw, draw->size + 1, seeder, num_want);
		check_even(draw);
	}
}

static const struct {
	enum family family;
	uint16_t num_want;
} wants[] = {
	{FAMILY_IPV4, 1},
	{FAMILY_IPV4, 30},
	{FAMILY_IPV4, 50},
	{FAMILY_IPV4, 200},
	{FAMILY_IPV6, 1},
	{FAMILY_IPV6, 66},
};

static void
test_choice_is_even(void **state)
{
	static const uint32_t counts[] = {1, 2, 7, 31, 50, 51, 100, 1000};

	(void)state;
	for (unsigned s = 0; s < RTE_DIM(counts); s++)
		for (unsigned w = 0; w < RTE_DIM(wants); w++) {
			struct sizes sizes = ample(wants[w].family, w % 2 == 0, 1, counts[s]);
			struct fixture fixture;
			struct draw draw;

			open_fixture(&fixture, &sizes);
			open_draw(&draw, &fixture, counts[s], counts[s] / 3);
			check_all_askers(&draw, wants[w].num_want);
			close_draw(&draw);
			close_fixture(&fixture);
		}
}

// Whatever is wanted of a swarm of 51, a little more than most replies hold.
static void
test_choice_is_even_for_any_want(void **state)
{
	(void)state;
	for (unsigned f = 0; f < RTE_DIM(families); f++) {
		struct sizes sizes = ample(families[f], f == 0, 1, 51);
		struct fixture fixture;
		struct draw draw;

		open_fixture(&fixture, &sizes);
		open_draw(&draw, &fixture, 51, 9);
		for (uint16_t want = 1; want <= 52; want++) {
			set_asker(&draw, want % 51, want % 51 < 9, want);
			check_even(&draw);
		}
		close_draw(&draw);
		close_fixture(&fixture);
	}
}

// Too large for a cell each: groups of neighbours come up equally often; and how often each peer
// comes up scatters as chance has it, no more and no less.
static void
check_even_in_large(struct draw *draw)
{
	uint32_t groups[GROUPS] = {0};
	double mean = (double)LARGE_DRAWS * draw->ask.num_want / LARGE;
	double scatter = 0;

	for (unsigned i = 0; i < LARGE_DRAWS; i++)
		draw_once(draw, LARGE - 1);
	for (uint32_t n = 0; n < LARGE; n++) {
		double off = draw->totals[n] - mean;

		groups[n / (LARGE / GROUPS)] += draw->counts[n];
		scatter += off * off / mean / LARGE;
		if (off > 8 * sqrt(mean) + 5)
			fail_msg("peer %u: %u times, %f expected", n, draw->totals[n], mean);
	}
	if (!chi_square_even(groups, GROUPS))
		fail_msg("chi square %f", chi_square(groups, GROUPS));
	if (scatter < 0.9 || scatter > 1.1)
		fail_msg("%u wanted: scatter %f", draw->ask.num_want, scatter);
}

static void
test_choice_is_even_in_large_swarm(void **state)
{
	(void)state;
	for (unsigned f = 0; f < RTE_DIM(families); f++) {
		struct sizes sizes = ample(families[f], false, 1, LARGE);
		struct fixture fixture;
		struct draw draw;

		open_fixture(&fixture, &sizes);
		open_draw(&draw, &fixture, LARGE, 0);
		for (unsigned w = 0; w < RTE_DIM(wants); w++)
			if (wants[w].family == families[f] && wants[w].num_want > 1) {
				set_asker(&draw, 12345, false, wants[w].num_want);
				check_even_in_large(&draw);
			}
		close_draw(&draw);
		close_fixture(&fixture);
	}
}

// --- cost ---------------------------------------------------------------------------------------

static int
compare_cycles(const void *one, const void *other)
{
	uint64_t a = *(const uint64_t *)one;
	uint64_t b = *(const uint64_t *)other;

	return (a > b) - (a < b);
}

// Median of the cycles of an announce by a random member who wants 50.
static uint64_t
median_cycles(struct fixture *fixture)
{
	static uint64_t cycles[TIMED];

	for (unsigned i = 0; i < TIMED; i++) {
		struct ask ask =
			ask_of(fixture->members,
			       rng_below(&fixture->rng, fixture->sizes.numbers),
			       false,
			       50,
			       1);
		struct swarm_announce announce = {
			.address = ask.address, .plan = &ask.plan, .out = reply, .num_want = 50};
		uint64_t start = rte_rdtsc();

		prepare(&ask);
		swarm_announce(&ask.member->ref, &announce);
		cycles[i] = rte_rdtsc() - start;
		assert_int_equal(announce.peer_count, 50);
	}
	qsort(cycles, TIMED, sizeof(cycles[0]), compare_cycles);
	return cycles[TIMED / 2];
}

static void
open_timed(struct fixture *fixture, enum family family, uint32_t peers)
{
	struct sizes sizes = ample(family, false, 1, peers);
	struct draw draw;

	open_fixture(fixture, &sizes);
	open_draw(&draw, fixture, peers, 0);
	close_draw(&draw);
}

// A hundred times the peers may cost memory that is farther away, but not a hundred times the
// work. The bound is wide and there are several tries: the machine has other things to do.
static void
test_cost_does_not_grow_with_the_swarm(void **state)
{
	(void)state;
	for (unsigned f = 0; f < RTE_DIM(families); f++) {
		struct fixture small, large;
		double ratio = 0;

		open_timed(&small, families[f], 1000);
		open_timed(&large, families[f], LARGE);
		for (unsigned attempt = 0; attempt < 8; attempt++) {
			double before = (double)median_cycles(&small);

			ratio = (double)median_cycles(&large) / before;
			if (ratio < 4)
				break;
		}
		if (ratio >= 4)
			fail_msg("%f times the cycles", ratio);
		close_fixture(&small);
		close_fixture(&large);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_against_model),
		cmocka_unit_test(test_every_size),
		cmocka_unit_test(test_every_bit_of_an_address),
		cmocka_unit_test(test_same_addresses_in_many_swarms),
		cmocka_unit_test(test_refresh_inside),
		cmocka_unit_test(test_peers_in_very_many_swarms),
		cmocka_unit_test(test_finished_once),
		cmocka_unit_test(test_time_of_15_bits),
		cmocka_unit_test(test_exhausted),
		cmocka_unit_test(test_room_goes_to_another_swarm),
		cmocka_unit_test(test_may_not_add),
		cmocka_unit_test(test_nodes_suffice),
		cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_sweep_of_no_budget),
		cmocka_unit_test(test_sweep_among_announces),
		cmocka_unit_test(test_choice_is_even),
		cmocka_unit_test(test_choice_is_even_for_any_want),
		cmocka_unit_test(test_choice_is_even_in_large_swarm),
		cmocka_unit_test(test_cost_does_not_grow_with_the_swarm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
