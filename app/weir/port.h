// SPDX-License-Identifier: BSD-3-Clause
// A port: an ethdev of any driver, asked what it can do and used accordingly.
//
// Owned by the control thread, which finds, configures, starts, stops and closes it. io lcores
// use its queues between port_start and port_stop, and read `host`.

#pragma once

#include "../../lib/net/host.h"
#include "config.h"
#include "keys.h"

#include <rte_mempool.h>

#include <stdbool.h>
#include <stdint.h>

struct port {
	uint16_t id; // DPDK's
	uint16_t queues; // pairs of receive and transmit queues we use
	uint16_t rx_descriptors;
	uint16_t tx_descriptors;
	int socket; // NUMA node, or SOCKET_ID_ANY
	bool configured;
	bool started;
	bool link_up; // as last seen
	char name[64]; // DPDK's
	const struct config_port *config;
	struct host host;
};

// Finds the device that `port_config` names and decides how many queues to use: one for each io
// lcore, as far as port and configuration allow. False, and a sentence in `why`.
bool port_find(
	struct port *port,
	const struct config *config,
	const struct config_port *port_config,
	unsigned io_count,
	char *why,
	size_t size
);

// Configures the port and its queues; receive buffers come from `mbufs`. Optional operations may
// be missing: the log says what was done without.
bool port_configure(
	struct port *port,
	const struct config *config,
	const struct keys *keys,
	struct rte_mempool *mbufs,
	char *why,
	size_t size
);

bool port_start(struct port *port, const struct config *config, char *why, size_t size);
void port_stop(struct port *port);
void port_close(struct port *port);

// Looks at the link; true where it has changed since the last look. Control thread.
bool port_follow_link(struct port *port);
