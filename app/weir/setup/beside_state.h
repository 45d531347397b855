// SPDX-License-Identifier: BSD-3-Clause
// What a port beside the kernel has; see beside.h.

#pragma once

#include "xdp_program.h"

#include <stdbool.h>

struct beside_host; // a host, and what the kernel said of the interface when it was made

struct beside {
	struct beside_host *host; // in force; NULL: the port is not beside the kernel
	struct xdp_program program;
	bool left_open; // at the end, because of somebody else's program
};

// Whether beside_open succeeded.
static inline bool
beside_is_open(const struct beside *beside)
{
	return beside->host != NULL;
}
