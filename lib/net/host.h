// SPDX-License-Identifier: BSD-3-Clause
// A host: the addresses of one port and its state, as the code that reads and writes frames needs them.
//
// Filled by the control thread before the port starts. Afterwards only the fields marked
// [control] change. Each is a single word that io lcores read with relaxed loads.

#pragma once

#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_ether.h>

#include <stdbool.h>
#include <stdint.h>

enum {
	HOST_CONFIGURED_MAX = 8, // maximum number of configured addresses per address family
	HOST_ADDRESSES_MAX = HOST_CONFIGURED_MAX + 1, // with a generated IPv6 link-local one
	HOST_NO_ADDRESS = -1,
	HOST_TTL = 64, // of all packets sent except neighbour discovery and MLD
};

struct host {
	struct rte_ether_addr mac;
	rte_be16_t vlan_tci; // the tag's VLAN id; 0: frames carry no tag
	uint8_t l2_len; // 14, or 18 with a tag
	uint8_t ipv4_count;
	uint8_t ipv6_count;
	bool ipv6_link_made; // the last of them is a generated link-local address
	bool partial_checksums; // accept UDP checksums of senders that leave them to their NIC (udp_partial.h)
	bool allow_private; // serve private sources everywhere (SOURCE_PRIVATE)
	bool offload_ip_checksum; // the port writes IPv4 header checksums
	bool offload_udp_checksum; // the port completes UDP checksums from a pseudo-header sum
	rte_be16_t udp_port; // of the tracker

	// [control] IPv6 is off: the MTU is below 1280 (RFC 8200 5).
	bool ipv6_off;

	// [control] Bit i: address i is assigned: it has passed duplicate address detection.
	uint32_t ipv4_usable;
	uint32_t ipv6_usable;
	rte_be32_t ipv4[HOST_ADDRESSES_MAX];
	uint8_t ipv4_prefix[HOST_ADDRESSES_MAX]; // bits
	uint8_t ipv6[HOST_ADDRESSES_MAX][16];
	uint8_t ipv6_prefix[HOST_ADDRESSES_MAX];

	// Bit i: address i is anycast: other hosts have it, too, and a router chooses one of them by its own address. It
	// is served, but neither probed, announced nor resolved for anybody (ARP, NDP).
	uint32_t ipv4_anycast;
	uint32_t ipv6_anycast;

	// Optional fixed next hop. All zero: a reply goes to the MAC address that sent the request.
	rte_be32_t gateway_ipv4;
	uint8_t gateway_ipv6[16];
	// [control] Its MAC address as a mac_word(); 0: not resolved, replies go to the sender meanwhile.
	uint64_t gateway_ipv4_mac;
	uint64_t gateway_ipv6_mac;
	// [control] A request for its MAC address is pending.
	bool gateway_ipv4_pending;
	bool gateway_ipv6_pending;
} __rte_cache_aligned;

// host_find_*: index of one of our addresses, or HOST_NO_ADDRESS. host_uses_*: whether it is ours and
// usable.
int host_find_ipv4(const struct host *host, rte_be32_t address);
int host_find_ipv6(const struct host *host, const uint8_t address[16]);
bool host_uses_ipv4(const struct host *host, rte_be32_t address);
bool host_uses_ipv6(const struct host *host, const uint8_t address[16]);

// Of addresses that are ours alone. host_find_own_*: the index, or HOST_NO_ADDRESS. host_claims_*: whether it is usable, so
// that neighbours may be told our MAC address for it.
int host_find_own_ipv4(const struct host *host, rte_be32_t address);
int host_find_own_ipv6(const struct host *host, const uint8_t address[16]);
bool host_claims_ipv4(const struct host *host, rte_be32_t address);
bool host_claims_ipv6(const struct host *host, const uint8_t address[16]);

// Any thread.
static inline bool
host_has_ipv6(const struct host *host)
{
	return !__atomic_load_n(&host->ipv6_off, __ATOMIC_RELAXED);
}

// Whether an address is ours or the broadcast address of one of our networks. Neither can be the source
// of a packet from another host (RFC 1122 3.2.1.3).
bool host_owns_ipv4(const struct host *host, rte_be32_t address);

// Whether an address is one of our configured ones.
bool host_owns_ipv6(const struct host *host, const uint8_t address[16]);

// Whether an address lies in the prefix of one of our configured addresses.
bool host_in_prefix_ipv4(const struct host *host, rte_be32_t address);
bool host_in_prefix_ipv6(const struct host *host, const uint8_t address[16]);

// Whether an address is on-link: it lies in one of these prefixes or is link-local, so it is reached
// without a gateway.
bool host_is_onlink_ipv4(const struct host *host, rte_be32_t address);
bool host_is_onlink_ipv6(const struct host *host, const uint8_t address[16]);

// Number of configured IPv6 addresses. They come first.
static inline unsigned
host_configured_ipv6(const struct host *host)
{
	return host->ipv6_count - host->ipv6_link_made;
}

// Whether an address is in fe80::/10 (RFC 4291 2.4).
static inline bool
ipv6_is_link_local(const uint8_t address[16])
{
	return address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

// A MAC address as one word, so that it can be read and written atomically. Never 0.
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

// Frames of one kind: their count, the MAC address of the last one (mac_word) and its time.
struct mac_seen {
	uint32_t count;
	uint64_t mac;
	uint64_t tsc;
};

// Notes about one gateway; see gateway.h.
struct gateway_notes {
	uint32_t confirmations; // replies from the known MAC address
	struct mac_seen replies; // from another one
	struct mac_seen claims; // unsolicited, of another one
};

// Observations of an io lcore on one port, for the control thread.
// One writer: the io lcore that owns the queue. Reader: the control thread, by host_notes_add.
struct host_notes {
	struct gateway_notes gateway_ipv4;
	struct gateway_notes gateway_ipv6;
	struct mac_seen ipv4_conflicts[HOST_ADDRESSES_MAX]; // other hosts' claims of address i
	struct mac_seen ipv6_conflicts[HOST_ADDRESSES_MAX];
	// The last MLD query of each kind, decoded by mld_query_from_word(); 0: none yet.
	uint64_t mld_general_query;
	uint64_t mld_group_queries[HOST_ADDRESSES_MAX]; // for the group of IPv6 address i
};

// Adds a frame from `mac` at time `tsc`. Called by the writer.
static inline void
mac_seen_add(struct mac_seen *seen, const struct rte_ether_addr *mac, uint64_t tsc)
{
	__atomic_store_n(&seen->mac, mac_word(mac), __ATOMIC_RELAXED);
	__atomic_store_n(&seen->tsc, tsc, __ATOMIC_RELAXED);
	__atomic_store_n(&seen->count, seen->count + 1, __ATOMIC_RELEASE);
}

// Any thread. Adds the current values of `from` to `sum`, which the caller owns. Counts add up; the MAC
// address seen last and the latest query are kept.
void host_notes_add(struct host_notes *sum, const struct host_notes *from);
