// SPDX-License-Identifier: BSD-3-Clause
// app/weir-load/popularity.c and population.c: the formula, distinct peers, shares, repeatability.

#include "../../app/weir-load/flows.h"
#include "../../app/weir-load/options.h"
#include "../../app/weir-load/popularity.h"
#include "../../app/weir-load/population.h"
#include "../support/cmocka_wrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct options options;

static int
setup(void **state)
{
	char *argv[] = {(char[]){"weir-load"}, NULL};

	(void)state;
	assert_true(options_parse(&options, 1, argv, stderr));
	options.clients = 1000;
	options.torrents = 5000;
	options.peers = 30000;
	return 0;
}

// Draws per hundredth of the torrents against the sums of the published weights.
static void
test_popularity_follows_its_formula(void **state)
{
	enum { TORRENTS = 10000, PEERS = 20000, DRAWS = 1000000, CELLS = 100 };
	struct popularity popularity;
	struct rng rng = {3};
	double weights[CELLS] = {0}, all = 0, statistic = 0;
	uint32_t counts[CELLS] = {0};

	(void)state;
	for (uint32_t i = 0; i < TORRENTS; i++) {
		double weight = (double)TORRENTS / PEERS + exp(6.5 - 500.0 * i / TORRENTS);

		weights[i / (TORRENTS / CELLS)] += weight;
		all += weight;
	}
	popularity_init(&popularity, TORRENTS, PEERS);
	for (uint32_t i = 0; i < DRAWS; i++) {
		uint32_t torrent = popularity_draw(&popularity, &rng);

		assert_true(torrent < TORRENTS);
		counts[torrent / (TORRENTS / CELLS)]++;
	}
	for (unsigned i = 0; i < CELLS; i++) {
		double expected = weights[i] / all * DRAWS;

		statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
	}
	assert_true(statistic < 150); // 99 degrees of freedom: exceeded once in 1600 seeds
}

// The hottest torrents one by one, where the formula is steepest.
static void
test_hottest_torrents(void **state)
{
	enum { TORRENTS = 10000, PEERS = 20000, DRAWS = 1000000 };
	struct popularity popularity;
	struct rng rng = {4};
	uint32_t counts[40] = {0};
	double all = 0;

	(void)state;
	for (uint32_t i = 0; i < TORRENTS; i++)
		all += (double)TORRENTS / PEERS + exp(6.5 - 500.0 * i / TORRENTS);
	popularity_init(&popularity, TORRENTS, PEERS);
	for (uint32_t i = 0; i < DRAWS; i++) {
		uint32_t torrent = popularity_draw(&popularity, &rng);

		if (torrent < RTE_DIM(counts))
			counts[torrent]++;
	}
	for (uint32_t i = 0; i < RTE_DIM(counts); i++) {
		double expected =
			((double)TORRENTS / PEERS + exp(6.5 - 500.0 * i / TORRENTS)) / all * DRAWS;

		assert_true(fabs(counts[i] - expected) < 5 * sqrt(expected));
	}
}

static int
compare_peers(const void *a, const void *b)
{
	const struct peer *x = a, *y = b;

	if (x->flow != y->flow)
		return x->flow < y->flow ? -1 : 1;
	return (x->port > y->port) - (x->port < y->port);
}

static void
test_peers_are_distinct(void **state)
{
	struct population population;

	(void)state;
	options.ipv6_share = 30;
	population_init(&population, &options);
	qsort(population.peers, population.peer_count, sizeof(struct peer), compare_peers);
	for (uint32_t i = 0; i < population.peer_count; i++) {
		const struct peer *peer = &population.peers[i];

		assert_true(peer->port != 0);
		assert_true(peer->flow < 2 * options.clients);
		assert_true((peer->flow >= options.clients) == ((peer->state & PEER_IPV6) != 0));
		assert_true(i == 0 || compare_peers(peer - 1, peer) < 0);
	}
	population_free(&population);
}

// Every port of one client: as many peers as there can be.
static void
test_as_many_peers_as_ports(void **state)
{
	struct population population;

	(void)state;
	options.clients = 1;
	options.peers = 65535;
	population_init(&population, &options);
	qsort(population.peers, population.peer_count, sizeof(struct peer), compare_peers);
	for (uint32_t i = 1; i < population.peer_count; i++)
		assert_true(compare_peers(&population.peers[i - 1], &population.peers[i]) < 0);
	population_free(&population);
}

// Abusive clients have peers of their own, and the others share the rest.
static void
test_abusive_peers(void **state)
{
	struct population population;

	(void)state;
	options.abusers = 10;
	population_init(&population, &options);
	assert_int_equal(population.abusive_count, 10 * POPULATION_ABUSIVE_PEERS);
	uint32_t all = population.peer_count + population.abusive_count;

	for (uint32_t i = 0; i < all; i++)
		assert_int_equal(
			population.peers[i].flow < options.abusers, i >= population.peer_count
		);
	qsort(population.peers, all, sizeof(struct peer), compare_peers);
	for (uint32_t i = 1; i < all; i++)
		assert_true(compare_peers(&population.peers[i - 1], &population.peers[i]) < 0);
	population_free(&population);
}

static void
count_peers(uint32_t *seeders, uint32_t *ipv6)
{
	struct population population;

	population_init(&population, &options);
	*seeders = *ipv6 = 0;
	for (uint32_t i = 0; i < population.peer_count; i++) {
		*seeders += (population.peers[i].state & PEER_SEEDER) != 0;
		*ipv6 += (population.peers[i].state & PEER_IPV6) != 0;
	}
	population_free(&population);
}

static void
test_shares(void **state)
{
	uint32_t seeders, ipv6;

	(void)state;
	options.ipv6_share = 40;
	count_peers(&seeders, &ipv6);
	assert_true(abs((int)seeders - 22500) < 400);
	assert_true(abs((int)ipv6 - 12000) <= 1);
	options.seeders = 0;
	options.ipv6_share = 0;
	count_peers(&seeders, &ipv6);
	assert_int_equal(seeders, 0);
	assert_int_equal(ipv6, 0);
	options.seeders = 100;
	options.ipv6_share = 100;
	count_peers(&seeders, &ipv6);
	assert_int_equal(seeders, 30000);
	assert_int_equal(ipv6, 30000);
}

static void
test_uniform(void **state)
{
	struct population population;

	(void)state;
	options.popularity = POPULARITY_UNIFORM;
	population_init(&population, &options);
	for (uint32_t i = 0; i < population.peer_count; i++)
		assert_int_equal(population.peers[i].torrent, i % options.torrents);
	population_free(&population);
}

static void
test_same_seed_same_peers(void **state)
{
	struct population one, same, other;

	(void)state;
	population_init(&one, &options);
	population_init(&same, &options);
	options.seed = 2;
	population_init(&other, &options);
	assert_memory_equal(one.peers, same.peers, sizeof(struct peer) * options.peers);
	assert_memory_not_equal(one.peers, other.peers, sizeof(struct peer) * options.peers);
	struct info_hash_words a = population_info_hash(&one, 5),
			       b = population_info_hash(&same, 5);
	struct info_hash_words c = population_info_hash(&other, 5);

	assert_true(a.first == b.first && a.second == b.second && a.third == b.third);
	assert_true(a.first != c.first);
	assert_true(a.first != population_info_hash(&one, 6).first);
	population_free(&one);
	population_free(&same);
	population_free(&other);
}

static void
test_addresses_and_back(void **state)
{
	struct flows flows;

	(void)state;
	flows_init(&flows, &options);
	assert_int_equal(flow_ipv4(&flows, 0), RTE_BE32(0xc6120001));
	for (uint32_t f = 0; f < options.clients; f++) {
		uint32_t g = options.clients + f;

		assert_int_equal(flows_find_ipv4(&flows, flow_ipv4(&flows, f)), f);
		assert_int_equal(
			flows_find_ipv6(&flows, flow_ipv6_high(&flows, g), FLOW_IPV6_LOW), g
		);
		assert_true(rte_be_to_cpu_16(flows.items[f].port) >= 1024);
	}
	assert_int_equal(flows_find_ipv4(&flows, RTE_BE32(0xc6120000)), -1);
	assert_int_equal(flows_find_ipv4(&flows, RTE_BE32(0xc6120001 + 1000)), -1);
	assert_int_equal(flows_find_ipv6(&flows, flow_ipv6_high(&flows, 1000), 0), -1);
	flows_free(&flows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_popularity_follows_its_formula, setup),
		cmocka_unit_test_setup(test_hottest_torrents, setup),
		cmocka_unit_test_setup(test_peers_are_distinct, setup),
		cmocka_unit_test_setup(test_as_many_peers_as_ports, setup),
		cmocka_unit_test_setup(test_abusive_peers, setup),
		cmocka_unit_test_setup(test_shares, setup),
		cmocka_unit_test_setup(test_uniform, setup),
		cmocka_unit_test_setup(test_same_seed_same_peers, setup),
		cmocka_unit_test_setup(test_addresses_and_back, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
