// SPDX-License-Identifier: BSD-3-Clause
// The part of the configuration that lcores read and that a reload may change, with the limits of MTUs.
//
// A published object never changes; the control thread publishes a new one (publisher.h). An lcore loads
// the pointer at the start of each turn, so all packets of a turn are judged by the same settings.

#pragma once

#include "../../../lib/bep15/reply.h"
#include "../../../lib/guard/budget.h"
#include "../../../lib/guard/connid.h"
#include "../../../lib/net/host.h"
#include "../../../lib/tracker/announce.h"

#include <rte_common.h>
#include <rte_config.h>

#include <stdbool.h>
#include <stdint.h>

struct settings_port {
	struct announce_policy policy; // peers_max is limited by the MTU
	uint16_t scrape_rows[FAMILY_COUNT]; // maximum in a scrape reply, limited by the MTU
} __rte_aligned(32); // the index is a shift

struct settings {
	uint32_t version; // from 1, incremented by each publish
	uint32_t stage_turns; // time one turn in N; 0: none
	uint32_t echo_rate; // packets a second
	uint32_t neighbour_rate;
	uint32_t unreachable_rate;
	uint32_t exception_rate;
	struct source_limits shares; // of what a source stores in the shard of one worker
	struct budget_limits limits; // by source
	bool overload; // drop by the order of pressure.h when an lcore cannot keep up
	struct connid_secrets connid; // master keys of connection ids
	bool port_unreachable; // reply to datagrams for closed UDP ports
	char denied_message[REPLY_MESSAGE_MAX + 1]; // of the policies
	uint64_t unplugged; // a bit for each DPDK port id: no lcore uses it any more
	struct settings_port ports[RTE_MAX_ETHPORTS]; // by DPDK port id
	const struct host
		*hosts[RTE_MAX_ETHPORTS]; // likewise; NULL: the port stays the host that it is
};

// The host of a port from this turn on, and those of all ports.
static inline void
settings_take_host(const struct settings *settings, uint16_t port, const struct host **host)
{
	if (settings->hosts[port] != NULL)
		*host = settings->hosts[port];
}

static inline void
settings_take_hosts(const struct settings *settings, const struct host **hosts)
{
	for (uint16_t port = 0; port < RTE_MAX_ETHPORTS; port++)
		settings_take_host(settings, port, &hosts[port]);
}
