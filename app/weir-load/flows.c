// SPDX-License-Identifier: BSD-3-Clause

#include "flows.h"

#include "../common/memory.h"
#include "options.h"
#include "population.h"

enum { FIRST_PORT = 1024, PORTS = 65536 - FIRST_PORT };

void
flows_init(struct flows *flows, const struct options *options)
{
	uint64_t seed = population_word(options->seed, 3);

	*flows = (struct flows){
		.items = memory_map(sizeof(struct flow) * 2 * options->clients),
		.clients = options->clients,
		.abusers = options->abusers,
		.first_ipv4 = (uint32_t)options->client_net.first + 1, // 0 is the network address
		.first_ipv6 = options->client_net6.first,
	};
	for (uint32_t f = 0; f < 2 * options->clients; f++) {
		uint32_t port = FIRST_PORT + (uint32_t)population_word(seed, f) % PORTS;

		flows->items[f].port = rte_cpu_to_be_16((uint16_t)port);
	}
}

void
flows_free(struct flows *flows)
{
	memory_unmap(flows->items, sizeof(struct flow) * 2 * flows->clients);
	flows->items = NULL;
}
