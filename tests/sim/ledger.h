// SPDX-License-Identifier: BSD-3-Clause
// The books of one run of the appliance, from its start to its end: what its port has received and sent, and which
// verdicts that allows. Every packet has exactly one, and every mbuf one owner.

#pragma once

#include "packet.h"

#include <stdbool.h>
#include <stdint.h>

void ledger_open(void);

// A packet has got into a receive queue.
void ledger_received(const struct packet *packet);

// A reply to it has been sent.
void ledger_replied(const struct packet *packet, unsigned verdict);

// A frame of Weir's host stack has been sent.
void ledger_sent_other(void);

// The simulator holds mbufs of the pool (no_mbufs).
void ledger_hold(int mbufs);

// The link has come up, or Weir started: addresses may not be in use for a moment.
void ledger_addresses_missing(uint64_t until_ns);
bool ledger_misses_addresses(void); // that moment has not passed

// Between turns. `at_rest`: nothing is in a queue or a ring.
void ledger_check(bool at_rest);

uint64_t ledger_requests(void); // received in all runs
