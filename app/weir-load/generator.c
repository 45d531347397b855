// SPDX-License-Identifier: BSD-3-Clause

#include "generator.h"

#include "options.h"

#include <rte_branch_prediction.h>

#include <string.h>

enum { SKIP_MAX = 8 }; // peers whose clients wait for an id

static uint64_t
share_of_32_bits(double percent)
{
	return (uint64_t)(percent / 100 * 0x1p32);
}

static bool
family_is_used(const struct generator *generator, unsigned ipv6)
{
	return ipv6 ? generator->ipv6_share > 0 : generator->ipv6_share < UINT64_C(1) << 32;
}

void
generator_init(struct generator *generator, const struct options *options, struct flight *flight)
{
	*generator = (struct generator){
		.flight = flight,
		.rng = {population_word(options->seed, 4)},
		.stopped_below = share_of_32_bits(options->stopped),
		.completed_below = share_of_32_bits(options->stopped + options->completed),
		.abuse_below = options->abusers > 0 ? share_of_32_bits(options->abuse) : 0,
		.scrape_hashes = options->scrape_hashes,
		.families = {{0, options->clients, 0}, {options->clients, options->clients, 0}},
		.ipv6_share = share_of_32_bits(options->ipv6_share),
		.announcing = {0, options->peers, 0},
		.in_order = options->fill,
	};
	mix_init(&generator->mix, options);
	population_init(&generator->population, options);
	flows_init(&generator->flows, options);
	for (unsigned i = 0; i < 2; i++)
		if (family_is_used(generator, i))
			generator->idle_flows[i] = options->clients;
}

void
generator_free(struct generator *generator)
{
	population_free(&generator->population);
	flows_free(&generator->flows);
}

static inline uint32_t *
idle_flows(struct generator *generator, uint32_t flow)
{
	return &generator->idle_flows[flow_is_ipv6(&generator->flows, flow)];
}

static inline uint32_t
rotation_next(struct rotation *rotation)
{
	uint32_t item = rotation->first + rotation->next;

	rotation->next = rotation->next + 1 < rotation->count ? rotation->next + 1 : 0;
	return item;
}

static inline bool
draw_below(struct generator *generator, uint64_t below)
{
	return (uint32_t)rng_next(&generator->rng) < below;
}

static inline struct pending *
begin_request(
	struct generator *generator,
	enum kind kind,
	uint32_t flow,
	uint64_t due_tsc,
	struct request_head *head
)
{
	struct pending *pending = flight_add(generator->flight, due_tsc, &head->transaction_id);

	head->flows = &generator->flows;
	head->flow = flow;
	pending->flow = flow;
	pending->kind = kind;
	return pending;
}

static uint16_t
connect_flow(struct generator *generator, uint32_t flow, uint64_t due_tsc, uint8_t *frame)
{
	struct flow *item = &generator->flows.items[flow];
	struct request_head head;

	begin_request(generator, KIND_CONNECT, flow, due_tsc, &head);
	*idle_flows(generator, flow) -= !item->connected && !item->connecting;
	item->connecting = true;
	return request_connect(&generator->requests, &head, frame);
}

// Draws an address family by its share of the requests.
static struct rotation *
draw_family(struct generator *generator)
{
	if (generator->ipv6_share == 0)
		return &generator->families[0];
	return &generator->families[draw_below(generator, generator->ipv6_share)];
}

uint16_t
generator_connect(struct generator *generator, uint64_t due_tsc, uint8_t *frame)
{
	return connect_flow(generator, rotation_next(draw_family(generator)), due_tsc, frame);
}

uint16_t
generator_first_connect(struct generator *generator, uint64_t due_tsc, uint8_t *frame)
{
	for (unsigned i = 0; i < 2; i++) {
		struct rotation *rotation = &generator->families[i];

		for (uint32_t n = 0; generator->idle_flows[i] > 0 && n < rotation->count; n++) {
			uint32_t flow = rotation_next(rotation);

			if (!generator->flows.items[flow].connected
			    && !generator->flows.items[flow].connecting)
				return connect_flow(generator, flow, due_tsc, frame);
		}
	}
	return 0;
}

// A connect for the next flow in the rotation if its id is due for renewal; else 0.
static inline uint16_t
renew(struct generator *generator, uint64_t due_tsc, uint32_t now_ms, uint8_t *frame)
{
	struct rotation *rotation = draw_family(generator);
	uint32_t flow = rotation->first + rotation->next;

	if (likely(flow_is_fresh(&generator->flows.items[flow], now_ms, FLOW_RENEW_MS))
	    || generator->flows.items[flow].connecting)
		return 0;
	return connect_flow(generator, rotation_next(rotation), due_tsc, frame);
}

// The event of the next announce of a peer; updates the state of the peer.
static inline enum bep15_event
next_event(struct generator *generator, struct peer *peer)
{
	if (!(peer->state & PEER_STARTED)) {
		peer->state |= PEER_STARTED;
		return BEP15_EVENT_STARTED;
	}
	if (likely(generator->completed_below == 0))
		return BEP15_EVENT_NONE;
	uint32_t draw = (uint32_t)rng_next(&generator->rng);

	if (draw < generator->stopped_below) {
		peer->state &= (uint8_t)~PEER_STARTED;
		return BEP15_EVENT_STOPPED;
	}
	if (draw >= generator->completed_below || peer->state & PEER_SEEDER)
		return BEP15_EVENT_NONE;
	peer->state |= PEER_SEEDER;
	return BEP15_EVENT_COMPLETED;
}

static uint16_t
announce(struct generator *generator, uint32_t number, uint64_t due_tsc, uint8_t *frame)
{
	struct peer *peer = &generator->population.peers[number];
	enum bep15_event event = next_event(generator, peer);
	struct request_head head;
	struct pending *pending =
		begin_request(generator, KIND_ANNOUNCE, peer->flow, due_tsc, &head);

	pending->port = peer->port;
	generator->announced++;
	return request_announce(
		&generator->requests, &head, &generator->population, number, event, frame
	);
}

// An announce of an abusive client, or its connect. 0: it waits for its id.
static uint16_t
abuse(struct generator *generator, uint64_t due_tsc, uint32_t now_ms, uint8_t *frame)
{
	const struct population *population = &generator->population;
	uint32_t number =
		population->peer_count + rng_below(&generator->rng, population->abusive_count);
	uint32_t flow = population->peers[number].flow;

	if (flow_is_fresh(&generator->flows.items[flow], now_ms, FLOW_STALE_MS))
		return announce(generator, number, due_tsc, frame);
	if (!generator->flows.items[flow].connecting)
		return connect_flow(generator, flow, due_tsc, frame);
	return 0;
}

uint16_t
generator_announce(struct generator *generator, uint64_t due_tsc, uint32_t now_ms, uint8_t *frame)
{
	struct rotation *rotation = &generator->announcing;
	uint16_t len = 0;

	if (unlikely(generator->abuse_below > 0) && draw_below(generator, generator->abuse_below))
		len = abuse(generator, due_tsc, now_ms, frame);
	if (len == 0)
		len = renew(generator, due_tsc, now_ms, frame);
	if (unlikely(len != 0))
		return len;
	for (unsigned i = 0; i < SKIP_MAX; i++) {
		uint32_t number = rotation->next;
		uint32_t flow = generator->population.peers[number].flow;

		if (likely(flow_is_fresh(&generator->flows.items[flow], now_ms, FLOW_STALE_MS))) {
			rotation_next(rotation);
			return announce(generator, number, due_tsc, frame);
		}
		if (!generator->flows.items[flow].connecting)
			return connect_flow(generator, flow, due_tsc, frame);
		if (generator->in_order)
			return 0;
		rotation_next(rotation);
	}
	return 0;
}

uint16_t
generator_scrape(struct generator *generator, uint64_t due_tsc, uint32_t now_ms, uint8_t *frame)
{
	uint32_t first = generator->scraping;
	uint32_t flow = generator->population.peers[first].flow;
	unsigned hashes = 1 + rng_below(&generator->rng, generator->scrape_hashes);
	struct request_head head;

	generator->scraping =
		(uint32_t)(((uint64_t)first + hashes) % generator->population.peer_count);
	if (unlikely(!flow_is_fresh(&generator->flows.items[flow], now_ms, FLOW_STALE_MS))) {
		if (generator->flows.items[flow].connecting)
			return 0;
		return connect_flow(generator, flow, due_tsc, frame);
	}
	begin_request(generator, KIND_SCRAPE, flow, due_tsc, &head)->hashes = (uint8_t)hashes;
	return request_scrape(
		&generator->requests, &head, &generator->population, first, hashes, frame
	);
}

uint16_t
generator_junk(struct generator *generator, uint8_t *frame)
{
	uint32_t peer = rng_below(&generator->rng, generator->population.peer_count);
	enum junk junk = rng_below(&generator->rng, JUNK_COUNT);
	struct request_head head = {
		.flows = &generator->flows,
		.flow = generator->population.peers[peer].flow,
		.transaction_id =
			rte_cpu_to_be_32(FLIGHT_JUNK | (uint32_t)rng_next(&generator->rng)),
	};

	return request_junk(
		&generator->requests,
		&head,
		&generator->population,
		peer,
		junk,
		&generator->rng,
		frame
	);
}

void
generator_disconnect(struct generator *generator, uint32_t flow)
{
	struct flow *item = &generator->flows.items[flow];

	*idle_flows(generator, flow) += item->connected && !item->connecting;
	item->connected = false;
}

void
generator_connected(struct generator *generator, uint32_t flow, const void *id, uint32_t now_ms)
{
	struct flow *item = &generator->flows.items[flow];

	item->connecting = false;
	if (id == NULL) {
		*idle_flows(generator, flow) += !item->connected;
		return;
	}
	memcpy(&item->id, id, sizeof(item->id));
	item->since_ms = now_ms;
	item->connected = true;
}
