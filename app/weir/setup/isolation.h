// SPDX-License-Identifier: BSD-3-Clause
// A card whose driver leaves it to the kernel (mlx5, mlx4) and gives Weir the tracker's datagrams alone (driver.isolate).
//
// In the isolated mode of rte_flow a port gets nothing but what a rule takes: one rule for each of the port's addresses
// takes datagrams for the tracker's UDP port there, to the port's MAC address. So the kernel's interface keeps the rest, and the kernel is the host:
// it must have the same addresses, and answers ARP, neighbour discovery and ping for them.
//
// Boot thread, which is the control thread. Not measured on hardware.

#pragma once

#include "../../../lib/net/host.h"
#include "../../common/error.h"
#include "../config/config.h"

#include <rte_ethdev.h>
#include <rte_flow.h>

#include <stdbool.h>
#include <stdint.h>

enum { ISOLATION_RULES_MAX = 2 * HOST_CONFIGURED_MAX };

struct isolation {
	unsigned count;
	struct rte_flow *rules[ISOLATION_RULES_MAX]; // in the order of their creation
};

// The port that the rules are for.
struct isolation_port {
	uint16_t id; // DPDK's
	const char *name;
	uint16_t queues; // from 0: the rules spread datagrams over all of them
	const struct host *host;
	const struct rte_eth_rss_conf
		*rss; // types and key for that; without types all go to queue 0
	const struct config_addresses *addresses; // of `host`, which the kernel must have, too
	uint32_t vlan;
};

// Before the port is configured: it will be isolated. False, with a sentence, where its driver cannot do that.
bool isolation_enter(const struct isolation_port *port, struct error *error);

// Once the port is started: makes all rules, or none. False, with a sentence that has the driver's reason. A warning is
// logged for each address that the kernel's interface does not have.
bool
isolation_open(struct isolation *isolation, const struct isolation_port *port, struct error *error);

// Removes the rules, the last one first. A warning is logged where the driver refuses.
void isolation_close(struct isolation *isolation, const struct isolation_port *port);
