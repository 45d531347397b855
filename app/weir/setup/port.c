// SPDX-License-Identifier: BSD-3-Clause

#include "port.h"

#include "../log/log.h"

uint32_t
port_mtu(const struct port *port, const struct config *config)
{
	uint32_t mtu = UINT32_MAX;
	uint16_t own;

	if (config->mtu != 0)
		mtu = config->mtu;
	if (rte_eth_dev_get_mtu(port->id, &own) == 0 && own != 0)
		mtu = RTE_MIN(mtu, (uint32_t)own);
	if (port->kernel.index != 0 && port->kernel.mtu != 0)
		mtu = RTE_MIN(mtu, port->kernel.mtu);
	return mtu;
}

void
port_stats(const struct port *port, struct rte_eth_stats *stats)
{
	*stats = port->left;
	if (port_is_there(port) && rte_eth_stats_get(port->id, stats) != 0)
		*stats = (struct rte_eth_stats){0};
}

unsigned
port_address_index(const struct config_addresses *addresses, unsigned i)
{
	unsigned before = 0;

	for (unsigned other = 0; other < i; other++)
		before += addresses->items[other].family == addresses->items[i].family;
	return before;
}

static bool
has_link(const struct port *port, const struct rte_eth_link *link)
{
	const struct kernel_interface *kernel = &port->kernel;

	return link->link_status == RTE_ETH_LINK_UP
		&& (kernel->index == 0 || (kernel->up && !kernel->gone));
}

bool
port_follow_link(struct port *port)
{
	struct rte_eth_link link = {0};

	if (!port->gone && rte_eth_link_get_nowait(port->id, &link) != 0)
		return false;
	bool up = has_link(port, &link);

	if (up == port->link_up)
		return false;
	__atomic_store_n(&port->link_up, up, __ATOMIC_RELAXED);
	log_info("port %s: link is %s", port->name, up ? "up" : "down");
	return true;
}

bool
port_look_below(struct port *port, struct error *error)
{
	struct kernel_interface *kernel = &port->kernel;

	kernel_interface_poll(kernel);
	if (!kernel->gone)
		return true;
	if (kernel_interface_is_back(kernel))
		return error_set(
			error,
			NULL,
			"port %s: its interface %s was deleted and created again; only a restart "
			"of Weir can serve it",
			port->name,
			kernel->name
		);
	if (!port->told_gone)
		log_error(
			"port %s: its interface %s is gone; when it is back, Weir exits with an "
			"error, to be restarted",
			port->name,
			kernel->name
		);
	port->told_gone = true;
	return true;
}
