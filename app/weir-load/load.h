// SPDX-License-Identifier: BSD-3-Clause
// A run under load: its parts and its state.
//
// Owner: the polling lcore. Fields that the main lcore reads or writes say so.

#pragma once

#include "flight.h"
#include "generator.h"
#include "neighbour.h"
#include "pace.h"
#include "port.h"
#include "reply.h"
#include "results.h"

#include <stdbool.h>
#include <stdint.h>

// Phases of a run, in order.
enum load_phase {
	LOAD_RESOLVE, // finds the tracker's MAC address
	LOAD_CONNECT, // every client gets its first connection id
	LOAD_WARM_UP, // load, not measured
	LOAD_MEASURE,
	LOAD_DRAIN, // nothing is sent; requests in flight are answered or time out
	LOAD_DONE,
};

extern const char *const load_phase_names[LOAD_DONE + 1];

struct load {
	const struct options *options;
	struct port *port;
	struct results *results; // read by the main lcore
	struct generator generator;
	struct flight flight;
	struct pace pace;
	struct reply_checks checks;
	struct neighbour neighbour;
	double hz, ms_of_cycle;
	uint64_t start_tsc;
	uint64_t now_tsc; // read once a turn
	uint32_t now_ms; // since the start
	uint64_t timeout_tsc;
	enum load_phase phase; // read by the main lcore
	uint64_t phase_tsc; // start of the phase
	uint64_t solicit_tsc; // when the next ARP request or solicitation is due
	uint64_t last_reply_tsc;
	uint64_t replies_before; // results->good_replies and `sent` at the start of the measurement
	uint64_t sent_before;
	uint64_t sent; // requests, since the start
	const char *failure; // why the run ended early
	bool stop; // set by the main lcore: end early
	struct port_backlog backlog;
};

void load_init(
	struct load *load,
	const struct options *options,
	struct port *port,
	struct results *results
);
void load_free(struct load *load);

// The counts of requests of the same part, kind and address family.
static inline struct tally *
load_tally(struct load *load, const struct pending *pending)
{
	return results_tally(load->results, pending, &load->generator.flows);
}
