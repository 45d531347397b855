// SPDX-License-Identifier: BSD-3-Clause

#include "population.h"

#include "../common/memory.h"
#include "options.h"
#include "popularity.h"

enum { PORTS = 65535 }; // 1 to 65535

// Consecutive flows.
struct clients {
	uint32_t first, count;
};

// Peer `number` of some clients: one for each client in turn, with another port each round.
static void
place_peer(
	struct peer *peer,
	uint32_t number,
	const struct clients *clients,
	bool ipv6,
	uint64_t seed
)
{
	uint32_t client = number % clients->count, round = number / clients->count;
	uint32_t first = (uint32_t)population_word(seed, client) % PORTS;

	peer->flow = clients->first + client;
	peer->port = rte_cpu_to_be_16((uint16_t)(1 + (first + round) % PORTS));
	peer->state = ipv6 ? PEER_IPV6 : 0;
}

// Peers of abusive clients announce any torrent.
static void
add_abusive_peers(struct population *population, const struct options *options, struct rng *rng)
{
	const struct clients clients = {0, options->abusers};

	for (uint32_t i = 0; i < population->abusive_count; i++) {
		struct peer *peer = &population->peers[population->peer_count + i];

		place_peer(peer, i, &clients, false, options->seed);
		peer->torrent = rng_below(rng, options->torrents);
	}
}

void
population_init(struct population *population, const struct options *options)
{
	struct rng rng = {population_word(options->seed, 0)};
	struct popularity popularity;
	uint64_t seeders = (uint64_t)(options->seeders / 100 * 0x1p32);
	uint32_t numbers[2] = {0, 0}; // of the next peer of each family
	const struct clients clients[2] = {
		{options->abusers, options->clients - options->abusers},
		{options->clients, options->clients},
	};
	uint32_t abusive = options->abusers * POPULATION_ABUSIVE_PEERS;
	double ipv6_due = 0;

	*population = (struct population){
		.info_hash_seed = population_word(options->seed, 1),
		.peer_id_seed = population_word(options->seed, 2),
		.torrent_count = options->torrents,
		.peer_count = options->peers,
		.abusive_count = abusive,
		.peers = memory_map(sizeof(struct peer) * ((size_t)options->peers + abusive)),
	};
	popularity_init(&popularity, options->torrents, options->peers);
	for (uint32_t i = 0; i < options->peers; i++) {
		struct peer *peer = &population->peers[i];

		ipv6_due += options->ipv6_share / 100;
		bool ipv6 = ipv6_due >= 1;

		ipv6_due -= ipv6;
		place_peer(peer, numbers[ipv6]++, &clients[ipv6], ipv6, options->seed);
		peer->torrent = options->popularity == POPULARITY_UNIFORM
			? i % options->torrents
			: popularity_draw(&popularity, &rng);
		if ((uint32_t)rng_next(&rng) < seeders)
			peer->state |= PEER_SEEDER;
	}
	add_abusive_peers(population, options, &rng);
}

void
population_free(struct population *population)
{
	memory_unmap(
		population->peers,
		sizeof(struct peer) * ((size_t)population->peer_count + population->abusive_count)
	);
	population->peers = NULL;
}
