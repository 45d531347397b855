// SPDX-License-Identifier: BSD-3-Clause
// Limits of a source, counted from outside: what was served to each address, and which peers it has.

#pragma once

#include "packet.h"

#include <stdint.h>

// A start: every source may do all at once again.
void quota_open(void);

// A request was answered with this verdict.
void quota_served(const struct packet *packet, unsigned verdict);

// No source has more peers than its share. Now and then, between turns.
void quota_check_peers(void);
