// SPDX-License-Identifier: BSD-3-Clause
// Request generator: chooses the kind of the next request, and its client.
//
// Peers announce in turn, from the first to the last, again and again. Connects renew the ids of
// flows in turn; an id that is due for renewal is renewed in place of the request that was due. A
// client without an id connects first. The same seed and the same replies make the same requests.
// Owner: the lcore that generates requests.

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

// Round robin over `count` items, beginning at `first`.
struct rotation {
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
	uint64_t abuse_below; // of 2^32: announces of abusive clients
	uint32_t scrape_hashes;
	struct rotation families[2]; // [IPv6?] flows whose ids are renewed
	uint64_t ipv6_share; // of 2^32
	struct rotation announcing; // peers
	uint32_t scraping; // peer whose torrent is the next of a scrape
	uint64_t announced; // announces generated
	uint32_t idle_flows[2]; // [IPv6?] flows without an id and without a connect in flight
	bool in_order; // no peer is skipped
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

// Each writes one request to `frame` (REQUEST_FRAME_MAX bytes), adds it to the flight, which must
// have a free slot, and returns the length of the frame; 0: no request can be sent now, because
// clients wait for their ids.
uint16_t generator_connect(struct generator *generator, uint64_t due_tsc, uint8_t *frame);
uint16_t
generator_announce(struct generator *generator, uint64_t due_tsc, uint32_t now_ms, uint8_t *frame);
uint16_t
generator_scrape(struct generator *generator, uint64_t due_tsc, uint32_t now_ms, uint8_t *frame);

// A connect of the next flow that has neither an id nor a connect in flight. 0: there is none.
uint16_t generator_first_connect(struct generator *generator, uint64_t due_tsc, uint8_t *frame);

// A datagram that the tracker must drop; it is not added to the flight.
uint16_t generator_junk(struct generator *generator, uint8_t *frame);

// Drops the id of a flow: its client connects before its next request.
void generator_disconnect(struct generator *generator, uint32_t flow);

// Ends a connect. `id`: in the byte order of a datagram; NULL: the connect failed.
void
generator_connected(struct generator *generator, uint32_t flow, const void *id, uint32_t now_ms);

// True once every client has an id or a connect in flight.
static inline bool
generator_is_connected(const struct generator *generator)
{
	return generator->idle_flows[0] + generator->idle_flows[1] == 0;
}
