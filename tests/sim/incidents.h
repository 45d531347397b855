// SPDX-License-Identifier: BSD-3-Clause
// The TIMED faults: what happens to the appliance as a whole, and when it is over.

#pragma once

#include "profile.h"

#include <stdbool.h>
#include <stdint.h>

// Starts the appliance for the first time. After a crash it may have fewer workers.
void incidents_open(struct profile *profile);

// Lets happen what is due, and ends what is over. Between turns.
void incidents_run(void);

// When the next one is due or over, or UINT64_MAX.
uint64_t incidents_next_ns(void);

bool lcore_is_stalled(unsigned lcore);
bool transmit_is_full(unsigned queue);

// Everything that has begun ends, and no more happens.
void incidents_end(void);

// The end of the simulation: Weir stops in order, and its last snapshot is judged.
void incidents_stop(void);

// Whether counts of peers may be judged: nothing was purged or restored just now.
bool incidents_are_over(void);
