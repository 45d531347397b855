// SPDX-License-Identifier: BSD-3-Clause

#include "port_filters.h"

#include "../log/log.h"

#include <rte_ethdev.h>

#include <string.h>

// All nodes, and a group for each IPv6 address that neighbours resolve.
enum { MULTICAST_MAX = 1 + HOST_ADDRESSES_MAX };

// The Ethernet groups of our IPv6 addresses (RFC 2464 7): solicited nodes, and all nodes.
static unsigned
multicast_groups(const struct host *host, struct rte_ether_addr groups[MULTICAST_MAX])
{
	unsigned count = 0;

	if (host->ipv6_count == 0)
		return 0;
	groups[count++] = (struct rte_ether_addr){{0x33, 0x33, 0, 0, 0, 1}};
	for (unsigned i = 0; i < host->ipv6_count; i++) {
		const uint8_t *low = host->ipv6[i] + 13;

		if (host->ipv6_anycast >> i & 1)
			continue;
		groups[count++] =
			(struct rte_ether_addr){{0x33, 0x33, 0xff, low[0], low[1], low[2]}};
	}
	return count;
}

// The groups of the kernel are not known here, and change.
static void
open_to_kernel(const struct port *port)
{
	if (rte_eth_allmulticast_enable(port->id) != 0 && rte_eth_promiscuous_enable(port->id) != 0)
		log_warning(
			"port %s: cannot receive all multicast: the kernel may miss some behind "
			"ports[].exception",
			port->name
		);
}

// What filters VLANs must let ours pass: a virtual switch, or the physical function of a virtual one. Some of them, and
// some cards, filter although nobody has asked for it.
static void
let_vlan_pass(const struct port *port)
{
	if ((port->conf.rxmode.offloads & RTE_ETH_RX_OFFLOAD_VLAN_FILTER) == 0)
		return;
	int result = rte_eth_dev_vlan_filter(port->id, (uint16_t)port->config->vlan, 1);

	if (result == 0)
		return;
	rte_eth_dev_set_vlan_offload(port->id, 0); // no filter of ours stops any
	log_warning(
		"port %s: rte_eth_dev_vlan_filter: %s: frames of VLAN %u may not arrive",
		port->name,
		strerror(-result),
		(unsigned)port->config->vlan
	);
}

void
port_filters_open(const struct port *port, const struct config *config)
{
	struct rte_ether_addr groups[MULTICAST_MAX];
	unsigned count = multicast_groups(port->host, groups);

	let_vlan_pass(port);
	if (config->promiscuous && rte_eth_promiscuous_enable(port->id) != 0)
		log_warning("port %s: no promiscuous mode", port->name);
	if (*port->config->exception != '\0')
		open_to_kernel(port);
	if (count == 0 || rte_eth_dev_set_mc_addr_list(port->id, groups, count) == 0)
		return;
	if (rte_eth_allmulticast_enable(port->id) == 0)
		return;
	if (rte_eth_promiscuous_enable(port->id) != 0)
		log_warning(
			"port %s: cannot receive multicast: IPv6 neighbours cannot resolve its "
			"addresses",
			port->name
		);
}
