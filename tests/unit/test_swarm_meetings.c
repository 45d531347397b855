// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/swarm.h: who is handed out together with whom, over an interval in which each peer announces once.
//
// Peers that are often in the same replies form cliques, which are bad for a swarm. Replies are straight runs of
// peers, so neighbours meet more often than if each reply were drawn anew; how much more depends on how fast
// their order changes as peers announce.

#include "../support/cmocka_wrap.h"
#include "../support/swarm_request.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>

enum {
	WANT = 30,
	WATCHED = 60, // peers that are watched
	// Of two peers that meet, the mean number of other meetings, beyond chance. Each is in 30 replies.
	AGAIN_MAX = 7,
};

struct watch {
	uint32_t size;
	uint32_t step; // between watched peers
	uint16_t *meetings; // WATCHED rows of `size`
	bool present[WATCHED];
};

static void
note_reply(struct watch *watch, uint16_t count)
{
	memset(watch->present, 0, sizeof(watch->present));
	for (uint16_t i = 0; i < count; i++) {
		uint32_t n = swarm_address_number(swarm_reply + i * 6, 6);

		if (n % watch->step == 0 && n / watch->step < WATCHED)
			watch->present[n / watch->step] = true;
	}
	for (unsigned w = 0; w < WATCHED; w++) {
		if (!watch->present[w])
			continue;
		for (uint16_t i = 0; i < count; i++) {
			uint32_t n = swarm_address_number(swarm_reply + i * 6, 6);

			watch->meetings[w * watch->size + n] += n != w * watch->step;
		}
	}
}

// The order in which peers announce has nothing to do with that in which they came.
static uint32_t *
shuffled(struct rng *rng, uint32_t size)
{
	uint32_t *order = malloc(size * sizeof(*order));

	assert_non_null(order);
	for (uint32_t i = 0; i < size; i++) {
		uint32_t at = rng_below(rng, i + 1);

		order[i] = order[at];
		order[at] = i;
	}
	return order;
}

static void
announce_all(struct swarm_fixture *fixture, struct watch *watch, bool seeders)
{
	uint32_t *order = shuffled(&fixture->rng, watch->size);

	for (uint32_t i = 0; i < watch->size; i++) {
		struct swarm_request request = swarm_request(
			fixture->members, order[i], seeders && order[i] % 2 == 0, WANT, 1
		);

		swarm_request_prepare(&request);
		uint16_t count = swarm_request_process(&request).peer_count;

		if (watch->meetings != NULL)
			note_reply(watch, count);
	}
	free(order);
}

// How often a peer that was met once is met again, on average over all meetings.
static double
met_again(const struct watch *watch)
{
	double meetings = 0, pairs = 0;

	for (uint32_t i = 0; i < WATCHED * watch->size; i++) {
		meetings += watch->meetings[i];
		pairs += (double)watch->meetings[i] * (watch->meetings[i] - 1);
	}
	return pairs / meetings;
}

// The probability that two of `candidates` are both in a reply that is drawn anew.
static double
pair_chance(double candidates)
{
	double want = RTE_MIN(candidates, (double)WANT);

	return want * (want - 1) / (candidates * (candidates - 1));
}

// What met_again would be if each reply were drawn anew. Seeders get leechers alone.
static double
chance_again(uint32_t size, bool seeders)
{
	double leechers = seeders ? size / 2.0 : size, others = size - leechers;
	double any = leechers * pair_chance(size - 1); // meetings of any two peers
	double both = any + others * pair_chance(leechers); // of two leechers
	double pairs_both = leechers * leechers, pairs_any = (double)size * size - pairs_both;

	return (pairs_both * both * both + pairs_any * any * any)
		/ (pairs_both * both + pairs_any * any);
}

static void
check_meetings(uint32_t size, bool seeders)
{
	struct swarm_sizes sizes = swarm_sizes_ample(FAMILY_IPV4, false, 1, size);
	struct watch watch = {.size = size, .step = size / WATCHED};
	struct swarm_fixture fixture;

	swarm_fixture_open(&fixture, &sizes);
	announce_all(&fixture, &watch, seeders); // all come
	watch.meetings = calloc((size_t)WATCHED * size, sizeof(*watch.meetings));
	assert_non_null(watch.meetings);
	announce_all(&fixture, &watch, seeders);
	double chance = chance_again(size, seeders);
	double again = met_again(&watch);

	print_message("%u peers: met again %.2f times, by chance %.2f\n", size, again, chance);
	assert_true(again < chance + AGAIN_MAX);
	free(watch.meetings);
	swarm_fixture_close(&fixture);
}

static void
test_meetings(void **state)
{
	static const uint32_t sizes[] = {100, 1000, 100000};

	(void)state;
	for (unsigned s = 0; s < RTE_DIM(sizes); s++)
		for (unsigned seeders = 0; seeders < 2; seeders++)
			check_meetings(sizes[s], seeders);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_meetings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
