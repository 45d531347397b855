// SPDX-License-Identifier: BSD-3-Clause

#include "host.h"

#include <string.h>

int
host_find_ipv4(const struct host *host, rte_be32_t address)
{
	for (int i = 0; i < host->ipv4_count; i++)
		if (host->ipv4[i] == address)
			return i;
	return HOST_NO_ADDRESS;
}

int
host_find_ipv6(const struct host *host, const uint8_t address[16])
{
	for (int i = 0; i < host->ipv6_count; i++)
		if (memcmp(host->ipv6[i], address, 16) == 0)
			return i;
	return HOST_NO_ADDRESS;
}

bool
host_uses_ipv4(const struct host *host, rte_be32_t address)
{
	int i = host_find_ipv4(host, address);

	return i >= 0 && (__atomic_load_n(&host->ipv4_usable, __ATOMIC_RELAXED) >> i & 1);
}

bool
host_uses_ipv6(const struct host *host, const uint8_t address[16])
{
	int i = host_find_ipv6(host, address);

	return i >= 0 && (__atomic_load_n(&host->ipv6_usable, __ATOMIC_RELAXED) >> i & 1);
}

static void
keep_first(uint64_t *word, const uint64_t *from)
{
	if (*word == 0)
		*word = __atomic_load_n(from, __ATOMIC_RELAXED);
}

void
host_notes_add(struct host_notes *sum, const struct host_notes *from)
{
	keep_first(&sum->gateway_ipv4_mac, &from->gateway_ipv4_mac);
	keep_first(&sum->gateway_ipv6_mac, &from->gateway_ipv6_mac);
	for (unsigned i = 0; i < HOST_ADDRESSES_MAX; i++) {
		sum->ipv4_conflicts[i] +=
			__atomic_load_n(&from->ipv4_conflicts[i], __ATOMIC_RELAXED);
		sum->ipv6_conflicts[i] +=
			__atomic_load_n(&from->ipv6_conflicts[i], __ATOMIC_RELAXED);
	}
}
