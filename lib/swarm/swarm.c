// SPDX-License-Identifier: BSD-3-Clause
// The operations on a swarm, written once for all shapes of lines. swarm_announce, the hot one,
// gives the shape as a constant, so that the compiler makes one copy for each.

#include "swarm.h"

#include "swarm_lines.h"

#include <rte_prefetch.h>

#include <string.h>

// --- finding ------------------------------------------------------------------------------------

static __rte_always_inline uint64_t
index_hash(const struct swarm_at *at, struct shape shape, const uint8_t *address)
{
	uint8_t key[24] = {0};

	memcpy(key, &at->torrent, 4);
	memcpy(key + 4, address, shape.stride);
	return siphash13(&at->store->key, key, shape.stride == 6 ? 10 : 22);
}

static __rte_always_inline uint32_t
find_indexed(const struct swarm_at *at, struct shape shape, const uint8_t *address, uint64_t hash)
{
	struct peer_index_walk walk = peer_index_walk(&at->store->index, hash);
	uint32_t count = swarm_peers(at->swarm);
	uint32_t i;

	while ((i = peer_index_next(&walk)) != UINT32_MAX)
		if (i < count && same_address(shape, address_of(at, shape, i), address))
			return i;
	return SWARM_NO_PEER;
}

// The plan was made before the announces ahead in the burst: the swarm may have been indexed since.
static __rte_always_inline uint64_t
plan_hash(const struct swarm_at *at, struct shape shape, const struct swarm_announce *announce)
{
	if (announce->plan->hash == 0)
		announce->plan->hash = index_hash(at, shape, announce->address);
	return announce->plan->hash;
}

static __rte_always_inline uint32_t
find_in_line(struct shape shape, const uint8_t *line, uint32_t count, const uint8_t *address)
{
	for (uint32_t i = 0; i < count; i++)
		if (same_address(shape, line + i * shape.stride, address))
			return i;
	return SWARM_NO_PEER;
}

static __rte_always_inline uint32_t
find(const struct swarm_at *at, struct shape shape, const struct swarm_announce *announce)
{
	const uint8_t *address = announce->address;
	const struct swarm *swarm = at->swarm;
	uint32_t count = swarm_peers(swarm);

	if (is_inside(at))
		return find_in_line(shape, at->inside, count, address);
	if (swarm->indexed)
		return find_indexed(at, shape, address, plan_hash(at, shape, announce));
	for (uint32_t first = 0; first < count; first += shape.per_line) {
		uint32_t here = RTE_MIN(count - first, shape.per_line);
		uint32_t i = find_in_line(
			shape, line_of(at, shape, first / shape.per_line), here, address
		);

		if (i != SWARM_NO_PEER)
			return first + i;
	}
	return SWARM_NO_PEER;
}

// --- the index of large swarms ------------------------------------------------------------------

static __rte_always_inline void
unindex(const struct swarm_at *at, struct shape shape, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		peer_index_remove(
			&at->store->index, index_hash(at, shape, address_of(at, shape, i)), i
		);
	at->swarm->indexed = false;
}

// All peers, or none where the index has no room.
static __rte_always_inline bool
index_all(const struct swarm_at *at, struct shape shape)
{
	uint32_t count = swarm_peers(at->swarm);

	for (uint32_t i = 0; i < count; i++)
		if (!peer_index_add(
			    &at->store->index, index_hash(at, shape, address_of(at, shape, i)), i
		    )) {
			unindex(at, shape, i);
			return false;
		}
	at->swarm->indexed = true;
	return true;
}

// --- moving, opening and closing places ---------------------------------------------------------

static __rte_always_inline void
move(const struct swarm_at *at, struct shape shape, uint32_t to, uint32_t from)
{
	struct place target = place_of(at, shape, to);
	struct place source = place_of(at, shape, from);

	if (to == from)
		return;
	memcpy(target.address, source.address, shape.stride);
	*target.word = *source.word;
	if (shape.detail)
		*target.record = *source.record;
	if (at->swarm->indexed)
		peer_index_move(&at->store->index, index_hash(at, shape, target.address), from, to);
}

// Opens a place behind the last of its kind; the line for it is there.
static __rte_always_inline uint32_t
open_place(const struct swarm_at *at, struct shape shape, bool seeder)
{
	struct swarm *swarm = at->swarm;

	if (seeder)
		return swarm->leechers + swarm->seeders++;
	if (swarm->seeders > 0) // the first seeder makes way
		move(at, shape, swarm->leechers + swarm->seeders, swarm->leechers);
	return swarm->leechers++;
}

static __rte_always_inline void
close_place(const struct swarm_at *at, struct shape shape, uint32_t i)
{
	struct swarm *swarm = at->swarm;
	uint32_t last = swarm_peers(swarm) - 1;

	if (i < swarm->leechers) {
		swarm->leechers--;
		move(at, shape, i, swarm->leechers);
		i = swarm->leechers;
		if (swarm->seeders > 0)
			move(at, shape, i, last);
	} else {
		swarm->seeders--;
		move(at, shape, i, last);
	}
}

// A peer that is in no place now: what it was, and what it will be.
struct peer {
	uint8_t address[18];
	uint16_t word;
	uint32_t record;
};

static __rte_always_inline void
set_peer(const struct swarm_at *at, struct shape shape, uint32_t i, const struct peer *peer)
{
	struct place place = place_of(at, shape, i);

	memcpy(place.address, peer->address, shape.stride);
	*place.word = peer->word;
	if (shape.detail)
		*place.record = peer->record;
}

// --- adding, removing, changing -----------------------------------------------------------------

// Room for one more peer: a line, a record, and the index where it is needed.
static __rte_always_inline bool
make_room(const struct swarm_at *at, struct shape shape, uint64_t hash)
{
	struct swarm *swarm = at->swarm;
	uint32_t count = swarm_peers(swarm);

	if (shape.detail && pool_free(&at->store->records) == 0)
		return false;
	if (count >= PEER_INDEX_POSITION_MAX)
		return false;
	if (!lines_grow(at, shape))
		return false;
	if (count == SWARM_INDEXED_FROM && !swarm->indexed && !index_all(at, shape)) {
		lines_shrink(at, shape);
		return false;
	}
	if (swarm->indexed && !peer_index_add(&at->store->index, hash, count)) {
		lines_shrink(at, shape);
		return false;
	}
	return true;
}

static __rte_always_inline uint32_t
add(const struct swarm_at *at, struct shape shape, struct swarm_announce *announce)
{
	struct swarm *swarm = at->swarm;
	uint32_t count = swarm_peers(swarm);
	uint64_t hash = count >= SWARM_INDEXED_FROM || swarm->indexed
		? index_hash(at, shape, announce->address)
		: 0;
	struct peer peer = {.word = announce->time | (announce->seeder ? SWARM_FINISHED : 0)};

	if (!announce->may_add || !make_room(at, shape, hash)) {
		announce->full = true;
		return SWARM_NO_PEER;
	}
	if (shape.detail)
		peer.record = pool_get(&at->store->records);
	memcpy(peer.address, announce->address, shape.stride);
	announce->added = announce->changed = true;
	uint32_t i = open_place(at, shape, announce->seeder);

	// The index was told that the newcomer stands last; open_place may have put it in front.
	if (swarm->indexed && i != count)
		peer_index_move(&at->store->index, hash, count, i);
	set_peer(at, shape, i, &peer);
	return i;
}

static __rte_always_inline void
remove_peer(const struct swarm_at *at, struct shape shape, uint32_t i)
{
	struct swarm *swarm = at->swarm;
	struct place place = place_of(at, shape, i);

	if (swarm->indexed)
		peer_index_remove(&at->store->index, index_hash(at, shape, place.address), i);
	if (shape.detail)
		pool_put(&at->store->records, *place.record);
	close_place(at, shape, i);
	lines_shrink(at, shape);
	if (swarm->indexed && swarm_peers(swarm) == SWARM_UNINDEXED_TO)
		unindex(at, shape, SWARM_UNINDEXED_TO);
}

// A leecher that became a seeder, or the other way round, changes sides.
static __rte_always_inline uint32_t
change_side(const struct swarm_at *at, struct shape shape, uint32_t i, bool seeder)
{
	struct place place = place_of(at, shape, i);
	struct peer peer = {.word = *place.word};
	uint64_t hash = 0;

	memcpy(peer.address, place.address, shape.stride);
	if (shape.detail)
		peer.record = *place.record;
	if (at->swarm->indexed) { // park its entry where no move will look for it
		hash = index_hash(at, shape, peer.address);
		peer_index_move(&at->store->index, hash, i, PEER_INDEX_POSITION_MAX);
	}
	close_place(at, shape, i);
	i = open_place(at, shape, seeder);
	if (at->swarm->indexed)
		peer_index_move(&at->store->index, hash, PEER_INDEX_POSITION_MAX, i);
	set_peer(at, shape, i, &peer);
	return i;
}

static __rte_always_inline uint32_t
update(const struct swarm_at *at, struct shape shape, struct swarm_announce *announce, uint32_t i)
{
	bool was_seeder = i >= at->swarm->leechers;

	if (unlikely(announce->seeder != was_seeder)) {
		i = change_side(at, shape, i, announce->seeder);
		announce->changed = true;
	}
	uint16_t *word = place_of(at, shape, i).word;
	uint16_t now = announce->time | (*word & SWARM_FINISHED);

	announce->finished = announce->seeder && !(now & SWARM_FINISHED);
	if (announce->seeder)
		now |= SWARM_FINISHED;
	at->swarm->completed += announce->finished;
	if (*word != now) // an announce in the same time unit leaves the line clean
		*word = now;
	return i;
}

// --- selecting ----------------------------------------------------------------------------------

// Peers [from, to) to `out`. Returns where they end.
static __rte_always_inline uint8_t *
copy_range(const struct swarm_at *at, struct shape shape, uint32_t from, uint32_t to, uint8_t *out)
{
	while (from < to) {
		uint32_t here = is_inside(at)
			? to - from
			: RTE_MIN(to - from, shape.per_line - from % shape.per_line);
		const uint8_t *source = address_of(at, shape, from);

		out = copy_addresses(shape, source, here, out);
		from += here;
	}
	return out;
}

// Candidates: peers from the first on, but the asker. Candidate c is peer c, or one further from
// the asker's place on. Copies candidates [from, to).
static __rte_always_inline uint8_t *
copy_candidates(
	const struct swarm_at *at,
	struct shape shape,
	uint32_t asker,
	uint32_t from,
	uint32_t to,
	uint8_t *out
)
{
	if (to <= asker)
		return copy_range(at, shape, from, to, out);
	if (from < asker)
		out = copy_range(at, shape, from, asker, out);
	return copy_range(at, shape, RTE_MAX(from, asker) + 1, to + 1, out);
}

// More candidates than wanted: short runs with random gaps, the whole turned by a random angle.
// The gaps add up to less than a turn, so nobody comes twice; turning makes everybody equally
// likely whatever the gaps are.
struct runs {
	uint32_t at; // candidate where the next run begins
	uint32_t left; // candidates still wanted
	uint32_t gap; // bound of each gap
};

static __rte_always_inline struct runs
runs_start(struct rng *rng, uint32_t count, uint32_t want)
{
	uint32_t runs = (want + SWARM_RUN - 1) / SWARM_RUN;

	return (struct runs){rng_below(rng, count), want, (count - want) / runs + 1};
}

static __rte_always_inline void
runs_next(struct runs *runs, struct rng *rng, uint32_t count)
{
	uint32_t run = RTE_MIN(runs->left, (uint32_t)SWARM_RUN);

	runs->left -= run;
	runs->at += run + rng_below(rng, runs->gap);
	if (runs->at >= count)
		runs->at -= count;
}

static __rte_always_inline void
copy_runs(
	const struct swarm_at *at,
	struct shape shape,
	uint32_t asker,
	uint32_t count,
	struct rng rng,
	uint16_t want,
	uint8_t *out
)
{
	struct runs runs = runs_start(&rng, count, want);

	while (runs.left > 0) {
		uint32_t run = RTE_MIN(runs.left, (uint32_t)SWARM_RUN);
		uint32_t straight = RTE_MIN(run, count - runs.at);

		out = copy_candidates(at, shape, asker, runs.at, runs.at + straight, out);
		if (straight < run)
			out = copy_candidates(at, shape, asker, 0, run - straight, out);
		runs_next(&runs, &rng, count);
	}
}

// A seeder gets leechers, a leecher everybody else.
static __rte_always_inline uint16_t
select_peers(
	const struct swarm_at *at,
	struct shape shape,
	const struct swarm_announce *announce,
	uint32_t asker
)
{
	uint32_t count = announce->seeder ? at->swarm->leechers : swarm_peers(at->swarm);

	if (asker >= count)
		asker = count; // behind all candidates: nobody is left out
	else
		count--;
	if (count <= announce->num_want) {
		copy_candidates(at, shape, asker, 0, count, announce->out);
		return (uint16_t)count;
	}
	if (announce->num_want > 0)
		copy_runs(
			at,
			shape,
			asker,
			count,
			announce->plan->rng,
			announce->num_want,
			announce->out
		);
	return announce->num_want;
}

// --- the whole ----------------------------------------------------------------------------------

static __rte_always_inline void
announce_shaped(const struct swarm_at *at, struct shape shape, struct swarm_announce *announce)
{
	uint32_t i = find(at, shape, announce);

	announce->full = announce->added = announce->removed = false;
	announce->changed = announce->finished = false;
	announce->peer_count = 0;
	announce->record = POOL_NONE;
	if (unlikely(announce->stopped)) {
		if (shape.detail && i != SWARM_NO_PEER)
			announce->record = *place_of(at, shape, i).record;
		if (i != SWARM_NO_PEER)
			remove_peer(at, shape, i);
		announce->removed = announce->changed = i != SWARM_NO_PEER;
		return;
	}
	i = likely(i != SWARM_NO_PEER) ? update(at, shape, announce, i) : add(at, shape, announce);
	if (shape.detail && i != SWARM_NO_PEER)
		announce->record = *place_of(at, shape, i).record;
	announce->peer_count = select_peers(at, shape, announce, i);
}

// --- fetching ahead -----------------------------------------------------------------------------

static __rte_always_inline void
fetch_lines(const struct swarm_at *at, struct shape shape, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i += shape.per_line)
		rte_prefetch0(line_of(at, shape, i / shape.per_line));
}

static __rte_always_inline void
prepare_shaped(
	const struct swarm_at *at,
	struct shape shape,
	const uint8_t *address,
	bool seeder,
	uint16_t num_want,
	struct swarm_plan *plan
)
{
	const struct swarm *swarm = at->swarm;
	uint32_t count = seeder ? swarm->leechers : swarm_peers(swarm);

	if (swarm->indexed) {
		plan->hash = index_hash(at, shape, address);
		rte_prefetch0(peer_index_bucket(&at->store->index, plan->hash));
	} else {
		fetch_lines(at, shape, 0, swarm_peers(swarm));
	}
	if (count <= num_want)
		fetch_lines(at, shape, 0, count);
	if (count <= num_want || num_want == 0)
		return;
	struct rng rng = plan->rng;

	for (struct runs runs = runs_start(&rng, count, num_want); runs.left > 0;
	     runs_next(&runs, &rng, count)) {
		uint32_t last = RTE_MIN(runs.at + SWARM_RUN - 1, count - 1);

		rte_prefetch0(line_of(at, shape, runs.at / shape.per_line));
		rte_prefetch0(line_of(at, shape, last / shape.per_line));
	}
}

// The shape of a swarm, where it need not be a constant.
static struct shape
shape_of(enum family family, bool detail)
{
	if (family == FAMILY_IPV4)
		return detail ? shape_ipv4_detail : shape_ipv4_plain;
	return detail ? shape_ipv6_detail : shape_ipv6_plain;
}

void
swarm_announce(const struct swarm_at *at, struct swarm_announce *announce)
{
	bool detail = at->store->detail;

	if (at->family == FAMILY_IPV4 && !detail)
		announce_shaped(at, shape_ipv4_plain, announce);
	else if (at->family == FAMILY_IPV4)
		announce_shaped(at, shape_ipv4_detail, announce);
	else if (!detail)
		announce_shaped(at, shape_ipv6_plain, announce);
	else
		announce_shaped(at, shape_ipv6_detail, announce);
}

void
swarm_prepare(
	const struct swarm_at *at,
	const uint8_t *address,
	bool seeder,
	uint16_t num_want,
	struct swarm_plan *plan
)
{
	plan->hash = 0;
	plan->rng.state = rng_next(&at->store->rng);
	if (at->swarm->levels == 0)
		return;
	if (at->family == FAMILY_IPV4 && !at->store->detail)
		prepare_shaped(at, shape_ipv4_plain, address, seeder, num_want, plan);
	else
		prepare_shaped(
			at, shape_of(at->family, at->store->detail), address, seeder, num_want, plan
		);
}

void
swarm_prepare_peer(const struct swarm_at *at, const struct swarm_plan *plan)
{
	struct shape shape = shape_of(at->family, at->store->detail);

	if (plan->hash == 0)
		return;
	struct peer_index_walk walk = peer_index_walk(&at->store->index, plan->hash);
	uint32_t i = peer_index_next(&walk);

	if (i < swarm_peers(at->swarm))
		rte_prefetch0(line_of(at, shape, i / shape.per_line));
}

unsigned
swarm_sweep(
	const struct swarm_at *at,
	uint32_t *peer,
	unsigned budget,
	uint16_t now,
	uint16_t timeout,
	uint32_t *removed
)
{
	struct shape shape = shape_of(at->family, at->store->detail);
	unsigned looked = 0;

	for (; looked < budget && *peer < swarm_peers(at->swarm); looked++) {
		uint16_t age = (now - *place_of(at, shape, *peer).word) & SWARM_TIME_MAX;

		if (age <= timeout) {
			++*peer;
			continue;
		}
		remove_peer(at, shape, *peer);
		++*removed;
	}
	return looked;
}

const uint8_t *
swarm_peer(
	const struct swarm_at *at,
	uint32_t i,
	uint16_t *time,
	const struct swarm_record **record
)
{
	bool detail = at->store->detail;
	struct place place = place_of(at, shape_of(at->family, detail), i);

	*time = *place.word & SWARM_TIME_MAX;
	*record = detail ? pool_at(&at->store->records, *place.record) : NULL;
	return place.address;
}

uint32_t
swarm_nodes(enum family family, bool detail, uint32_t peers, uint32_t torrents)
{
	uint32_t per_line = shape_of(family, detail).per_line;
	uint64_t lines = (uint64_t)peers / per_line + 1;
	uint64_t above; // nodes above lines

	if (family == FAMILY_IPV4) { // the smallest swarms need neither
		lines += lines / 4;
		above = lines / (SWARM_NODE_CHILDREN - 1);
	} else { // each swarm has a last line that is not full, and above it a node that is not
		lines += RTE_MIN(peers, torrents);
		above = lines / (SWARM_NODE_CHILDREN - 1)
			+ RTE_MIN(peers / (per_line + 1), torrents)
			+ peers / (SWARM_NODE_CHILDREN * per_line);
	}
	return (uint32_t)RTE_MIN(lines + above + SWARM_LEVELS_MAX + 4, (uint64_t)SWARM_NODES_MAX);
}
