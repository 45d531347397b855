// SPDX-License-Identifier: BSD-3-Clause
// What lcores read of the configuration and a reload may change, with the bounds that MTUs set.
//
// Never changed once it is published (publisher.h): the control thread publishes another. An lcore
// loads the pointer at the start of each turn, so all packets of a turn are judged by one of them.

#pragma once

#include "../../../lib/tracker/announce.h"

#include <rte_common.h>
#include <rte_config.h>

#include <stdbool.h>
#include <stdint.h>

struct settings_port {
	struct announce_policy policy; // peers_max: as many as the MTU allows
	uint16_t scrape_rows[FAMILY_COUNT]; // maximum in a scrape reply, as the MTU allows
} __rte_aligned(32); // found by a shift

struct settings {
	uint32_t version; // from 1 on, one more with each that is published
	uint32_t stage_turns; // time one turn in N; 0: none
	uint32_t echo_rate; // packets a second
	uint32_t neighbour_rate;
	uint32_t unreachable_rate;
	bool port_unreachable; // reply to datagrams for closed UDP ports
	struct settings_port ports[RTE_MAX_ETHPORTS]; // by DPDK port id
};
