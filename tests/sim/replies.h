// SPDX-License-Identifier: BSD-3-Clause
// Judges frames that Weir has sent: headers and checksums, byte by byte from the RFCs, and that each reply is the one
// that its request may have, by what is known of the flight. No code of lib/ is called.

#pragma once

#include "flight.h"

#include <stdint.h>

// What a client learns from a reply.
enum reply_kind { REPLY_CONNECT, REPLY_ANNOUNCE, REPLY_SCRAPE, REPLY_ERROR };

struct reply {
	enum reply_kind kind;
	uint64_t id; // of a connect
	unsigned verdict; // that it counts as
};

// A datagram of the tracker that goes out in the mbuf of its request. Fails the simulation if it may not.
void
reply_judge(const struct flight *flight, const uint8_t *bytes, unsigned len, struct reply *reply);

// The states that the connection id of a request may be in when it is looked at (bits).
enum { ID_GOOD = 1, ID_EXPIRED = 2, ID_FORGED = 4 };

unsigned reply_id_states(const struct flight *flight);

// The wall clock was set: ids that are under way may be in any state.
void replies_clock_stepped(void);
uint32_t replies_clock_steps(void);
