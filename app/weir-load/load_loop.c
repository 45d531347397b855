// SPDX-License-Identifier: BSD-3-Clause
// The loop: receive and check replies, expire requests, send new ones, go to the next phase.

#include "load_loop.h"

#include "load_receive.h"
#include "load_send.h"
#include "phases.h"

static void
expire(struct load *load)
{
	uint64_t since_tsc = load->now_tsc - load->timeout_tsc;
	struct pending *pending;

	while ((pending = flight_expire(&load->flight, since_tsc)) != NULL) {
		stats_add(&load_tally(load, pending)->lost, 1);
		if (pending->kind == KIND_CONNECT)
			generator_connected(&load->generator, pending->flow, NULL, load->now_ms);
	}
}

int
load_run(void *argument)
{
	struct load *load = argument;

	while (load->phase != LOAD_DONE) {
		load_receive(load);
		expire(load);
		load_send(load);
		phase_step(load);
	}
	return 0;
}
