// SPDX-License-Identifier: BSD-3-Clause
// Requests in flight: each from the time it is sent until its reply comes or it times out.
//
// Requests are numbered; the number is the transaction id, and its low bits are the slot in a
// ring. Requests get older towards the ring's tail, so one that has timed out is found there and
// nowhere else. The ring holds all requests that can be sent within a time-out.
// Owner: the lcore that generates requests.

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

// One request.
struct pending {
	uint64_t due_tsc; // when the request should have been sent
	uint32_t flow;
	rte_be16_t port; // announce: the announced port
	uint8_t kind : 2; // enum kind
	uint8_t state : 2; // enum flight_state
	uint8_t part : 1; // of the run, which counts it: see results.h
	uint8_t hashes; // scrape: number of info_hashes
};

#define FLIGHT_JUNK UINT32_C(0x80000000) // bit of transaction ids, set in those of junk only

struct flight {
	struct pending *ring; // [mask + 1]
	uint32_t mask;
	uint32_t head; // number of the next request; numbers have 31 bits
	uint32_t tail; // number of the oldest request that may be waiting
	uint32_t waiting;
	uint8_t part; // of new requests
};

// `capacity` is rounded up to a power of two.
void flight_init(struct flight *flight, uint32_t capacity);
void flight_free(struct flight *flight);

static inline struct pending *
flight_at(const struct flight *flight, uint32_t number)
{
	return &flight->ring[number & flight->mask];
}

static inline uint32_t
flight_slots_used(const struct flight *flight)
{
	return (flight->head - flight->tail) & ~FLIGHT_JUNK;
}

static inline uint32_t
flight_slots_left(const struct flight *flight)
{
	return flight->mask + 1 - flight_slots_used(flight);
}

// Adds a request; the caller fills in the rest of its slot. There must be a free slot.
static inline struct pending *
flight_add(struct flight *flight, uint64_t due_tsc, rte_be32_t *transaction_id)
{
	uint32_t number = flight->head;
	struct pending *pending = flight_at(flight, number);

	flight->head = (number + 1) & ~FLIGHT_JUNK;
	flight->waiting++;
	pending->due_tsc = due_tsc;
	pending->state = FLIGHT_WAITING;
	pending->part = flight->part;
	*transaction_id = rte_cpu_to_be_32(number);
	return pending;
}

enum flight_find {
	FLIGHT_FOUND,
	FLIGHT_LATE, // timed out before, or so old that its slot has been used again
	FLIGHT_UNKNOWN, // never sent, or answered before
};

// Finds the request with a transaction id. It is waiting for its reply only with FLIGHT_FOUND.
static inline enum flight_find
flight_find(const struct flight *flight, uint32_t number, struct pending **pending)
{
	uint32_t age = (flight->head - number - 1) & ~FLIGHT_JUNK; // 0: the last one

	*pending = flight_at(flight, number);
	if (number & FLIGHT_JUNK || age > FLIGHT_JUNK / 2)
		return FLIGHT_UNKNOWN;
	if (age > flight->mask) // its slot belongs to a newer request
		return FLIGHT_LATE;
	if ((*pending)->state == FLIGHT_WAITING)
		return FLIGHT_FOUND;
	return (*pending)->state == FLIGHT_LOST ? FLIGHT_LATE : FLIGHT_UNKNOWN;
}

static inline void
flight_complete(struct flight *flight, struct pending *pending)
{
	pending->state = FLIGHT_ANSWERED;
	flight->waiting--;
}

// Marks the oldest waiting request as lost if it was due before `since_tsc`, and returns it; NULL:
// there is none. Call it until it returns NULL.
struct pending *flight_expire(struct flight *flight, uint64_t since_tsc);
