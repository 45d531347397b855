// SPDX-License-Identifier: BSD-3-Clause
// Sockets that listen.

#pragma once

#include "address.h"

#include <stdbool.h>
#include <stddef.h>

// Opens one for each address; each address becomes what the socket really has, so with its port.
// False, and a sentence in `why`, where one cannot be had; none is open then.
bool
listeners_open(struct address *addresses, unsigned count, int *sockets, char *why, size_t size);

void listeners_close(const int *sockets, unsigned count);
