// SPDX-License-Identifier: BSD-3-Clause
// Clients: each connects, announces and scrapes on its own, waits for replies, sends again as BEP 15 has it, keeps its
// connection id for a minute or far too long, and leaves. What one does is decided by its own random numbers, so that it
// does the same whatever the others do.

#pragma once

#include "wire.h"

#include <stdbool.h>
#include <stdint.h>

struct clients_plan {
	uint32_t count;
	uint32_t rate; // requests a virtual second, of all together, about
	uint32_t acts; // after this many each falls silent; 0: never
	bool careful; // goes on asking until there is a reply, and leaves nothing to chance
};

void clients_open(uint64_t seed, const struct clients_plan *plan);

// Called by the wire.
void client_wake(uint32_t client);
void client_answer(const struct wire_reply *reply);

// One sends this many requests at once.
void clients_flood(uint32_t client, unsigned requests);

uint32_t clients_count(void);

// Those that still have something to do.
uint32_t clients_left(void);

// Replies that they got, by kind.
uint64_t clients_replies(enum reply_kind kind);
