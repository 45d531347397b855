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

// The halves of an address, which need not be aligned.
struct halves {
	uint64_t high, low;
};

static inline struct halves
halves_of(const uint8_t address[16])
{
	struct halves halves;

	memcpy(&halves, address, sizeof(halves));
	return halves;
}

// Searches the first `count` addresses. Compares the low half first: addresses of one network differ there.
static inline int
find_ipv6(const struct host *host, const uint8_t address[16], unsigned count)
{
	const struct halves wanted = halves_of(address);

	for (unsigned i = 0; i < count; i++) {
		const struct halves own = halves_of(host->ipv6[i]);

		if (own.low == wanted.low && own.high == wanted.high)
			return (int)i;
	}
	return HOST_NO_ADDRESS;
}

int
host_find_ipv6(const struct host *host, const uint8_t address[16])
{
	return find_ipv6(host, address, host->ipv6_count);
}

bool
host_owns_ipv6(const struct host *host, const uint8_t address[16])
{
	return find_ipv6(host, address, host_configured_ipv6(host)) >= 0;
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

int
host_find_own_ipv4(const struct host *host, rte_be32_t address)
{
	int i = host_find_ipv4(host, address);

	return i >= 0 && (host->ipv4_anycast >> i & 1) ? HOST_NO_ADDRESS : i;
}

int
host_find_own_ipv6(const struct host *host, const uint8_t address[16])
{
	int i = host_find_ipv6(host, address);

	return i >= 0 && (host->ipv6_anycast >> i & 1) ? HOST_NO_ADDRESS : i;
}

bool
host_claims_ipv4(const struct host *host, rte_be32_t address)
{
	int i = host_find_ipv4(host, address);
	uint32_t usable = __atomic_load_n(&host->ipv4_usable, __ATOMIC_RELAXED);

	return i >= 0 && ((usable & ~host->ipv4_anycast) >> i & 1);
}

bool
host_claims_ipv6(const struct host *host, const uint8_t address[16])
{
	int i = host_find_ipv6(host, address);
	uint32_t usable = __atomic_load_n(&host->ipv6_usable, __ATOMIC_RELAXED);

	return i >= 0 && ((usable & ~host->ipv6_anycast) >> i & 1);
}

static rte_be32_t
netmask(uint8_t prefix)
{
	return rte_cpu_to_be_32((uint32_t)(UINT64_C(0xffffffff) << (32 - prefix)));
}

bool
host_owns_ipv4(const struct host *host, rte_be32_t address)
{
	for (int i = 0; i < host->ipv4_count; i++) {
		if (host->ipv4[i] == address)
			return true;
		// Networks of one or two addresses have no broadcast (RFC 3021).
		if (host->ipv4_prefix[i] < 31
		    && (host->ipv4[i] | ~netmask(host->ipv4_prefix[i])) == address)
			return true;
	}
	return false;
}

bool
host_in_prefix_ipv4(const struct host *host, rte_be32_t address)
{
	for (int i = 0; i < host->ipv4_count; i++)
		if (((host->ipv4[i] ^ address) & netmask(host->ipv4_prefix[i])) == 0)
			return true;
	return false;
}

bool
host_in_prefix_ipv6(const struct host *host, const uint8_t address[16])
{
	for (unsigned i = 0; i < host_configured_ipv6(host); i++) {
		unsigned bytes = host->ipv6_prefix[i] / 8;
		uint8_t rest = (uint8_t)(0xff00 >> host->ipv6_prefix[i] % 8);

		if (memcmp(host->ipv6[i], address, bytes) == 0
		    && (rest == 0 || ((host->ipv6[i][bytes] ^ address[bytes]) & rest) == 0))
			return true;
	}
	return false;
}

bool
host_is_onlink_ipv4(const struct host *host, rte_be32_t address)
{
	return (address & RTE_BE32(0xffff0000)) == RTE_BE32(0xa9fe0000) // RFC 3927 2.6.2
		|| host_in_prefix_ipv4(host, address);
}

bool
host_is_onlink_ipv6(const struct host *host, const uint8_t address[16])
{
	return ipv6_is_link_local(address) || host_in_prefix_ipv6(host, address); // RFC 4291 2.5.6
}

static void
add_mac_seen(struct mac_seen *sum, const struct mac_seen *from)
{
	sum->count += __atomic_load_n(&from->count, __ATOMIC_ACQUIRE);
	uint64_t tsc = __atomic_load_n(&from->tsc, __ATOMIC_RELAXED);

	if (tsc < sum->tsc)
		return;
	sum->tsc = tsc;
	sum->mac = __atomic_load_n(&from->mac, __ATOMIC_RELAXED);
}

static void
add_gateway(struct gateway_notes *sum, const struct gateway_notes *from)
{
	sum->confirmations += __atomic_load_n(&from->confirmations, __ATOMIC_RELAXED);
	add_mac_seen(&sum->replies, &from->replies);
	add_mac_seen(&sum->claims, &from->claims);
}

// The greater word is the later one.
static void
keep_latest(uint64_t *word, const uint64_t *from)
{
	*word = RTE_MAX(*word, __atomic_load_n(from, __ATOMIC_RELAXED));
}

void
host_notes_add(struct host_notes *sum, const struct host_notes *from)
{
	add_gateway(&sum->gateway_ipv4, &from->gateway_ipv4);
	add_gateway(&sum->gateway_ipv6, &from->gateway_ipv6);
	keep_latest(&sum->mld_general_query, &from->mld_general_query);
	for (unsigned i = 0; i < HOST_ADDRESSES_MAX; i++) {
		add_mac_seen(&sum->ipv4_conflicts[i], &from->ipv4_conflicts[i]);
		add_mac_seen(&sum->ipv6_conflicts[i], &from->ipv6_conflicts[i]);
		keep_latest(&sum->mld_group_queries[i], &from->mld_group_queries[i]);
	}
}
