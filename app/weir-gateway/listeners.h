// SPDX-License-Identifier: BSD-3-Clause
// Listening sockets.

#pragma once

#include "../common/error.h"
#include "address.h"

#include <stdbool.h>
#include <stddef.h>

// Opens one for each address, and updates the address with the port that the socket got. False, with
// an error, where one fails; none is open then.
bool listeners_open(struct address *addresses, unsigned count, int *sockets, struct error *error);

void listeners_close(const int *sockets, unsigned count);
