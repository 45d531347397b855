// SPDX-License-Identifier: BSD-3-Clause
// Flows: the clients' addresses and UDP ports, and the connection id that each holds.
//
// Flow f is IPv4 client f, or, from `clients` on, IPv6 client f - clients. Addresses are computed.
// Owner: the lcore that generates requests.

#pragma once

#include <rte_byteorder.h>

#include <stdbool.h>
#include <stdint.h>

struct options;

enum {
	FLOW_RENEW_MS = 50000, // age at which an id is due for renewal
	FLOW_STALE_MS = 60000, // BEP 15: a client must not use an id for longer than a minute
};

struct flow {
	uint64_t id; // byte order of a datagram
	uint32_t since_ms; // when the id was received
	rte_be16_t port;
	bool connected; // has an id
	bool connecting; // a connect is in flight
};

struct flows {
	struct flow *items; // [2 * clients]
	uint32_t clients;
	uint32_t abusers; // the first flows are of abusive clients
	uint32_t first_ipv4; // host order, of client 0
	uint64_t first_ipv6; // host order, upper half
};

void flows_init(struct flows *flows, const struct options *options);
void flows_free(struct flows *flows);

static inline bool
flow_is_ipv6(const struct flows *flows, uint32_t flow)
{
	return flow >= flows->clients;
}

static inline bool
flow_is_abusive(const struct flows *flows, uint32_t flow)
{
	return flow < flows->abusers;
}

static inline rte_be32_t
flow_ipv4(const struct flows *flows, uint32_t flow)
{
	return rte_cpu_to_be_32(flows->first_ipv4 + flow);
}

// The upper half of the address; the lower half is FLOW_IPV6_LOW.
static inline rte_be64_t
flow_ipv6_high(const struct flows *flows, uint32_t flow)
{
	return rte_cpu_to_be_64(flows->first_ipv6 + (flow - flows->clients));
}

#define FLOW_IPV6_LOW RTE_BE64(UINT64_C(1))

// The flow with this address, or -1.
static inline int64_t
flows_find_ipv4(const struct flows *flows, rte_be32_t address)
{
	uint32_t client = rte_be_to_cpu_32(address) - flows->first_ipv4;

	return client < flows->clients ? (int64_t)client : -1;
}

static inline int64_t
flows_find_ipv6(const struct flows *flows, rte_be64_t high, rte_be64_t low)
{
	uint64_t client = rte_be_to_cpu_64(high) - flows->first_ipv6;

	return client < flows->clients && low == FLOW_IPV6_LOW ? (int64_t)(flows->clients + client)
							       : -1;
}

static inline bool
flow_is_fresh(const struct flow *flow, uint32_t now_ms, uint32_t age_ms)
{
	return flow->connected && now_ms - flow->since_ms < age_ms;
}
