// SPDX-License-Identifier: BSD-3-Clause

#include "port_setup.h"

#include "../../../lib/bep15/mtu.h"
#include "../log/log.h"
#include "beside.h"
#include "node_memory.h"
#include "port_filters.h"
#include "port_host.h"
#include "port_interrupts.h"
#include "port_removal.h"
#include "port_rss.h"

#include <rte_ethdev.h>

#include <errno.h>
#include <string.h>

// Checksum offloads of transmission that are used where the port has them.
static const uint64_t tx_checksums = RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM;

// With the name of DPDK's call, which is what people search for.
static bool
fail(struct error *error, const struct port *port, const char *call, int result)
{
	return error_set(error, NULL, "port %s: %s: %s", port->name, call, strerror(-result));
}

static void
choose_offloads(
	struct port *port,
	const struct config *config,
	const struct rte_eth_dev_info *info,
	struct rte_eth_conf *conf
)
{
	conf->rxmode.offloads |= port->rx_checksums;
	// port_filters_open() lets it pass. With an exception path, other VLANs are the kernel's.
	if (port->config->vlan != 0 && *port->config->exception == '\0')
		conf->rxmode.offloads |= info->rx_offload_capa & RTE_ETH_RX_OFFLOAD_VLAN_FILTER;
	if (config->checksum_offload)
		conf->txmode.offloads |= info->tx_offload_capa & tx_checksums;
	// All buffers of a port come from one pool and are never shared: the driver may free them in bulk.
	conf->txmode.offloads |= info->tx_offload_capa & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	port->host->offload_ip_checksum = conf->txmode.offloads & RTE_ETH_TX_OFFLOAD_IPV4_CKSUM;
	port->host->offload_udp_checksum = conf->txmode.offloads & RTE_ETH_TX_OFFLOAD_UDP_CKSUM;
}

// Of changes of the link where they are wanted, and of an unplugged device.
static void
choose_interrupts(
	const struct port *port,
	const struct config *config,
	const struct rte_eth_dev_info *info,
	struct rte_eth_conf *conf
)
{
	conf->intr_conf.rmv = (*info->dev_flags & RTE_ETH_DEV_INTR_RMV) != 0;
	conf->intr_conf.lsc =
		config->link_interrupts && (*info->dev_flags & RTE_ETH_DEV_INTR_LSC) != 0;
	if (config->link_interrupts && !conf->intr_conf.lsc)
		log_warning(
			"port %s: no interrupts of its link: the control thread asks it", port->name
		);
}

static bool
setup_queues(struct port *port, uint32_t stack, struct error *error)
{
	unsigned socket = (unsigned)node_socket(port->socket);
	int result = rte_eth_dev_adjust_nb_rx_tx_desc(
		port->id, &port->rx_descriptors, &port->tx_descriptors
	);

	if (result != 0 && result != -ENOTSUP)
		return fail(error, port, "rte_eth_dev_adjust_nb_rx_tx_desc", result);
	for (uint16_t q = 0; q < port->queues; q++) {
		result = rte_eth_rx_queue_setup(
			port->id, q, port->rx_descriptors, socket, NULL, port->mbufs
		);
		if (result != 0 && stack == CONFIG_STACK_KERNEL)
			return error_set(
				error,
				"driver.eal",
				"port %s: rte_eth_rx_queue_setup: %s: its interface takes no XDP "
				"program or no XDP socket (DPDK's message is above): an MTU over "
				"3498, LRO, hardware GRO, or a limit of locked memory (ulimit -l) "
				"are the usual reasons",
				port->name,
				strerror(-result)
			);
		if (result != 0)
			return fail(error, port, "rte_eth_rx_queue_setup", result);
		result = rte_eth_tx_queue_setup(port->id, q, port->tx_descriptors, socket, NULL);
		if (result != 0)
			return fail(error, port, "rte_eth_tx_queue_setup", result);
	}
	return true;
}

// A port that has no such operation keeps its MTU; our replies keep to the smaller of the two.
static bool
set_mtu(const struct port *port, const struct config *config, struct error *error)
{
	int result = config->mtu == 0 ? 0 : rte_eth_dev_set_mtu(port->id, (uint16_t)config->mtu);

	if (result == -ENOTSUP) {
		log_warning(
			"port %s: rte_eth_dev_set_mtu: %s; the MTU is unchanged",
			port->name,
			strerror(ENOTSUP)
		);
		return true;
	}
	return result == 0 || fail(error, port, "rte_eth_dev_set_mtu (driver.mtu)", result);
}

// A link with an MTU below 1280 carries no IPv6 (RFC 8200 5); that of a port with IPv4 may grow.
static bool
has_room(const struct port *port, const struct config *config, struct error *error)
{
	uint32_t mtu = port_mtu(port, config);

	if (mtu >= MTU_IPV4_MIN && (mtu >= MTU_IPV6_MIN || port->host->ipv4_count > 0))
		return true;
	return error_set(
		error,
		NULL,
		"port %s: MTU %u is too small: IPv4 needs %d, IPv6 %d",
		port->name,
		mtu,
		MTU_IPV4_MIN,
		MTU_IPV6_MIN
	);
}

static struct isolation_port
isolated(const struct port *port)
{
	return (struct isolation_port){
		.id = port->id,
		.name = port->name,
		.queues = port->queues,
		.host = port->host,
		.rss = &port->conf.rx_adv_conf.rss_conf,
		.addresses = port->addresses,
		.vlan = port->config->vlan,
	};
}

// The port gets what it needs to be a host on its link beside its addresses, or, beside the kernel, with them. Where the
// kernel is the host, it has a link-local address of its own.
static bool
become_host(
	struct port *port,
	const struct config *config,
	const struct keys *keys,
	struct error *error
)
{
	if (config->stack == CONFIG_STACK_KERNEL)
		return beside_open(port, config, error);
	int result = rte_eth_macaddr_get(port->id, &port->host->mac);

	if (result != 0)
		return fail(error, port, "rte_eth_macaddr_get", result);
	if (!config->isolate)
		port_host_add_link_local(port->host, keys);
	return true;
}

bool
port_configure(
	struct port *port,
	const struct config *config,
	const struct keys *keys,
	struct error *error
)
{
	struct isolation_port alone = isolated(port);
	struct rte_eth_dev_info info;

	if (config->isolate && !isolation_enter(&alone, error))
		return false;
	int result = rte_eth_dev_info_get(port->id, &info);

	if (result != 0)
		return fail(error, port, "rte_eth_dev_info_get", result);
	if (config->stack == CONFIG_STACK_OWN)
		port_host_fill(port->host, port, port->addresses, config);
	port_rss_choose(port, config, keys, &info, &port->conf);
	choose_offloads(port, config, &info, &port->conf);
	choose_interrupts(port, config, &info, &port->conf);
	port->interrupts = config->idle == CONFIG_IDLE_INTERRUPT;
	result = port_interrupts_configure(port);
	if (result != 0)
		return fail(error, port, "rte_eth_dev_configure", result);
	port->configured = true;
	if (!set_mtu(port, config, error))
		return false;
	port->rx_descriptors = (uint16_t)config->rx_descriptors;
	port->tx_descriptors = (uint16_t)config->tx_descriptors;
	if (!setup_queues(port, config->stack, error))
		return false;
	kernel_interface_open(&port->kernel, info.if_index);
	if (!has_room(port, config, error) || !become_host(port, config, keys, error))
		return false;
	port_host_log_sources(port, config);
	return true;
}

// What the port gets, and on which queues. In isolation the rules say that, and drivers have none of these operations.
static bool
open_port(
	struct port *port,
	const struct config *config,
	const struct keys *keys,
	struct error *error
)
{
	struct isolation_port alone = isolated(port);

	if (config->isolate)
		return isolation_open(&port->isolation, &alone, error);
	if (!beside_is_open(&port->beside))
		port_filters_open(port, config);
	port_rss_update(port, config, keys);
	port_rss_spread(port);
	return true;
}

bool
port_start(
	struct port *port,
	const struct config *config,
	const struct keys *keys,
	struct error *error
)
{
	int result = port_interrupts_start(port);

	if (result != 0)
		return fail(error, port, "rte_eth_dev_start", result);
	port->started = true;
	port_removal_watch(port);
	if (!open_port(port, config, keys, error))
		return false;
	log_info(
		"port %s: %02x:%02x:%02x:%02x:%02x:%02x, %u queue pair%s, %s checksums",
		port->name,
		RTE_ETHER_ADDR_BYTES(&port->host->mac),
		port->queues,
		port->queues == 1 ? "" : "s",
		port->host->offload_udp_checksum ? "hardware" : "software"
	);
	return true;
}

void
port_stop(struct port *port)
{
	if (beside_is_open(&port->beside))
		beside_stop(port);
	if (port->isolation.count > 0) {
		struct isolation_port alone = isolated(port);

		isolation_close(&port->isolation, &alone);
	}
	if (port->started)
		port_removal_unwatch(port);
	int result = port->started ? rte_eth_dev_stop(port->id) : 0;

	if (result != 0)
		log_warning("port %s: rte_eth_dev_stop: %s", port->name, strerror(-result));
	port->started = false;
}

void
port_close(struct port *port)
{
	if (!beside_close(port)) {
		log_warning(
			"port %s: left open: its interface has another XDP program now", port->name
		);
		return;
	}
	int result = port->configured ? rte_eth_dev_close(port->id) : 0;

	if (result != 0)
		log_warning("port %s: rte_eth_dev_close: %s", port->name, strerror(-result));
	port->configured = false;
}
