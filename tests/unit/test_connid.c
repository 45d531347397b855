// SPDX-License-Identifier: BSD-3-Clause
// lib/guard/connid.h: which ids are accepted, for how long and from which addresses.

#include "../../lib/base/rng.h"
#include "../../lib/guard/connid_burst.h"
#include "../support/cmocka_wrap.h"

#include <stdbool.h>
#include <string.h>

enum {
	MAX_AGE_S = 120, // two slots
	NOW_S = 1700000000,
	NOW_SLOT = NOW_S / CONNID_SLOT_S,
	RANDOM_IDS = 1000000,
};

static const uint8_t master[CONNID_MASTER_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
static const uint8_t ipv4[16] = {198, 51, 100, 7};
static const uint8_t ipv6[16] = {0x20, 0x01, 0x0d, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
static const enum family families[] = {FAMILY_IPV4, FAMILY_IPV6};

static const uint8_t *
address_of(enum family family)
{
	return family == FAMILY_IPV4 ? ipv4 : ipv6;
}

static struct connid
connid_at(uint32_t wall_s)
{
	struct connid connid;

	connid_init(&connid, master, MAX_AGE_S, wall_s);
	return connid;
}

// The first second of a slot.
static uint32_t
slot_s(uint32_t slot)
{
	return slot * CONNID_SLOT_S;
}

// The id is minted by one instance and verified by another one at another time.
static enum connid_proof
judge(uint32_t minted_s, uint32_t shown_s, enum family family)
{
	struct connid then = connid_at(minted_s);
	struct connid now = connid_at(shown_s);

	return connid_verify(
		&now, connid_mint(&then, family, address_of(family)), family, address_of(family)
	);
}

static enum connid_proof
expected_at_age(int slots)
{
	if (slots < -1 || slots > 254)
		return CONNID_FORGED;
	return slots <= 2 ? CONNID_PROVED : CONNID_EXPIRED;
}

static void
check_ages(uint32_t slot)
{
	for (unsigned f = 0; f < RTE_DIM(families); f++)
		for (int age = -2; age <= 300; age++) {
			enum connid_proof proof =
				judge(slot_s(slot), slot_s(slot + (uint32_t)age), families[f]);

			if (proof != expected_at_age(age))
				fail_msg("slot %u, %d slots old: proof %d", slot, age, proof);
		}
}

// Slot by slot, around wraps of the slot's byte and ends of epochs.
static void
test_ages(void **state)
{
	const uint32_t byte_wraps = NOW_SLOT & ~UINT32_C(0xff);
	const uint32_t epoch_starts = NOW_SLOT / CONNID_EPOCH_SLOTS * CONNID_EPOCH_SLOTS;
	const uint32_t slots[] = {
		NOW_SLOT,
		byte_wraps - 1,
		byte_wraps,
		byte_wraps + 1,
		epoch_starts - 255,
		epoch_starts - 2,
		epoch_starts - 1,
		epoch_starts,
		epoch_starts + 1,
		UINT32_MAX / CONNID_SLOT_S - 300, // the year 2106
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(slots); i++)
		check_ages(slots[i]);
}

// All 256 values of the slot's byte.
static void
test_every_slot_byte(void **state)
{
	(void)state;
	for (uint32_t slot = NOW_SLOT; slot < NOW_SLOT + 256; slot++) {
		assert_int_equal(judge(slot_s(slot), slot_s(slot), FAMILY_IPV4), CONNID_PROVED);
		assert_int_equal(judge(slot_s(slot + 1), slot_s(slot), FAMILY_IPV4), CONNID_PROVED);
		assert_int_equal(
			judge(slot_s(slot), slot_s(slot + 3), FAMILY_IPV4), CONNID_EXPIRED
		);
	}
}

// An instance that runs across the end of an epoch accepts ids from before and after it.
static void
test_epoch_both_ways(void **state)
{
	const uint32_t first = slot_s((NOW_SLOT / CONNID_EPOCH_SLOTS + 1) * CONNID_EPOCH_SLOTS);
	struct connid before = connid_at(first - 1);
	struct connid rolled = connid_at(first - 1);
	struct connid after = connid_at(first);

	(void)state;
	connid_refresh(&rolled, first);
	for (unsigned f = 0; f < RTE_DIM(families); f++) {
		const uint8_t *address = address_of(families[f]);
		uint64_t old_id = connid_mint(&before, families[f], address);
		uint64_t new_id = connid_mint(&rolled, families[f], address);

		assert_int_equal(new_id, connid_mint(&after, families[f], address));
		assert_int_not_equal(old_id, new_id);
		assert_int_equal(
			connid_verify(&rolled, old_id, families[f], address), CONNID_PROVED
		);
		assert_int_equal(
			connid_verify(&before, new_id, families[f], address), CONNID_PROVED
		);
	}
}

// Rolling to a slot, in any steps, is the same as starting there.
static void
test_roll_is_init(void **state)
{
	static const uint32_t steps_s[] = {0, 1, 63, 64, 65, 3600, 86400, 86401, 10 * 86400};
	struct connid rolled = connid_at(NOW_S);
	uint32_t now_s = NOW_S;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(steps_s); i++) {
		now_s += steps_s[i];
		struct connid fresh = connid_at(now_s);

		connid_refresh(&rolled, now_s);
		assert_int_equal(rolled.slot, fresh.slot);
		assert_int_equal(rolled.epoch, fresh.epoch);
		assert_memory_equal(rolled.keys, fresh.keys, sizeof(fresh.keys));
	}
}

// NTP sets the clock back: ids of one slot ahead are valid, ids further ahead cannot exist.
static void
test_clock_stepping_back(void **state)
{
	struct connid connid = connid_at(NOW_S);
	uint64_t id = connid_mint(&connid, FAMILY_IPV4, ipv4);

	(void)state;
	connid_refresh(&connid, NOW_S - CONNID_SLOT_S);
	assert_int_equal(connid_verify(&connid, id, FAMILY_IPV4, ipv4), CONNID_PROVED);
	connid_refresh(&connid, NOW_S - 2 * CONNID_SLOT_S);
	assert_int_equal(connid_verify(&connid, id, FAMILY_IPV4, ipv4), CONNID_FORGED);
	connid_refresh(&connid, NOW_S - 86400);
	assert_int_equal(connid_verify(&connid, id, FAMILY_IPV4, ipv4), CONNID_FORGED);
	connid_refresh(&connid, NOW_S);
	assert_int_equal(connid_verify(&connid, id, FAMILY_IPV4, ipv4), CONNID_PROVED);
}

// A machine without a clock of its own starts in 1970: no slot lies before the first.
static void
test_first_slots_of_all(void **state)
{
	(void)state;
	for (uint32_t slot = 0; slot < 300; slot++) {
		struct connid connid = connid_at(slot_s(slot));
		uint64_t good = connid_mint(&connid, FAMILY_IPV4, ipv4);

		assert_int_equal(connid_verify(&connid, good, FAMILY_IPV4, ipv4), CONNID_PROVED);
		for (uint64_t byte = 0; byte < 256; byte++)
			assert_int_equal(
				connid_verify(&connid, byte << 56 | 0x123456, FAMILY_IPV4, ipv4),
				CONNID_FORGED
			);
	}
}

// Flips each bit of the address: one of the first `forged_bits` makes another client, one behind
// them another address of the same network.
static void
check_binding(enum family family, unsigned forged_bits, unsigned bits)
{
	struct connid connid = connid_at(NOW_S);
	uint64_t id = connid_mint(&connid, family, address_of(family));

	for (unsigned bit = 0; bit < bits; bit++) {
		uint8_t other[16];

		memcpy(other, address_of(family), sizeof(other));
		other[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		assert_int_equal(
			connid_verify(&connid, id, family, other),
			bit < forged_bits ? CONNID_FORGED : CONNID_SHARED
		);
	}
}

static void
test_bound_to_ipv4_address(void **state)
{
	(void)state;
	check_binding(FAMILY_IPV4, 32, 32);
}

static void
test_bound_to_ipv6_address_and_network(void **state)
{
	(void)state;
	check_binding(FAMILY_IPV6, 64, 128);
}

// The same bytes, read as an address of the other family.
static void
test_families_are_apart(void **state)
{
	struct connid connid = connid_at(NOW_S);
	uint64_t id4 = connid_mint(&connid, FAMILY_IPV4, ipv4);
	uint64_t id6 = connid_mint(&connid, FAMILY_IPV6, ipv4);

	(void)state;
	assert_int_not_equal(id4, id6);
	assert_int_equal(connid_verify(&connid, id4, FAMILY_IPV6, ipv4), CONNID_FORGED);
	assert_int_equal(connid_verify(&connid, id6, FAMILY_IPV4, ipv4), CONNID_FORGED);
}

// Every bit of the master key matters.
static void
test_bound_to_master(void **state)
{
	struct connid connid = connid_at(NOW_S);
	uint64_t id = connid_mint(&connid, FAMILY_IPV4, ipv4);
	uint8_t other[CONNID_MASTER_BYTES];

	(void)state;
	for (unsigned bit = 0; bit < 8 * sizeof(other); bit++) {
		struct connid stranger;

		memcpy(other, master, sizeof(other));
		other[bit / 8] ^= (uint8_t)(1 << bit % 8);
		connid_init(&stranger, other, MAX_AGE_S, NOW_S);
		assert_int_equal(connid_verify(&stranger, id, FAMILY_IPV4, ipv4), CONNID_FORGED);
	}
}

static void
test_every_flipped_bit_is_noticed(void **state)
{
	struct connid connid = connid_at(NOW_S);

	(void)state;
	for (unsigned f = 0; f < RTE_DIM(families); f++) {
		const uint8_t *address = address_of(families[f]);
		uint64_t id = connid_mint(&connid, families[f], address);

		for (unsigned bit = 0; bit < 64; bit++) {
			bool of_address = bit >= CONNID_HALF_BITS && bit < CONNID_MAC_BITS;

			assert_int_equal(
				connid_verify(
					&connid, id ^ UINT64_C(1) << bit, families[f], address
				),
				families[f] == FAMILY_IPV6 && of_address ? CONNID_SHARED
									 : CONNID_FORGED
			);
		}
	}
}

static void
test_no_guess_is_accepted(void **state)
{
	struct connid connid = connid_at(NOW_S);
	struct rng rng = {56};
	unsigned accepted = 0;

	(void)state;
	for (unsigned i = 0; i < RANDOM_IDS; i++) {
		enum family family = families[i % 2];

		accepted += connid_verify(&connid, rng_next(&rng), family, address_of(family))
			!= CONNID_FORGED;
	}
	assert_int_equal(accepted, 0);
	assert_int_equal(connid_verify(&connid, 0, FAMILY_IPV4, ipv4), CONNID_FORGED);
	assert_int_equal(
		connid_verify(&connid, UINT64_C(0x41727101980), FAMILY_IPV4, ipv4), CONNID_FORGED
	);
}

// Trackers of a cluster may run different versions of this code, so ids must never change. The values are
// from an independent implementation in another language.
static void
test_known_ids(void **state)
{
	static const struct {
		uint32_t wall_s;
		enum family family;
		uint64_t id;
	} rows[] = {
		{NOW_S, FAMILY_IPV4, UINT64_C(0xc43a81783db926e3)},
		{NOW_S, FAMILY_IPV6, UINT64_C(0xc495d48d4cd415dc)},
		{NOW_S + 86400, FAMILY_IPV4, UINT64_C(0x0a5832633d40db55)},
		{NOW_S + 86400, FAMILY_IPV6, UINT64_C(0x0a2d25a75d217e8e)},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct connid connid = connid_at(rows[i].wall_s);
		const uint8_t *address = address_of(rows[i].family);

		assert_int_equal(connid_mint(&connid, rows[i].family, address), rows[i].id);
	}
}

// Ids are never 0, which means "not connected" to clients, and their first byte is their slot.
static void
test_look_of_ids(void **state)
{
	struct rng rng = {57};

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		struct connid connid = connid_at((uint32_t)rng_next(&rng));
		uint64_t address[2] = {rng_next(&rng), rng_next(&rng)};
		uint64_t id = connid_mint(&connid, families[i % 2], (const uint8_t *)address);

		assert_int_not_equal(id, 0);
		assert_int_equal(id >> 56, connid.slot & 0xff);
	}
}

static void
test_max_age_in_slots(void **state)
{
	static const struct {
		uint32_t max_age_s;
		uint32_t slots;
	} rows[] = {
		{1, 1},
		{60, 1},
		{64, 1},
		{65, 2},
		{120, 2},
		{128, 2},
		{129, 3},
		{600, 10},
		{CONNID_MAX_AGE_S_MAX, 113},
	};
	struct connid connid;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		connid_init(&connid, master, rows[i].max_age_s, NOW_S);
		assert_int_equal(connid.slots_max, rows[i].slots);
	}
}

// For each second of a slot in which an id is minted: it is valid for at least max_age_s, and up to 127 s
// longer.
static void
test_life_in_seconds(void **state)
{
	static const uint32_t ages_s[] = {60, 64, 65, 120, 128, 600, CONNID_MAX_AGE_S_MAX};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(ages_s); i++)
		for (uint32_t second = 0; second < CONNID_SLOT_S; second++) {
			const uint32_t made_s = slot_s(NOW_SLOT) + second;
			struct connid connid;

			connid_init(&connid, master, ages_s[i], made_s);
			uint64_t id = connid_mint(&connid, FAMILY_IPV4, ipv4);

			connid_refresh(&connid, made_s + ages_s[i]);
			assert_int_equal(
				connid_verify(&connid, id, FAMILY_IPV4, ipv4), CONNID_PROVED
			);
			connid_refresh(&connid, made_s + ages_s[i] + 128);
			assert_int_equal(
				connid_verify(&connid, id, FAMILY_IPV4, ipv4), CONNID_EXPIRED
			);
		}
}

// A full burst of senders, families and slots, on both sides of an epoch, gives the same results as single
// requests.
static void
test_burst_as_one_at_a_time(void **state)
{
	static const int ages[] = {-1, 0, 1, 2, 3, 7, 254};
	static const uint64_t spoils[] = {1, UINT64_C(0xfffffff) << 28, UINT64_MAX >> 8};
	uint32_t slot = (NOW_SLOT / CONNID_EPOCH_SLOTS) * CONNID_EPOCH_SLOTS + 1;
	struct connid now = connid_at(slot_s(slot));
	struct rng rng = {56};

	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		uint8_t addresses[CONNID_BURST][16];
		uint64_t ids[CONNID_BURST];
		enum family sides[CONNID_BURST];
		unsigned places[CONNID_BURST];
		struct connid_burst burst;

		connid_burst_start(&burst);
		for (unsigned i = 0; i < CONNID_BURST; i++) {
			int age = ages[rng_below(&rng, RTE_DIM(ages))];
			struct connid then = connid_at(slot_s(slot - age));

			for (unsigned b = 0; b < 16; b++)
				addresses[i][b] = (uint8_t)rng_next(&rng);
			sides[i] = families[rng_below(&rng, 2)];
			ids[i] = connid_mint(&then, sides[i], addresses[i])
				^ (rng_below(&rng, 4) == 0 ? rng_next(&rng) & spoils[i % 3] : 0);
			places[i] = connid_burst_add_shown(
				&now, &burst, (uint8_t)(ids[i] >> 56), sides[i], addresses[i]
			);
		}
		connid_burst_compute(&now, &burst);
		for (unsigned i = 0; i < CONNID_BURST; i++)
			assert_int_equal(
				connid_burst_verify(&now, &burst, sides[i], places[i], ids[i]),
				connid_verify(&now, ids[i], sides[i], addresses[i])
			);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ages),
		cmocka_unit_test(test_burst_as_one_at_a_time),
		cmocka_unit_test(test_every_slot_byte),
		cmocka_unit_test(test_epoch_both_ways),
		cmocka_unit_test(test_roll_is_init),
		cmocka_unit_test(test_clock_stepping_back),
		cmocka_unit_test(test_first_slots_of_all),
		cmocka_unit_test(test_bound_to_ipv4_address),
		cmocka_unit_test(test_bound_to_ipv6_address_and_network),
		cmocka_unit_test(test_families_are_apart),
		cmocka_unit_test(test_bound_to_master),
		cmocka_unit_test(test_every_flipped_bit_is_noticed),
		cmocka_unit_test(test_no_guess_is_accepted),
		cmocka_unit_test(test_known_ids),
		cmocka_unit_test(test_look_of_ids),
		cmocka_unit_test(test_max_age_in_slots),
		cmocka_unit_test(test_life_in_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
