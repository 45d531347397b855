// SPDX-License-Identifier: BSD-3-Clause
// Replies: checks of a received frame against the request in flight.
//
// Every reply passes all checks, UDP checksums included. Pure: any thread, while the flight and the
// flows are not written.

#pragma once

#include "datagram.h"
#include "flight.h"
#include "flows.h"
#include "wrong.h"

#include <rte_ether.h>

#include <stdbool.h>
#include <stdint.h>

struct options;

enum reply_outcome {
	REPLY_GOOD,
	REPLY_WRONG, // `wrong` says why; its request, if any, is complete
	REPLY_EXPIRED, // error "connection id expired": the client must connect again
	REPLY_LATE, // to a request that has timed out
	REPLY_REFUSED, // error reply to junk
	REPLY_OTHER, // no reply: ARP, NDP, or a datagram of another host
};

struct reply {
	enum reply_outcome outcome;
	enum wrong wrong;
	struct pending *pending; // its request; NULL: none is waiting for it
	const uint8_t *payload;
	uint16_t len; // of the payload, in bytes
	uint16_t peers; // in its list
	bool lists_self;
};

struct reply_checks {
	const struct flows *flows;
	const struct flight *flight;
	struct tracker_address tracker;
	bool allow_self;
	bool junk_sent;
	uint32_t num_want;
};

void reply_checks_init(
	struct reply_checks *checks,
	const struct options *options,
	const struct flows *flows,
	const struct flight *flight
);

// Checks a received frame of `len` bytes; up to 8 bytes after it may be read, too. The request in
// flight is not changed.
void reply_check(
	const struct reply_checks *checks,
	const uint8_t *frame,
	uint16_t len,
	struct reply *reply
);

// The transaction id, if the frame is a reply: for prefetching the slot of its request. Reads up to
// 70 bytes of the frame's buffer, whatever the length of the frame.
static inline uint32_t
reply_peek(const uint8_t *frame)
{
	const struct rte_ether_hdr *ether = (const void *)frame;
	unsigned at = ether->ether_type == RTE_BE16(RTE_ETHER_TYPE_IPV6) ? 66 : 46;
	rte_be32_t transaction_id;

	__builtin_memcpy(&transaction_id, frame + at, sizeof(transaction_id));
	return rte_be_to_cpu_32(transaction_id);
}
