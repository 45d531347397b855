// SPDX-License-Identifier: BSD-3-Clause

#include "plan_load.h"

#include <string.h>

static const struct plan_rate rates[] = {
#define RATE(device, role, requests_s, source) {#device, #role, requests_s, source},
#include "rates.def"
};

static const struct plan_rate *
rate_of(const char *device, const char *role)
{
	for (unsigned i = 0; i < RTE_DIM(rates); i++)
		if (strcmp(rates[i].device, device) == 0 && strcmp(rates[i].role, role) == 0)
			return &rates[i];
	return NULL; // the table has a row for each
}

static double
announces(const struct config *config)
{
	return (double)config->max_peers / config->interval_s;
}

double
plan_load_requests(const struct config *config)
{
	return 2 * announces(config);
}

static double
clients_of(const struct weir *weir, int io)
{
	const struct config *config = weir->config;
	double share = 0;

	for (unsigned p = 0; p < config->port_count; p++) {
		unsigned queues = lcore_plan_queues(&weir->plan, p, config), own = 0;

		for (unsigned q = 0; q < queues; q++)
			own += (int)lcore_plan_poller(&weir->plan, p, q) == io;
		share += (double)own / queues / config->port_count;
	}
	return share;
}

struct plan_load
plan_load_of(const struct weir *weir, unsigned lcore)
{
	const struct lcore_role *role = &weir->plan.lcores[lcore];
	bool io = role->io != LCORE_NO_ROLE, worker = role->worker != LCORE_NO_ROLE;
	double clients = io ? clients_of(weir, role->io) : 0;
	double torrents = worker ? 1.0 / weir->plan.worker_count : 0;

	return (struct plan_load){
		.clients = clients,
		.torrents = torrents,
		.requests_s = io ? clients * plan_load_requests(weir->config)
				 : torrents * announces(weir->config),
		.rate =
			rate_of(weir->config->driver_virtual ? "virtual" : "card",
				!io		 ? "worker"
					: worker ? "both"
						 : "io"),
	};
}

double
plan_load_limit(const struct weir *weir)
{
	double io = 0, workers = 0;

	for (unsigned i = 0; i < weir->plan.count; i++) {
		const struct lcore_role *role = &weir->plan.lcores[i];
		struct plan_load load = plan_load_of(weir, i);

		if (load.clients > 0)
			io += load.rate->requests_s;
		if (role->worker != LCORE_NO_ROLE)
			workers += load.rate->requests_s;
	}
	return RTE_MIN(io, workers);
}
