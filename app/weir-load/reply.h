// SPDX-License-Identifier: BSD-3-Clause
// What came back, held against what was asked.
//
// Every check is made of every reply, UDP checksums included. Pure: any thread, where nobody writes.

#pragma once

#include "datagram.h"
#include "flight.h"
#include "flows.h"
#include "wrong.h"

#include <rte_ether.h>

#include <stdbool.h>
#include <stdint.h>

struct options;

enum outcome_of_reply {
	REPLY_GOOD,
	REPLY_WRONG, // `wrong` says what; the request, if any, has its answer
	REPLY_EXPIRED, // "connection id expired": the client has to connect again
	REPLY_LATE, // to a request that was given up
	REPLY_REFUSED, // an error reply to junk
	REPLY_OTHER, // not a reply: a neighbour's question, or somebody else's datagram
};

struct reply {
	enum outcome_of_reply outcome;
	enum wrong wrong;
	struct asked *asked; // NULL unless it was waiting
	const uint8_t *payload;
	uint16_t len; // of the payload (bytes)
	uint16_t peers; // listed
	bool lists_self;
};

struct reply_checks {
	const struct flows *flows;
	const struct flight *flight;
	struct tracker_address tracker;
	bool allow_self;
	bool junk_asked;
	uint32_t num_want;
};

void reply_checks_init(
	struct reply_checks *checks,
	const struct options *options,
	const struct flows *flows,
	const struct flight *flight
);

// Judges a received frame of `len` bytes; 8 bytes behind it may be read, too. The slot of the
// request is not changed.
void reply_check(
	const struct reply_checks *checks,
	const uint8_t *frame,
	uint16_t len,
	struct reply *reply
);

// The transaction id of what may be a reply, so that its slot can be fetched ahead. Reads up to 70
// bytes of the frame's buffer, whatever its length.
static inline uint32_t
reply_peek(const uint8_t *frame)
{
	const struct rte_ether_hdr *ether = (const void *)frame;
	unsigned at = ether->ether_type == RTE_BE16(RTE_ETHER_TYPE_IPV6) ? 66 : 46;
	rte_be32_t transaction_id;

	__builtin_memcpy(&transaction_id, frame + at, sizeof(transaction_id));
	return rte_be_to_cpu_32(transaction_id);
}
