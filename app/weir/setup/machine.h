// SPDX-License-Identifier: BSD-3-Clause
// Resources of a machine: memory, and huge pages by size and NUMA node. Its CPUs and devices: topology.h.

#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { MACHINE_PAGES_MAX = 64, MACHINE_NODES_MAX = 64 };

// Huge pages of one size on one NUMA node.
struct machine_pages {
	int node;
	uint64_t page_bytes;
	uint64_t total; // pages reserved
	uint64_t free; // of those
	bool mounted; // a hugetlbfs of this size is mounted, which DPDK needs to use them
};

struct machine {
	const char *root; // prefix of every path; "": this machine
	uint64_t memory_bytes;
	uint64_t available_bytes; // without swapping, inside our control group's limits
	unsigned pages_count;
	struct machine_pages pages[MACHINE_PAGES_MAX]; // by node, then by size
	// In huge pages that dead processes left behind; DPDK frees them at start.
	uint64_t left_bytes;
};

// Reads /proc and /sys below `root`, a pointer that is kept. What cannot be read counts as 0.
void machine_read(struct machine *machine, const char *root);

// Free bytes in huge pages of a node; -1: of all nodes. Pages that DPDK cannot use, because no hugetlbfs
// of their size is mounted, do not count. left_bytes count on every node, because theirs is not known.
uint64_t machine_huge_bytes(const struct machine *machine, int node);

// Opens a file below the root for reading. NULL: it is not there, or its path is too long.
__attribute__((format(printf, 2, 3))) FILE *
machine_open(const struct machine *machine, const char *format, ...);

// The same with a folder.
__attribute__((format(printf, 2, 3))) DIR *
machine_open_folder(const struct machine *machine, const char *format, ...);
