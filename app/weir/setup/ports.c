// SPDX-License-Identifier: BSD-3-Clause

#include "ports.h"

#include "mtu.h"
#include "port_setup.h"

#include <string.h>

bool
ports_find(struct weir *weir, struct error *error)
{
	const struct config *config = weir->config;

	for (unsigned i = 0; i < config->port_count; i++) {
		struct port *port = &weir->ports[i];

		port->socket = weir->plan.ports[i].memory_node;
		if (!port_find(
			    port,
			    config,
			    &config->ports[i],
			    lcore_plan_queues(&weir->plan, i, config),
			    error
		    ))
			return false;
		weir->port_count++;
	}
	return true;
}

bool
ports_configure(struct weir *weir, struct error *error)
{
	for (unsigned i = 0; i < weir->port_count; i++) {
		if (!port_configure(&weir->ports[i], weir->config, &weir->keys, error)) {
			ports_close(weir);
			return false;
		}
		mtu_follow(weir, i);
	}
	return true;
}

bool
ports_start(struct weir *weir, struct error *error)
{
	for (unsigned i = 0; i < weir->port_count; i++) {
		if (!port_start(&weir->ports[i], weir->config, &weir->keys, error)) {
			ports_stop(weir);
			return false;
		}
	}
	return true;
}

void
ports_stop(struct weir *weir)
{
	for (unsigned i = 0; i < weir->port_count; i++)
		port_stop(&weir->ports[i]);
}

void
ports_close(struct weir *weir)
{
	for (unsigned i = 0; i < weir->port_count; i++)
		port_close(&weir->ports[i]);
}
