// SPDX-License-Identifier: BSD-3-Clause
// --write: requests into a capture file instead of onto a port.

#pragma once

#include "../../lib/guard/connid.h"

#include <stdbool.h>
#include <stdint.h>

struct options;
struct results;

// The master key of connection ids of a Weir with this test.seed.
void write_derive_master(uint8_t master[CONNID_MASTER_BYTES], uint64_t seed);

// Writes the file and counts what it holds. False, and a sentence to standard error, where it cannot.
bool write_requests(const struct options *options, struct results *results);
