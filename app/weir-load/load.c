// SPDX-License-Identifier: BSD-3-Clause

#include "load.h"

#include "options.h"

#include <rte_cycles.h>

enum {
	CLOSED_RATE = 5000000, // requests per second that the ring is sized for
	CLOSED_CAPACITY_MAX = 1 << 22, // requests
	FLIGHT_CAPACITY_MAX = 1 << 26,
};

const char *const load_phase_names[LOAD_DONE + 1] = {
	"resolving",
	"connecting",
	"warm-up",
	"measuring",
	"draining",
	"done",
};

// The ring holds the requests of one and a half time-outs, because requests may be sent later than
// they are due. A closed loop whose ring is full of lost requests waits until they time out.
static uint32_t
flight_capacity(const struct options *options)
{
	double rate = options->rate > 0 ? options->rate : CLOSED_RATE;
	double max = options->rate > 0 ? FLIGHT_CAPACITY_MAX : CLOSED_CAPACITY_MAX;
	double capacity = rate * options->timeout_ms / 1e3 * 1.5 + 4.0 * PORT_BURST;

	return (uint32_t)RTE_MAX(RTE_MIN(capacity, max), 2.0 * options->window);
}

void
load_init(
	struct load *load,
	const struct options *options,
	struct port *port,
	struct results *results
)
{
	*load = (struct load){
		.options = options,
		.port = port,
		.results = results,
		.hz = results->hz,
		.ms_of_cycle = 1e3 / results->hz,
		.timeout_tsc = (uint64_t)(options->timeout_ms * results->hz / 1e3),
	};
	load->start_tsc = load->phase_tsc = load->solicit_tsc = rte_rdtsc();
	flight_init(&load->flight, flight_capacity(options));
	generator_init(&load->generator, options, &load->flight);
	reply_checks_init(&load->checks, options, &load->generator.flows, &load->flight);
	neighbour_init(&load->neighbour, options, &load->generator.flows, &port->mac);
}

void
load_free(struct load *load)
{
	port_backlog_free(&load->backlog);
	generator_free(&load->generator);
	flight_free(&load->flight);
}
