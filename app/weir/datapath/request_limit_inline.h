// SPDX-License-Identifier: BSD-3-Clause
// Fast path of an io lcore: limits of the work of each source, and who loses under overload.

#pragma once

#include "../../../lib/bep15/request.h"
#include "../../../lib/tracker/price.h"
#include "requests_inline.h"
#include "transmit_inline.h"

static inline enum pressure_class
request_class(const struct request *request)
{
	const struct bep15_announce *announce = request->payload;

	if (request->action == BEP15_CONNECT)
		return PRESSURE_CONNECT;
	if (request->action == BEP15_SCRAPE)
		return PRESSURE_SCRAPE;
	return announce->event == rte_cpu_to_be_32(BEP15_EVENT_STARTED) ? PRESSURE_STARTED
									: PRESSURE_KNOWN;
}

// Decides about a request before its connection id is computed. A connect is charged here. Any other request
// may come from a forged address, so its source is only looked up.
static inline enum verdict
request_limit(struct io *io, const struct request *request, const struct budget_source *source)
{
	bool connect = request->action == BEP15_CONNECT;
	uint64_t tsc = io->clock.tsc;

	if (!connect && budget_is_spent(io->budget, source, tsc))
		return VERDICT_source_limited;
	if (unlikely(pressure_is_high(&io->pressure))
	    && pressure_sheds(&io->pressure, request_class(request)))
		return VERDICT_overload;
	if (connect && unlikely(!budget_take_connect(io->budget, source, tsc)))
		return VERDICT_source_limited;
	return VERDICT_NONE;
}

// Drops the requests of sources that are over their limits, and adds the connection ids of the others. All
// cells of the burst were prefetched when it was classified.
static __rte_noinline void
requests_limit(struct io *io, struct requests *requests)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < requests->count; i++) {
		struct request *request = &requests->all[i];
		enum verdict verdict = request_limit(io, request, &requests->sources[i]);

		if (unlikely(verdict != VERDICT_NONE)) {
			transmit_drop(io, request->mbuf, request->family, verdict);
			continue;
		}
		if (kept != i) {
			requests->all[kept] = *request;
			requests->sources[kept] = requests->sources[i];
		}
		request_add_id(io, requests, &requests->all[kept++]);
	}
	requests->count = kept;
}

// The price of an announce or a scrape, in sixteenths of a connect.
static inline unsigned
request_price(const struct settings_port *port, const struct request *request)
{
	const struct bep15_announce *announce = request->payload;
	enum family family = request->family;

	if (request->action == BEP15_SCRAPE)
		return price_scrape(request_scrape_count(request->len, port->scrape_rows[family]));
	return price_announce(
		family,
		request_num_want(
			announce->num_want,
			port->policy.peers_default,
			port->policy.peers_max[family]
		)
	);
}

// Charges an announce or a scrape to its source, whose address its id proves: to its budget, or to its
// connects if the id has expired. Returns false if the source is over that limit.
static inline bool
request_charge(
	struct io *io,
	const struct io_queue *queue,
	const struct request *request,
	const struct budget_source *source,
	enum connid_proof proof
)
{
	uint64_t tsc = io->clock.tsc;

	if (unlikely(proof == CONNID_EXPIRED))
		return budget_take_connect(io->budget, source, tsc);
	return budget_charge(
		io->budget, source, request_price(&io->settings->ports[queue->port], request), tsc
	);
}

// The end of a turn: the budget in force follows the pressure.
static inline void
limits_turn(struct io *io)
{
	if (pressure_turn(&io->pressure, io->clock.tsc))
		budget_press(io->budget, pressure_of_budget(&io->pressure));
}
