// SPDX-License-Identifier: BSD-3-Clause
// lib/guard/connid.h: two master keys, and ids from before and after the switch between them. The model is two
// trackers with one key each: the first makes all ids before the switch, the second all others.

#include "../../lib/base/rng.h"
#include "../../lib/guard/connid_burst.h"
#include "../support/cmocka_wrap.h"

#include <stdbool.h>
#include <string.h>

enum {
	MAX_AGE_S = 120, // two slots
	NOW_SLOT = 1700000000 / CONNID_SLOT_S,
	EPOCH_SLOT = NOW_SLOT / CONNID_EPOCH_SLOTS * CONNID_EPOCH_SLOTS, // starts an epoch
};

static const uint8_t ipv4[16] = {198, 51, 100, 7};
static const uint8_t ipv6[16] = {0x20, 0x01, 0x0d, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
static const enum family families[] = {FAMILY_IPV4, FAMILY_IPV6};

// Switches in the middle of an epoch, where its byte wraps, and around the ends of epochs.
static const uint32_t switches[] = {
	NOW_SLOT,
	NOW_SLOT & ~UINT32_C(0xff),
	EPOCH_SLOT - 2,
	EPOCH_SLOT - 1,
	EPOCH_SLOT,
	EPOCH_SLOT + 1,
	EPOCH_SLOT + 2,
};

static struct connid_secrets
secrets_from(uint32_t from_s)
{
	return (struct connid_secrets){
		.masters = {{1, 2, 3}, {4, 5, 6}},
		.from_s = from_s,
	};
}

static const uint8_t *
address_of(enum family family)
{
	return family == FAMILY_IPV4 ? ipv4 : ipv6;
}

// A tracker with the first (0) or second (1) key alone.
static struct connid
single(unsigned which, uint32_t slot)
{
	struct connid_secrets secrets = secrets_from(0);
	struct connid connid;

	connid_init(&connid, secrets.masters[which], MAX_AGE_S, slot * CONNID_SLOT_S);
	return connid;
}

// A tracker with both.
static struct connid
both(uint32_t from_s, uint32_t wall_s)
{
	struct connid_secrets secrets = secrets_from(from_s);
	struct connid connid;

	connid_init(&connid, secrets.masters[0], MAX_AGE_S, wall_s);
	connid_change(&connid, &secrets);
	return connid;
}

static enum connid_proof
expected_at_age(int slots)
{
	return slots <= 2 ? CONNID_PROVED : CONNID_EXPIRED;
}

static void
check_pair(uint32_t from_slot, uint32_t shown_slot, int age, enum family family)
{
	const uint8_t *address = address_of(family);
	uint32_t made_slot = shown_slot - (uint32_t)age;
	struct connid now = both(from_slot * CONNID_SLOT_S, shown_slot * CONNID_SLOT_S);
	bool second = made_slot >= from_slot;
	struct connid right = single(second, made_slot), wrong = single(!second, made_slot);
	uint64_t good = connid_mint(&right, family, address);
	uint64_t bad = connid_mint(&wrong, family, address);

	if (connid_verify(&now, good, family, address) != expected_at_age(age)
	    || connid_verify(&now, bad, family, address) != CONNID_FORGED
	    || (age == 0 && connid_mint(&now, family, address) != good))
		fail_msg("switch at %u, shown in %u, %d slots old", from_slot, shown_slot, age);
}

// Each slot around the switch, each age, both families: what the right tracker made is good as long as
// any id, what the other made is forged.
static void
test_each_slot_has_one_key(void **state)
{
	(void)state;
	for (unsigned s = 0; s < RTE_DIM(switches); s++)
		for (unsigned f = 0; f < RTE_DIM(families); f++)
			for (uint32_t shown = switches[s] - 4; shown <= switches[s] + 5; shown++)
				for (int age = -1; age <= 254; age += age < 6 ? 1 : 31)
					check_pair(switches[s], shown, age, families[f]);
}

// A time that starts no slot: its slot is still of the first key, and the next of the second.
static void
test_time_is_rounded_up_to_a_slot(void **state)
{
	const uint32_t start_s = NOW_SLOT * CONNID_SLOT_S;

	(void)state;
	for (uint32_t late_s = 0; late_s < CONNID_SLOT_S; late_s++) {
		struct connid here = both(start_s + late_s, start_s + late_s);
		struct connid next = both(start_s + late_s, start_s + CONNID_SLOT_S);
		struct connid old = single(0, NOW_SLOT), new = single(1, NOW_SLOT);
		struct connid after = single(1, NOW_SLOT + 1);

		assert_int_equal(
			connid_mint(&here, FAMILY_IPV4, ipv4),
			connid_mint(late_s == 0 ? &new : &old, FAMILY_IPV4, ipv4)
		);
		assert_int_equal(
			connid_mint(&next, FAMILY_IPV4, ipv4),
			connid_mint(&after, FAMILY_IPV4, ipv4)
		);
	}
}

// A tracker that runs through it all is at each moment as one that has just started.
static void
test_life_through_a_switch(void **state)
{
	(void)state;
	for (unsigned s = 0; s < RTE_DIM(switches); s++) {
		const uint32_t from_s = switches[s] * CONNID_SLOT_S;
		struct connid_secrets staged = secrets_from(from_s), last = secrets_from(0);
		struct connid running = single(0, switches[s] - 10);

		memcpy(last.masters[0], last.masters[1], CONNID_MASTER_BYTES);
		memset(last.masters[1], 0, CONNID_MASTER_BYTES);
		for (int i = -10; i <= 10; i++) {
			uint32_t wall_s = from_s + (uint32_t)i * CONNID_SLOT_S;

			connid_refresh(&running, wall_s);
			if (i == -5)
				connid_change(&running, &staged);
			if (i == 4)
				connid_change(&running, &last);
			struct connid fresh = i < -5 ? single(0, wall_s / CONNID_SLOT_S)
				: i < 4		     ? both(from_s, wall_s)
						     : single(1, wall_s / CONNID_SLOT_S);

			for (unsigned f = 0; f < RTE_DIM(families); f++)
				assert_int_equal(
					connid_mint(&running, families[f], address_of(families[f])),
					connid_mint(&fresh, families[f], address_of(families[f]))
				);
			assert_int_equal(running.span_slot, fresh.span_slot);
			assert_int_equal(running.span_slots, fresh.span_slots);
		}
	}
}

// The clock is set back over the switch, and forward again.
static void
test_clock_over_the_switch(void **state)
{
	const uint32_t from_s = NOW_SLOT * CONNID_SLOT_S;
	struct connid connid = both(from_s, from_s);
	struct connid old = single(0, NOW_SLOT - 1);
	uint64_t new_id = connid_mint(&connid, FAMILY_IPV4, ipv4);

	(void)state;
	connid_refresh(&connid, from_s - 1);
	assert_int_equal(
		connid_mint(&connid, FAMILY_IPV4, ipv4), connid_mint(&old, FAMILY_IPV4, ipv4)
	);
	assert_int_equal(connid_verify(&connid, new_id, FAMILY_IPV4, ipv4), CONNID_PROVED);
	connid_refresh(&connid, from_s);
	assert_int_equal(connid_mint(&connid, FAMILY_IPV4, ipv4), new_id);
}

// Other addresses of the /64 share ids of either key, and no others do.
static void
test_sharing(void **state)
{
	const uint32_t from_s = NOW_SLOT * CONNID_SLOT_S;
	uint8_t neighbour[16], stranger[16];

	(void)state;
	memcpy(neighbour, ipv6, sizeof(neighbour));
	memcpy(stranger, ipv6, sizeof(stranger));
	neighbour[15] ^= 1;
	stranger[7] ^= 1;
	for (unsigned i = 0; i < 2; i++) {
		struct connid then = both(from_s, from_s - 1 + i);
		struct connid now = both(from_s, from_s + 1);
		uint64_t id = connid_mint(&then, FAMILY_IPV6, ipv6);

		assert_int_equal(connid_verify(&now, id, FAMILY_IPV6, neighbour), CONNID_SHARED);
		assert_int_equal(connid_verify(&now, id, FAMILY_IPV6, stranger), CONNID_FORGED);
	}
}

// A burst of ids from both sides gives the same results as one at a time.
static void
test_burst_over_the_switch(void **state)
{
	struct rng rng = {64};

	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		uint32_t from_slot = switches[round % RTE_DIM(switches)];
		struct connid now =
			both(from_slot * CONNID_SLOT_S,
			     (from_slot - 1 + (uint32_t)rng_below(&rng, 4)) * CONNID_SLOT_S);
		uint64_t ids[CONNID_BURST];
		enum family sides[CONNID_BURST];
		unsigned places[CONNID_BURST];
		struct connid_burst burst;

		connid_burst_start(&burst);
		for (unsigned i = 0; i < CONNID_BURST; i++) {
			struct connid then =
				single((unsigned)rng_below(&rng, 2),
				       now.slot + 1 - (uint32_t)rng_below(&rng, 6));

			sides[i] = families[rng_below(&rng, 2)];
			ids[i] = connid_mint(&then, sides[i], address_of(sides[i]));
			places[i] = connid_burst_add_shown(
				&now,
				&burst,
				(uint8_t)(ids[i] >> 56),
				sides[i],
				address_of(sides[i])
			);
		}
		connid_burst_compute(&now, &burst);
		for (unsigned i = 0; i < CONNID_BURST; i++)
			assert_int_equal(
				connid_burst_verify(&now, &burst, sides[i], places[i], ids[i]),
				connid_verify(&now, ids[i], sides[i], address_of(sides[i]))
			);
	}
}

// Secrets that are known already change nothing.
static void
test_change_to_the_same(void **state)
{
	const uint32_t from_s = NOW_SLOT * CONNID_SLOT_S;
	struct connid_secrets secrets = secrets_from(from_s);
	struct connid connid = both(from_s, from_s), before = connid;

	(void)state;
	connid_change(&connid, &secrets);
	assert_memory_equal(&connid, &before, sizeof(connid));
	secrets.masters[1][0]++;
	connid_change(&connid, &secrets);
	assert_int_not_equal(
		connid_mint(&connid, FAMILY_IPV4, ipv4), connid_mint(&before, FAMILY_IPV4, ipv4)
	);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_slot_has_one_key),
		cmocka_unit_test(test_time_is_rounded_up_to_a_slot),
		cmocka_unit_test(test_life_through_a_switch),
		cmocka_unit_test(test_change_to_the_same),
		cmocka_unit_test(test_clock_over_the_switch),
		cmocka_unit_test(test_sharing),
		cmocka_unit_test(test_burst_over_the_switch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
