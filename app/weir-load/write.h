// SPDX-License-Identifier: BSD-3-Clause
// --write: writes requests to a capture file instead of sending them.

#pragma once

#include "../../lib/guard/connid.h"

#include <stdbool.h>
#include <stdint.h>

struct options;
struct results;

// The master key of the connection ids of a Weir with this test.seed.
void write_derive_master(uint8_t master[CONNID_MASTER_BYTES], uint64_t seed);

// Writes the file and counts the requests in it. Returns false, with a message on standard error,
// if it cannot be written.
bool write_requests(const struct options *options, struct results *results);
