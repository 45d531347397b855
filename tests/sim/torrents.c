// SPDX-License-Identifier: BSD-3-Clause

#include "torrents.h"

#include "appliance.h"
#include "dice.h"
#include "fail.h"
#include "faults.h"
#include "naive.h"

#include <rte_malloc.h>

#include <string.h>

static uint64_t secret;
static uint32_t torrent_count, version;
static bool denied[NAIVE_TORRENTS_MAX];

void
torrents_open(uint64_t seed, uint32_t count)
{
	struct dice dice = dice_of(seed, 2);

	fail_unless(count <= NAIVE_TORRENTS_MAX, "at most %d torrents", NAIVE_TORRENTS_MAX);
	secret = dice_next(&dice);
	torrent_count = count;
}

uint32_t
torrents_count(void)
{
	return torrent_count;
}

void
torrent_hash(uint32_t number, uint8_t info_hash[TORRENT_HASH_BYTES])
{
	struct dice dice = dice_of(secret, number);
	uint64_t words[2] = {dice_next(&dice), dice_next(&dice)};

	memcpy(info_hash, &number, sizeof(number));
	memcpy(info_hash + sizeof(number), words, sizeof(words));
}

uint32_t
torrent_of(const uint8_t info_hash[TORRENT_HASH_BYTES])
{
	uint8_t expected[TORRENT_HASH_BYTES];
	uint32_t number;

	memcpy(&number, info_hash, sizeof(number));
	torrent_hash(number, expected);
	fail_unless(
		number < torrent_count && memcmp(info_hash, expected, sizeof(expected)) == 0,
		"a worker got an info_hash that nobody has sent"
	);
	return number;
}

// --- the list ---------------------------------------------------------------------------------

// A list is one block of memory: head, then set.
static struct access_list *
make_list(enum access_mode mode, uint32_t entries, struct dice *dice, bool named[])
{
	struct siphash_key key = {dice_next(dice), dice_next(dice)};
	size_t head = RTE_ALIGN_CEIL(sizeof(struct access_list), 64);
	struct access_list *list = rte_zmalloc("list", head + info_hashes_bytes(entries), 64);

	if (list == NULL)
		return NULL;
	struct info_hashes *set = info_hashes_init((uint8_t *)list + head, entries, &key);

	for (uint32_t i = 0; i < entries; i++) {
		struct info_hash_entry entry = {.until_s = 0};
		uint32_t number = dice_below(dice, torrent_count);

		torrent_hash(number, entry.info_hash);
		info_hashes_add(set, &entry, 1);
		named[number] = true;
	}
	*list = (struct access_list){++version, mode, set};
	return list;
}

static void
dispose(void *list)
{
	rte_free(list);
}

void
torrents_change_list(void)
{
	static bool named[NAIVE_TORRENTS_MAX];
	struct dice *dice = fault_dice(FAULT_lists);
	enum access_mode mode = dice_below(dice, 3);
	struct weir *weir = appliance_weir();

	memset(named, 0, torrent_count * sizeof(*named));
	void *list = mode == ACCESS_OFF
		? NULL
		: make_list(mode, 1 + dice_below(dice, torrent_count), dice, named);

	if (mode != ACCESS_OFF && list == NULL)
		return; // no memory
	publisher_publish(&weir->publisher, &weir->access, list, dispose);
	for (uint32_t t = 0; t < torrent_count; t++) {
		denied[t] = mode != ACCESS_OFF && named[t] != (mode == ACCESS_ALLOW);
		if (denied[t])
			naive_doubt_torrent(t);
	}
	naive_disturbed(appliance_now_s());
}

void
torrents_forget_list(void)
{
	memset(denied, 0, sizeof(denied));
}

bool
torrent_is_allowed(uint32_t number)
{
	return !denied[number];
}

void
torrent_seen(uint32_t number)
{
	if (denied[number])
		naive_doubt_torrent(number);
}
