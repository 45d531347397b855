// SPDX-License-Identifier: BSD-3-Clause

#include "info_hashes.h"

#include "../base/line.h"
#include "../base/siphash_bulk.h"

#include <rte_prefetch.h>

#include <assert.h>
#include <string.h>

enum {
	BUCKET_ENTRIES = 5,
	PASSED_MAX = UINT8_MAX, // stays: how many there were is not known any more
	// Load of a full set: 3/4. So 1 of 5 buckets has sent an entry on to the next one.
	LOAD_NUMERATOR = 3,
	LOAD_DENOMINATOR = 4,
};

// Two lines, which CPUs like to fetch together. The first one has the answer for most hashes that are not
// in the set.
struct bucket {
	uint8_t tags[BUCKET_ENTRIES]; // from the hash; 0: a free place
	uint8_t passed; // entries that found this bucket full and are in a later one
	uint8_t unused[2];
	struct info_hash_entry entries[BUCKET_ENTRIES];
} __rte_aligned(LINE_BYTES);

static_assert(sizeof(struct bucket) == 2 * LINE_BYTES, "a bucket is two lines");

struct info_hashes {
	struct siphash_key key;
	uint64_t capacity;
	uint64_t count;
	uint64_t bucket_count;
	struct bucket buckets[];
};

// Where an entry is.
struct place {
	struct bucket *bucket;
	unsigned slot;
};

static_assert((int)INFO_HASHES_BULK <= (int)SIPHASH_BULK, "a bulk is hashed at once");

static uint64_t
buckets_for(uint64_t capacity)
{
	const uint64_t entries = BUCKET_ENTRIES * LOAD_NUMERATOR;

	return RTE_MAX(1u, (capacity * LOAD_DENOMINATOR + entries - 1) / entries);
}

size_t
info_hashes_bytes(uint64_t capacity)
{
	return sizeof(struct info_hashes) + buckets_for(capacity) * sizeof(struct bucket);
}

struct info_hashes *
info_hashes_init(void *memory, uint64_t capacity, const struct siphash_key *key)
{
	struct info_hashes *set = memory;

	set->key = *key;
	set->capacity = capacity;
	set->bucket_count = buckets_for(capacity);
	return set;
}

// The low half of a hash selects the bucket, the top byte is the tag.
static uint64_t
home_of(const struct info_hashes *set, uint64_t hash)
{
	return (uint64_t)(uint32_t)hash * set->bucket_count >> 32;
}

static uint8_t
tag_of(uint64_t hash)
{
	return RTE_MAX(hash >> 56, 1u);
}

static uint64_t
bucket_after(const struct info_hashes *set, uint64_t bucket)
{
	return bucket + 1 < set->bucket_count ? bucket + 1 : 0;
}

static unsigned
bucket_find(const struct bucket *bucket, uint8_t tag, const uint8_t *info_hash)
{
	for (unsigned slot = 0; slot < BUCKET_ENTRIES; slot++)
		if (bucket->tags[slot] == tag
		    && memcmp(bucket->entries[slot].info_hash, info_hash, INFO_HASHES_KEY_BYTES)
			    == 0)
			return slot;
	return BUCKET_ENTRIES;
}

static bool
find_place(
	const struct info_hashes *set,
	uint64_t hash,
	const uint8_t *info_hash,
	struct place *place
)
{
	uint64_t at = home_of(set, hash);

	for (uint64_t n = 0; n < set->bucket_count; n++, at = bucket_after(set, at)) {
		const struct bucket *bucket = &set->buckets[at];
		unsigned slot = bucket_find(bucket, tag_of(hash), info_hash);

		if (slot < BUCKET_ENTRIES) {
			*place = (struct place){(struct bucket *)(uintptr_t)bucket, slot};
			return true;
		}
		if (bucket->passed == 0)
			return false;
	}
	return false;
}

static uint64_t
hash_of(const struct info_hashes *set, const uint8_t *info_hash)
{
	return siphash13(&set->key, info_hash, INFO_HASHES_KEY_BYTES);
}

static void
insert(struct info_hashes *set, uint64_t hash, const struct info_hash_entry *entry)
{
	for (uint64_t at = home_of(set, hash);; at = bucket_after(set, at)) {
		struct bucket *bucket = &set->buckets[at];

		for (unsigned slot = 0; slot < BUCKET_ENTRIES; slot++) {
			if (bucket->tags[slot] != 0)
				continue;
			bucket->tags[slot] = tag_of(hash);
			bucket->entries[slot] = *entry;
			set->count++;
			return;
		}
		if (bucket->passed < PASSED_MAX)
			bucket->passed++;
	}
}

static bool
add_one(struct info_hashes *set, uint64_t hash, const struct info_hash_entry *entry)
{
	struct place place;

	if (find_place(set, hash, entry->info_hash, &place)) {
		place.bucket->entries[place.slot].until_s = entry->until_s;
		return false;
	}
	insert(set, hash, entry);
	return true;
}

static void
hash_bulk(
	const struct info_hashes *set,
	const struct info_hash_entry *entries,
	unsigned count,
	struct siphash_burst *burst
)
{
	for (unsigned i = 0; i < count; i++) {
		const uint8_t *info_hash = entries[i].info_hash;
		uint64_t words[2];

		memcpy(words, info_hash, sizeof(words));
		burst->words[0][i] = rte_le_to_cpu_64(words[0]);
		burst->words[1][i] = rte_le_to_cpu_64(words[1]);
		burst->words[2][i] = siphash_last(info_hash + sizeof(words), INFO_HASHES_KEY_BYTES);
	}
	siphash_bulk->siphash13(&set->key, burst, count);
}

unsigned
info_hashes_add(struct info_hashes *set, const struct info_hash_entry *entries, unsigned count)
{
	struct siphash_burst burst;
	unsigned added = 0;

	for (unsigned done = 0; done < count; done += INFO_HASHES_BULK) {
		unsigned bulk = RTE_MIN(count - done, (unsigned)INFO_HASHES_BULK);

		hash_bulk(set, entries + done, bulk, &burst);
		for (unsigned i = 0; i < bulk; i++) {
			const struct bucket *bucket = &set->buckets[home_of(set, burst.hashes[i])];

			rte_prefetch0(bucket);
			rte_prefetch0((const uint8_t *)bucket + LINE_BYTES);
		}
		for (unsigned i = 0; i < bulk; i++)
			added += add_one(set, burst.hashes[i], &entries[done + i]);
	}
	return added;
}

bool
info_hashes_remove(struct info_hashes *set, const uint8_t *info_hash)
{
	uint64_t hash = hash_of(set, info_hash);
	struct place place;

	if (!find_place(set, hash, info_hash, &place))
		return false;
	for (uint64_t at = home_of(set, hash); &set->buckets[at] != place.bucket;
	     at = bucket_after(set, at))
		if (set->buckets[at].passed < PASSED_MAX)
			set->buckets[at].passed--;
	place.bucket->tags[place.slot] = 0;
	place.bucket->entries[place.slot] = (struct info_hash_entry){.until_s = 0};
	set->count--;
	return true;
}

const struct info_hash_entry *
info_hashes_find(const struct info_hashes *set, const uint8_t *info_hash)
{
	struct place place;

	if (!find_place(set, hash_of(set, info_hash), info_hash, &place))
		return NULL;
	return &place.bucket->entries[place.slot];
}

bool
info_hashes_has(const struct info_hashes *set, const uint8_t *info_hash, uint32_t now_s)
{
	const struct info_hash_entry *entry = info_hashes_find(set, info_hash);

	return entry != NULL && (entry->until_s == 0 || now_s < entry->until_s);
}

uint64_t
info_hashes_count(const struct info_hashes *set)
{
	return set->count;
}

uint64_t
info_hashes_capacity(const struct info_hashes *set)
{
	return set->capacity;
}

uint32_t
info_hashes_next_end(const struct info_hashes *set, uint32_t now_s)
{
	uint32_t next_s = 0;

	for (uint64_t at = 0; at < set->bucket_count; at++) {
		const struct bucket *bucket = &set->buckets[at];

		for (unsigned slot = 0; slot < BUCKET_ENTRIES; slot++) {
			uint32_t until_s = bucket->entries[slot].until_s;

			if (bucket->tags[slot] != 0 && until_s > now_s
			    && (next_s == 0 || until_s < next_s))
				next_s = until_s;
		}
	}
	return next_s;
}
