// SPDX-License-Identifier: BSD-3-Clause
// The sending half of the loop. The polling lcore.

#pragma once

struct load;

// Sends what the port has not accepted yet, then as many new requests as the pace, the phase and
// the flight allow.
void load_send(struct load *load);
