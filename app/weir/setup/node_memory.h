// SPDX-License-Identifier: BSD-3-Clause
// Memory of a NUMA node, for what the lcores of this node use. Boot thread, once EAL is up.

#pragma once

#include <rte_ring.h>

#include <stddef.h>

// The node for calls of DPDK, or SOCKET_ID_ANY: DPDK knows only nodes with a CPU whose number is below
// RTE_MAX_LCORE.
int node_socket(int node);

// Zeroed, aligned to a cache line; of another node where this one has none left. NULL: there is none at all.
void *node_memory(const char *what, size_t bytes, int node);

// A ring for one producer and one consumer, likewise.
struct rte_ring *node_ring(const char *name, unsigned size, int node);
