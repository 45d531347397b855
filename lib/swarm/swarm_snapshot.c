// SPDX-License-Identifier: BSD-3-Clause

#include "swarm_snapshot.h"

#include "swarm_change_inline.h"

#include <rte_prefetch.h>

#include <string.h>

static_assert((int)SNAPSHOT_DETAIL_BYTES == offsetof(struct swarm_record, updated_event), "record");

// --- into a snapshot ----------------------------------------------------------------------------

static void
prefetch_bytes(const void *from, size_t bytes)
{
	for (size_t at = 0; at < bytes; at += LINE_BYTES)
		rte_prefetch0((const uint8_t *)from + at);
}

void
swarm_save_prepare(const struct swarm_ref *ref, uint32_t from, uint32_t count)
{
	struct shape shape = shape_of(ref->family, ref->store->detail);

	while (count > 0) {
		struct span span = span_of(ref, shape, from);
		uint32_t here = RTE_MIN(span.count, count);

		prefetch_bytes(span.place.address, here * shape.stride);
		struct place last = span_at(shape, &span, here - 1);
		const void *end =
			shape.detail ? (void *)(last.record + 1) : (void *)(last.word + 1);

		prefetch_bytes(
			span.place.word, (size_t)((uintptr_t)end - (uintptr_t)span.place.word)
		);
		from += here;
		count -= here;
	}
}

void
swarm_save_prepare_records(const struct swarm_ref *ref, uint32_t from, uint32_t count)
{
	struct shape shape = shape_of(ref->family, ref->store->detail);

	while (count > 0) {
		struct span span = span_of(ref, shape, from);
		uint32_t here = RTE_MIN(span.count, count);

		for (uint32_t i = 0; i < here; i++)
			rte_prefetch0(
				pool_at(&ref->store->records, *span_at(shape, &span, i).record)
			);
		from += here;
		count -= here;
	}
}

static __rte_always_inline uint8_t *
save_peer(
	const struct swarm_ref *ref,
	struct shape shape,
	struct place place,
	bool seeder,
	const struct swarm_now *now,
	uint8_t *out
)
{
	uint16_t word = *place.word;
	uint32_t age_s = ((now->time - word) & SWARM_TIME_MAX) * now->unit_s;
	uint32_t state = seeder ? SNAPSHOT_SEEDER : 0;

	if (word & SWARM_FINISHED)
		state |= SNAPSHOT_FINISHED;
	memcpy(out, place.address, shape.stride);
	out += shape.stride;
	if (shape.detail) {
		const struct swarm_record *record = pool_at(&ref->store->records, *place.record);

		age_s = (now->s - (record->updated_event >> 2)) & SWARM_RECORD_SECONDS;
		state |= (record->updated_event & 3) << SNAPSHOT_EVENT_SHIFT;
		memcpy(out + sizeof(state), record, SNAPSHOT_DETAIL_BYTES);
	}
	state |= RTE_MIN(age_s, (uint32_t)SNAPSHOT_AGE_MAX) << SNAPSHOT_AGE_SHIFT;
	memcpy(out, &state, sizeof(state));
	return out + sizeof(state) + (shape.detail ? SNAPSHOT_DETAIL_BYTES : 0);
}

static __rte_always_inline uint8_t *
save_shaped(
	const struct swarm_ref *ref,
	struct shape shape,
	uint32_t from,
	uint32_t count,
	const struct swarm_now *now,
	uint8_t *out
)
{
	while (count > 0) {
		struct span span = span_of(ref, shape, from);
		uint32_t here = RTE_MIN(span.count, count);

		for (uint32_t i = 0; i < here; i++)
			out = save_peer(
				ref,
				shape,
				span_at(shape, &span, i),
				from + i >= ref->home->swarm.leechers,
				now,
				out
			);
		from += here;
		count -= here;
	}
	return out;
}

uint8_t *
swarm_save(
	const struct swarm_ref *ref,
	uint32_t from,
	uint32_t count,
	const struct swarm_now *now,
	uint8_t *out
)
{
	if (ref->family == FAMILY_IPV4 && !ref->store->detail)
		return save_shaped(ref, shape_ipv4_plain, from, count, now, out);
	return save_shaped(ref, shape_of(ref->family, ref->store->detail), from, count, now, out);
}

// --- and back -----------------------------------------------------------------------------------

static uint64_t
prefetch_source(const struct swarm_ref *ref, const uint8_t *address)
{
	const struct sources *sources = &ref->store->sources;
	uint64_t source = sources_hash(sources, ref->family, address);

	sources_prefetch(sources, source);
	sources_prefetch_pair(sources, source, ref->torrent);
	return source;
}

void
swarm_restore_prefetch(const struct swarm_ref *ref, const uint8_t *address)
{
	prefetch_source(ref, address);
}

void
swarm_restore_prepare(const struct swarm_ref *ref, struct swarm_restored *peer)
{
	peer->source = prefetch_source(ref, peer->address);
	peer->hash = 0;
	if (!ref->home->swarm.indexed)
		return;
	peer->hash = index_hash(ref, shape_of(ref->family, ref->store->detail), peer->address);
	rte_prefetch0(peer_index_bucket(&ref->store->index, peer->hash));
}

static void
write_record(
	const struct swarm_ref *ref,
	uint32_t number,
	const struct swarm_restored *peer,
	const struct swarm_now *now
)
{
	struct swarm_record *record = pool_at(&ref->store->records, number);
	uint32_t event = peer->state >> SNAPSHOT_EVENT_SHIFT & 3;

	if (peer->detail == NULL)
		memset(record, 0, SNAPSHOT_DETAIL_BYTES);
	else
		memcpy(record, peer->detail, SNAPSHOT_DETAIL_BYTES);
	// May lie before the start of the clock: modulo 2^30.
	record->updated_event = (now->s - peer->age_s) << 2 | event;
}

// Brings a peer that is there up to date with a younger state.
static __rte_always_inline void
update_restored(
	const struct swarm_ref *ref,
	struct shape shape,
	uint32_t i,
	const struct swarm_restored *peer,
	uint16_t word,
	const struct swarm_now *now
)
{
	bool seeder = peer->state & SNAPSHOT_SEEDER;
	uint16_t *old = place_of(ref, shape, i).word;

	if (((now->time - *old) & SWARM_TIME_MAX) <= ((now->time - word) & SWARM_TIME_MAX))
		return;
	word |= *old & SWARM_FINISHED;
	if (seeder != (i >= ref->home->swarm.leechers))
		i = change_side(ref, shape, i, seeder, rng_next(&ref->store->rng));
	struct place place = place_of(ref, shape, i);

	*place.word = word;
	if (shape.detail)
		write_record(ref, *place.record, peer, now);
}

static __rte_always_inline enum swarm_restore_result
restore_shaped(
	const struct swarm_ref *ref,
	struct shape shape,
	const struct swarm_restored *peer,
	const struct swarm_now *now,
	bool may_add
)
{
	struct swarm_plan plan = {
		.hash = peer->hash,
		.random = rng_next(&ref->store->rng),
		.place = SWARM_NO_PEER,
		.other = SWARM_NO_PEER,
	};
	// Rounded up: nothing stays longer by it.
	uint32_t age = (peer->age_s + now->unit_s - 1) / now->unit_s;
	uint16_t word = (now->time - age) & SWARM_TIME_MAX;
	struct swarm_announce announce = {
		.address = peer->address,
		.plan = &plan,
		.time = word,
		.seeder = peer->state & SNAPSHOT_SEEDER,
		.may_add = may_add ? SWARM_UNLIMITED : 0, // it was within the limits before
		.source = peer->source,
	};
	uint32_t i = find_peer(ref, shape, &announce);

	if (peer->state & SNAPSHOT_FINISHED)
		word |= SWARM_FINISHED;
	if (i != SWARM_NO_PEER) {
		update_restored(ref, shape, i, peer, word, now);
		return SWARM_RESTORE_KNOWN;
	}
	i = add_peer(ref, shape, &announce);
	if (i == SWARM_NO_PEER)
		return SWARM_RESTORE_FULL;
	struct place place = place_of(ref, shape, i);

	*place.word = word;
	if (shape.detail)
		write_record(ref, *place.record, peer, now);
	return SWARM_RESTORE_ADDED;
}

enum swarm_restore_result
swarm_restore(
	const struct swarm_ref *ref,
	const struct swarm_restored *peer,
	const struct swarm_now *now,
	bool may_add
)
{
	if (ref->family == FAMILY_IPV4 && !ref->store->detail)
		return restore_shaped(ref, shape_ipv4_plain, peer, now, may_add);
	return restore_shaped(ref, shape_of(ref->family, ref->store->detail), peer, now, may_add);
}
