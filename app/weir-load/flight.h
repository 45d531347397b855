// SPDX-License-Identifier: BSD-3-Clause
// Requests in flight: what was asked, until the reply comes or the time is up.
//
// Requests are numbered; the number is the transaction id, and its low bits are the place in a
// ring. Requests get older towards the ring's tail, so whoever has waited too long is found there
// and nowhere else. The ring has room for all that can be sent within a time-out.
// One owner: the lcore that makes requests.

#pragma once

#include "kind.h"

#include <rte_byteorder.h>
#include <rte_prefetch.h>

#include <stdbool.h>
#include <stdint.h>

enum flight_state {
	FLIGHT_EMPTY, // never used
	FLIGHT_WAITING,
	FLIGHT_ANSWERED,
	FLIGHT_LOST,
};

struct asked {
	uint64_t due_tsc; // when the request should have been sent
	uint32_t flow;
	rte_be16_t port; // announce: the port it says
	uint8_t kind : 2; // enum kind
	uint8_t state : 2; // enum flight_state
	uint8_t part : 1; // of the run, which counts it: see results.h
	uint8_t hashes; // scrape: how many
};

#define FLIGHT_JUNK UINT32_C(0x80000000) // this bit is set in transaction ids of junk alone

struct flight {
	struct asked *ring; // [mask + 1]
	uint32_t mask;
	uint32_t head; // number of the next request; numbers have 31 bits
	uint32_t tail; // number of the oldest that may be waiting
	uint32_t waiting;
	uint8_t part; // given to new requests
};

// Room for at least `room` requests.
void flight_init(struct flight *flight, uint32_t room);
void flight_free(struct flight *flight);

static inline struct asked *
flight_at(const struct flight *flight, uint32_t number)
{
	return &flight->ring[number & flight->mask];
}

static inline uint32_t
flight_used(const struct flight *flight)
{
	return (flight->head - flight->tail) & ~FLIGHT_JUNK;
}

static inline uint32_t
flight_room(const struct flight *flight)
{
	return flight->mask + 1 - flight_used(flight);
}

// Takes off: the caller fills in the rest of the slot. There must be room.
static inline struct asked *
flight_add(struct flight *flight, uint64_t due_tsc, rte_be32_t *transaction_id)
{
	uint32_t number = flight->head;
	struct asked *asked = flight_at(flight, number);

	flight->head = (number + 1) & ~FLIGHT_JUNK;
	flight->waiting++;
	asked->due_tsc = due_tsc;
	asked->state = FLIGHT_WAITING;
	asked->part = flight->part;
	*transaction_id = rte_cpu_to_be_32(number);
	return asked;
}

enum flight_find {
	FLIGHT_FOUND,
	FLIGHT_LATE, // it had been given up, or answered so long ago that nobody knows
	FLIGHT_UNKNOWN, // never asked, or answered before
};

// The request that a reply names. Only a FLIGHT_FOUND one is waiting.
static inline enum flight_find
flight_find(const struct flight *flight, uint32_t number, struct asked **asked)
{
	uint32_t age = (flight->head - number - 1) & ~FLIGHT_JUNK; // 0: the last one

	*asked = flight_at(flight, number);
	if (number & FLIGHT_JUNK || age > FLIGHT_JUNK / 2)
		return FLIGHT_UNKNOWN;
	if (age > flight->mask) // its slot is another's now
		return FLIGHT_LATE;
	if ((*asked)->state == FLIGHT_WAITING)
		return FLIGHT_FOUND;
	return (*asked)->state == FLIGHT_LOST ? FLIGHT_LATE : FLIGHT_UNKNOWN;
}

static inline void
flight_land(struct flight *flight, struct asked *asked)
{
	asked->state = FLIGHT_ANSWERED;
	flight->waiting--;
}

// The oldest request if it was due before `since_tsc` and still waits: it is lost now. NULL: none.
// To be called until there is none.
struct asked *flight_expire(struct flight *flight, uint64_t since_tsc);
