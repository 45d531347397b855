// SPDX-License-Identifier: BSD-3-Clause

#include "memory_missing.h"

#include "machine.h"

#include <rte_eal.h>
#include <rte_malloc.h>

bool
memory_missing(struct error *error, const char *what, size_t need, const char *remedy)
{
	size_t have = 0;
	uint64_t more = 0; // DPDK takes huge pages as it needs them, and gives back what did not do
	struct machine machine;

	for (int socket = 0; socket < RTE_MAX_NUMA_NODES; socket++) {
		struct rte_malloc_socket_stats stats;

		if (rte_malloc_get_socket_stats(socket, &stats) != 0)
			continue;
		have += stats.heap_totalsz_bytes;
	}
	machine_read(&machine, "");
	if (rte_eal_has_hugepages())
		more = machine_huge_bytes(&machine, -1);
	return error_set(
		error,
		NULL,
		"not enough memory for %s: %u MiB needed, %u MiB available to DPDK: %s",
		what,
		memory_mib(need),
		memory_mib(have + more),
		remedy
	);
}
