// SPDX-License-Identifier: BSD-3-Clause
// What is asked next: the mix of kinds, and whose turn it is.
//
// Peers announce in turn, from the first to the last and again. Connects renew the ids of flows in
// turn, and an id about to grow old is renewed in place of whatever else was due. A client without
// an id connects before it asks. The same seed and the same replies make the same requests.
// One owner: the lcore that makes requests.

#pragma once

#include "flight.h"
#include "flows.h"
#include "kind.h"
#include "mix.h"
#include "population.h"
#include "request.h"

#include <stdbool.h>
#include <stdint.h>

struct options;

// A walk around a circle of `count` items from `first` on.
struct turn {
	uint32_t first, count, next;
};

struct generator {
	struct population population;
	struct flows flows;
	struct requests requests;
	struct flight *flight;
	struct rng rng;
	struct mix mix;
	uint64_t stopped_below; // of 2^32
	uint64_t completed_below; // of 2^32, stopped included
	uint32_t scrape_hashes;
	struct turn families[2]; // whose id is renewed next
	uint64_t ipv6_share; // of 2^32
	struct turn announcing; // peers
	uint32_t scraping; // the peer whose torrent is asked for next
	uint64_t announced; // announces made
	uint32_t idle_flows[2]; // of each family: have no id and have not asked for one
	bool in_order; // no peer is passed over
};

void
generator_init(struct generator *generator, const struct options *options, struct flight *flight);
void generator_free(struct generator *generator);

// Draws the kinds of the next `count` requests: counts[k] of kind k. A burst is written kind by
// kind, which spares an unpredictable branch for each request; the sender shuffles it.
static inline void
generator_draw(struct generator *generator, uint32_t count, uint32_t counts[KIND_COUNT])
{
	mix_draw(&generator->mix, &generator->rng, count, counts);
}

// Each writes one request to `frame` (REQUEST_FRAME_MAX bytes of room), takes it off in the flight,
// where there must be room, and returns the length of the frame; 0: there is nothing to ask now,
// because clients wait for their ids.
uint16_t generator_connect(struct generator *generator, uint64_t due_tsc, uint8_t *frame);
uint16_t
generator_announce(struct generator *generator, uint64_t due_tsc, uint32_t now_ms, uint8_t *frame);
uint16_t
generator_scrape(struct generator *generator, uint64_t due_tsc, uint32_t now_ms, uint8_t *frame);

// The next flow of all that has no id and asks for none: connects. 0: each has, or has asked.
uint16_t generator_first_connect(struct generator *generator, uint64_t due_tsc, uint8_t *frame);

// One that nobody should answer; it is not in the flight.
uint16_t generator_junk(struct generator *generator, uint8_t *frame);

// Its id is worth nothing: the client connects before it asks again.
void generator_disconnect(struct generator *generator, uint32_t flow);

// A connect's end, good or not: `id` as it lies in the datagram; NULL: none came.
void
generator_connected(struct generator *generator, uint32_t flow, const void *id, uint32_t now_ms);

// Every client has had its chance of an id; those of lost connects have another.
static inline bool
generator_is_connected(const struct generator *generator)
{
	return generator->idle_flows[0] + generator->idle_flows[1] == 0;
}
