// SPDX-License-Identifier: BSD-3-Clause
// The life of a port: found, configured, started, stopped, closed. Boot thread, which is the control
// thread.

#pragma once

#include "keys.h"
#include "port.h"

// Finds the device that `port_config` names and decides how many queue pairs to use: `queues`, as far as the port
// has them. `port->socket` is set.
bool port_find(
	struct port *port,
	const struct config *config,
	const struct config_port *port_config,
	unsigned queues,
	struct error *error
);

// Configures the port and its queues; RX mbufs come from `port->mbufs`. A driver may lack optional
// operations: Weir logs what it does without.
bool port_configure(
	struct port *port,
	const struct config *config,
	const struct keys *keys,
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
