// SPDX-License-Identifier: BSD-3-Clause
// What each lcore of a plan has to do when the tables are full, and what it can do. Shares and rates are expectations,
// not measured on hardware.
//
// Clients spread evenly over ports, and over the queues of a port; torrents spread evenly over workers.

#pragma once

#include "../weir.h"

struct plan_rate {
	const char *device; // card or virtual
	const char *role; // io, worker, both
	uint32_t requests_s;
	const char *source; // what was measured
};

struct plan_load {
	double clients; // share of them whose requests it receives
	double torrents; // share of them that it has
	double requests_s; // that it receives; of a worker alone: announces that it gets
	const struct plan_rate *rate; // what it can do
};

// Of all lcores together, with full tables: each peer announces once in tracker.interval, after a connect.
double plan_load_requests(const struct config *config);

// Of an lcore, by its index in the plan.
struct plan_load plan_load_of(const struct weir *weir, unsigned lcore);

// Requests/s that the io lcores, or the workers if these are fewer, can do together.
double plan_load_limit(const struct weir *weir);
