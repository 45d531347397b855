// SPDX-License-Identifier: BSD-3-Clause
// Boot step: creates the pools of mbufs, one on each NUMA node that the plan gives to ports. Boot thread.

#pragma once

#include "../weir.h"

struct pools_use {
	unsigned mbufs;
	unsigned in_use;
	bool low; // less than a tenth of a pool is free
};

// Mbufs of the pool on a node, or on LCORE_ANY_NODE of all, computed from the configuration and the plan of lcores.
unsigned pools_planned(const struct weir *weir, int node);

// Their memory.
size_t pools_memory_bytes(const struct weir *weir, int node);

// Each port gets the pool of its node: what a port sends came from there, too, or was made for this port.
bool pools_up(struct weir *weir, struct error *error);

// All pools together. Any thread.
struct pools_use pools_use(const struct weir *weir);

// After all ports are closed. Logs a warning if mbufs leaked, and otherwise that all returned: at log
// level debug, or at info under --run-for, which is for tests and measurements.
void pools_down(struct weir *weir);
