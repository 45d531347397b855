// SPDX-License-Identifier: BSD-3-Clause
// A host: what one port answers for, as the code that reads and writes frames needs it.
//
// Filled by the control thread before the port starts. Afterwards only the fields marked
// [control] change, each a single word that io lcores read with relaxed loads.

#pragma once

#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_ether.h>

#include <stdbool.h>
#include <stdint.h>

enum {
	HOST_CONFIGURED_MAX = 8, // addresses of each family that a configuration may name
	HOST_ADDRESSES_MAX = HOST_CONFIGURED_MAX + 1, // with an IPv6 link-local one of our own
	HOST_NO_ADDRESS = -1,
	HOST_TTL = 64, // of everything we send but neighbour discovery
};

struct host {
	struct rte_ether_addr mac;
	rte_be16_t vlan_tci; // the tag's VLAN id; 0 where frames carry no tag
	uint8_t l2_len; // 14, or 18 with a tag
	uint8_t ipv4_count;
	uint8_t ipv6_count;
	bool ipv6_link_made; // the last of them is a link-local address that we made
	bool allow_private; // serve private sources everywhere (SOURCE_PRIVATE)
	bool port_unreachable; // answer closed UDP ports with ICMP
	bool offload_ip_checksum; // the port writes IPv4 header checksums
	bool offload_udp_checksum; // the port completes UDP checksums from a pseudo-header sum
	rte_be16_t udp_port; // the tracker's

	// [control] The link carries no IPv6: its MTU is below 1280 (RFC 8200 5).
	bool ipv6_off;

	// [control] Bit i: address i has passed duplicate address detection and is used.
	uint32_t ipv4_usable;
	uint32_t ipv6_usable;
	rte_be32_t ipv4[HOST_ADDRESSES_MAX];
	uint8_t ipv4_prefix[HOST_ADDRESSES_MAX]; // bits
	uint8_t ipv6[HOST_ADDRESSES_MAX][16];
	uint8_t ipv6_prefix[HOST_ADDRESSES_MAX];

	// Optional fixed next hop; all zero: reflect, a reply goes to the station that sent the request.
	rte_be32_t gateway_ipv4;
	uint8_t gateway_ipv6[16];
	// [control] Its station as mac_word() packs it; 0: not resolved, reflect meanwhile.
	uint64_t gateway_ipv4_mac;
	uint64_t gateway_ipv6_mac;
	// [control] A question for it is open.
	bool gateway_ipv4_asked;
	bool gateway_ipv6_asked;
} __rte_cache_aligned;

// Index of an address of ours, or HOST_NO_ADDRESS. `*_usable` also asks for the usable bit.
int host_find_ipv4(const struct host *host, rte_be32_t address);
int host_find_ipv6(const struct host *host, const uint8_t address[16]);
bool host_uses_ipv4(const struct host *host, rte_be32_t address);
bool host_uses_ipv6(const struct host *host, const uint8_t address[16]);

// Any thread.
static inline bool
host_has_ipv6(const struct host *host)
{
	return !__atomic_load_n(&host->ipv6_off, __ATOMIC_RELAXED);
}

// Whether an address is ours, or the broadcast address of one of our networks: neither can be the
// source of a packet (RFC 1122 3.2.1.3).
bool host_owns_ipv4(const struct host *host, rte_be32_t address);

// Whether an address is one of those that the configuration names.
bool host_owns_ipv6(const struct host *host, const uint8_t address[16]);

// Whether an address lies in one of our configured networks.
bool host_is_near_ipv4(const struct host *host, rte_be32_t address);
bool host_is_near_ipv6(const struct host *host, const uint8_t address[16]);

// Whether an address lies in one of these or is link-local, so that no gateway is needed to reach it.
bool host_is_on_link_ipv4(const struct host *host, rte_be32_t address);
bool host_is_on_link_ipv6(const struct host *host, const uint8_t address[16]);

// Number of IPv6 addresses that the configuration names; they come first.
static inline unsigned
host_configured_ipv6(const struct host *host)
{
	return host->ipv6_count - host->ipv6_link_made;
}

// fe80::/10, RFC 4291 2.4.
static inline bool
ipv6_is_link_local(const uint8_t address[16])
{
	return address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

// A station as one word, so that it can be read and written whole. Never 0.
static inline uint64_t
mac_word(const struct rte_ether_addr *mac)
{
	uint64_t word = UINT64_C(1) << 48;

	for (unsigned i = 0; i < RTE_ETHER_ADDR_LEN; i++)
		word |= (uint64_t)mac->addr_bytes[i] << (8 * i);
	return word;
}

static inline struct rte_ether_addr
mac_of_word(uint64_t word)
{
	struct rte_ether_addr mac;

	for (unsigned i = 0; i < RTE_ETHER_ADDR_LEN; i++)
		mac.addr_bytes[i] = (uint8_t)(word >> (8 * i));
	return mac;
}

// Something that was heard: how often, from which MAC address last (mac_word), and when.
struct heard {
	uint32_t count;
	uint64_t mac;
	uint64_t tsc;
};

// What was heard of one gateway; see gateway.h.
struct gateway_notes {
	uint32_t confirmations; // answers of the MAC address that was known
	struct heard answers; // of another one
	struct heard claims; // of another one, unasked
};

// What an io lcore overheard on one port and the control thread wants to know.
// One writer: the io lcore that owns the queue. Reader: the control thread, relaxed loads.
struct host_notes {
	struct gateway_notes gateway_ipv4;
	struct gateway_notes gateway_ipv6;
	struct heard ipv4_conflicts[HOST_ADDRESSES_MAX]; // claims of address i by others
	struct heard ipv6_conflicts[HOST_ADDRESSES_MAX];
	// The last multicast listener query of each kind, read by mld_query_of_word(); 0: none yet.
	uint64_t mld_general_query;
	uint64_t mld_group_queries[HOST_ADDRESSES_MAX]; // for the group of IPv6 address i
};

// Notes one more. Its writer; `tsc`: now.
static inline void
host_hear(struct heard *heard, const struct rte_ether_addr *mac, uint64_t tsc)
{
	__atomic_store_n(&heard->mac, mac_word(mac), __ATOMIC_RELAXED);
	__atomic_store_n(&heard->tsc, tsc, __ATOMIC_RELAXED);
	__atomic_store_n(&heard->count, heard->count + 1, __ATOMIC_RELEASE);
}

// Any thread. Adds `from`, as it is now, to `sum`, which the caller owns: counts add up, and of
// several MAC addresses the one heard last stays, of queries the latest.
void host_notes_add(struct host_notes *sum, const struct host_notes *from);
