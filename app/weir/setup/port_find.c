// SPDX-License-Identifier: BSD-3-Clause
// The device of a port, and how many of its queues are used.

#include "../../common/service/capabilities.h"
#include "../log/log.h"
#include "port_setup.h"

#include <rte_ethdev.h>

#include <string.h>
#include <unistd.h>

// Checksum offloads of reception that are used where the port has them.
static const uint64_t rx_checksums = RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM;

// Why DPDK could make no port of a device that is there: kernel devices need rights.
static const char *
rights_hint(void)
{
	return geteuid() == 0 || capabilities_held()
		? ""
		: "start Weir as root or by weir.service, if the device needs capabilities; "
		  "otherwise ";
}

static bool
find_device(struct port *port, const char *device, struct error *error)
{
	if (*device != '\0') {
		if (rte_eth_dev_get_port_by_name(device, &port->id) == 0)
			return true;
		return error_set(
			error,
			NULL,
			"there is no port %s: %scheck ports[].device and driver.eal, and that the "
			"NIC is bound to its driver (dpdk-devbind.py --status)",
			device,
			rights_hint()
		);
	}
	uint16_t id;

	RTE_ETH_FOREACH_DEV (id) {
		port->id = id;
		return true;
	}
	return error_set(
		error,
		NULL,
		"DPDK found no port (see its messages above): %sadd a device to driver.eal, or "
		"bind a NIC to its driver (dpdk-devbind.py --status)",
		rights_hint()
	);
}

// A device that is not named by a PCI address tells its node only now.
static void
compare_nodes(const struct port *port)
{
	int node = rte_eth_dev_socket_id(port->id);

	if (node >= 0 && node != port->socket)
		log_warning(
			"port %s is on NUMA node %d, and its lcores and mbufs are on node %d: name "
			"CPUs of node %d in lcores.io and lcores.workers",
			port->name,
			node,
			port->socket,
			node
		);
}

bool
port_find(
	struct port *port,
	const struct config *config,
	const struct config_port *port_config,
	unsigned queues,
	struct error *error
)
{
	struct rte_eth_dev_info info;

	port->config = port_config;
	port->addresses = &port_config->addresses;
	port->host = &port->own_host;
	if (!find_device(port, port_config->device, error))
		return false;
	rte_eth_dev_get_name_by_port(port->id, port->name);
	int result = rte_eth_dev_info_get(port->id, &info);

	if (result != 0)
		return error_set(
			error,
			NULL,
			"port %s: %s: %s",
			port->name,
			"rte_eth_dev_info_get",
			strerror(-result)
		);
	unsigned pairs = RTE_MIN(info.max_rx_queues, info.max_tx_queues);

	if (config->stack == CONFIG_STACK_KERNEL)
		queues = pairs; // packets come to every queue of the interface
	port->queues = (uint16_t)RTE_MIN(queues, pairs);
	if (port->queues == 0)
		return error_set(
			error, NULL, "port %s has no pair of RX and TX queues", port->name
		);
	if (port->queues < queues)
		log_info("port %s: %u queue pairs instead of %u", port->name, port->queues, queues);
	port->rx_checksums = config->checksum_offload ? info.rx_offload_capa & rx_checksums : 0;
	if (!config->driver_virtual)
		compare_nodes(port);
	return true;
}
