// SPDX-License-Identifier: BSD-3-Clause

#include "port_interrupts.h"

static int
configure(struct port *port)
{
	port->conf.intr_conf.rxq = port->interrupts;
	return rte_eth_dev_configure(port->id, port->queues, port->queues, &port->conf);
}

int
port_interrupts_configure(struct port *port)
{
	int result = configure(port);

	if (result == 0 || !port->interrupts)
		return result;
	port->interrupts = false;
	return configure(port);
}

// Queues keep their settings when a port is configured again with as many.
int
port_interrupts_start(struct port *port)
{
	int result = rte_eth_dev_start(port->id);

	if (result == 0 || !port->interrupts)
		return result;
	port->interrupts = false;
	return configure(port) == 0 ? rte_eth_dev_start(port->id) : result;
}
