// SPDX-License-Identifier: BSD-3-Clause
// The host that a port is, as the configuration has it: addresses, VLAN, gateways. Boot thread.

#pragma once

#include "keys.h"
#include "port.h"

// Makes the host of a port with these addresses, without MAC address, from the settings in force.
void port_host_fill(
	struct host *host,
	const struct port *port,
	const struct config_addresses *addresses,
	const struct config *config
);

// Logs which clients the addresses of the port serve (config_note_sources).
void port_host_log_sources(const struct port *port, const struct config *config);

// Adds a link-local address to a host with IPv6 (RFC 4291 2.1), as its last one, unless the
// configuration names one. The host must have its MAC address.
void port_host_add_link_local(struct host *host, const struct keys *keys);
