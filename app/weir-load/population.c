// SPDX-License-Identifier: BSD-3-Clause

#include "population.h"

#include "../common/memory.h"
#include "options.h"
#include "popularity.h"

enum { PORTS = 65535 }; // 1 to 65535

// Peer `number` of its address family: one for each client in turn, with another port each round.
static void
place_peer(struct peer *peer, uint32_t number, uint32_t clients, bool ipv6, uint64_t seed)
{
	uint32_t client = number % clients, round = number / clients;
	uint32_t first = (uint32_t)population_word(seed, client) % PORTS;

	peer->flow = ipv6 ? clients + client : client;
	peer->port = rte_cpu_to_be_16((uint16_t)(1 + (first + round) % PORTS));
	peer->state = ipv6 ? PEER_IPV6 : 0;
}

void
population_init(struct population *population, const struct options *options)
{
	struct rng rng = {population_word(options->seed, 0)};
	struct popularity popularity;
	uint64_t seeders = (uint64_t)(options->seeders / 100 * 0x1p32);
	uint32_t numbers[2] = {0, 0}; // of the next peer of each family
	double ipv6_due = 0;

	*population = (struct population){
		.info_hash_seed = population_word(options->seed, 1),
		.peer_id_seed = population_word(options->seed, 2),
		.torrent_count = options->torrents,
		.peer_count = options->peers,
		.peers = memory_map(sizeof(struct peer) * options->peers),
	};
	popularity_init(&popularity, options->torrents, options->peers);
	for (uint32_t i = 0; i < options->peers; i++) {
		struct peer *peer = &population->peers[i];

		ipv6_due += options->ipv6_share / 100;
		bool ipv6 = ipv6_due >= 1;

		ipv6_due -= ipv6;
		place_peer(peer, numbers[ipv6]++, options->clients, ipv6, options->seed);
		peer->torrent = options->popularity == POPULARITY_UNIFORM
			? i % options->torrents
			: popularity_draw(&popularity, &rng);
		if ((uint32_t)rng_next(&rng) < seeders)
			peer->state |= PEER_SEEDER;
	}
}

void
population_free(struct population *population)
{
	memory_unmap(population->peers, sizeof(struct peer) * population->peer_count);
	population->peers = NULL;
}
