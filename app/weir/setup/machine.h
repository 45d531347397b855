// SPDX-License-Identifier: BSD-3-Clause
// What this machine has: memory, huge pages by size and NUMA node, and which node a CPU belongs to.

#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { MACHINE_PAGES_MAX = 64 };

// Huge pages of one size on one NUMA node.
struct machine_pages {
	int node;
	uint64_t page_bytes;
	uint64_t total; // pages reserved
	uint64_t free; // of those
	bool mounted; // a hugetlbfs of this size is mounted, which DPDK needs to use them
};

struct machine {
	const char *root; // in front of every path; "" but in tests
	uint64_t memory_bytes;
	uint64_t available_bytes; // without swapping, inside our control group's limits
	unsigned pages_count;
	struct machine_pages pages[MACHINE_PAGES_MAX]; // by node, then by size
	uint64_t
		left_bytes; // in huge pages that dead processes left behind: DPDK frees them at start
};

// Reads /proc and /sys below `root`, which is kept. What cannot be read counts as 0.
void machine_read(struct machine *machine, const char *root);

// Bytes free in huge pages of a node, or with -1 of all. What DPDK cannot use, because no hugetlbfs of
// their size is mounted, does not count; left_bytes do, on every node, as it is not known on which.
uint64_t machine_huge_bytes(const struct machine *machine, int node);

// 0 where the machine does not say.
int machine_node_of_cpu(const struct machine *machine, unsigned cpu);

// -1 where the machine does not say: for devices that are not on the PCI bus.
int machine_node_of_pci(const struct machine *machine, const char *address);
