// SPDX-License-Identifier: BSD-3-Clause
// Listening sockets.

#pragma once

#include "address.h"

#include <stdbool.h>
#include <stddef.h>

// Opens one for each address, and updates the address with the port that the socket got. False, with a
// sentence in `why`, where one fails; none is open then.
bool
listeners_open(struct address *addresses, unsigned count, int *sockets, char *why, size_t size);

void listeners_close(const int *sockets, unsigned count);
