// SPDX-License-Identifier: BSD-3-Clause
// The life of a port: found, configured, started, stopped, closed. Boot thread, which is the control
// thread.

#pragma once

#include "keys.h"
#include "port.h"

#include <rte_mempool.h>

// Finds the device that `port_config` names and decides how many queues to use: one for each io
// lcore, as far as port and configuration allow.
bool port_find(
	struct port *port,
	const struct config *config,
	const struct config_port *port_config,
	unsigned io_count,
	struct error *error
);

// Configures the port and its queues; RX mbufs come from `mbufs`. A driver may lack optional
// operations: Weir logs what it does without.
bool port_configure(
	struct port *port,
	const struct config *config,
	const struct keys *keys,
	struct rte_mempool *mbufs,
	struct error *error
);

bool port_start(
	struct port *port,
	const struct config *config,
	const struct keys *keys,
	struct error *error
);
void port_stop(struct port *port);
void port_close(struct port *port);
