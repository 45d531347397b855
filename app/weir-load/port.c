// SPDX-License-Identifier: BSD-3-Clause

#include "port.h"

#include "options.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>

#include <string.h>

enum {
	DESCRIPTORS = 1024,
	LINK_POLL_MS = 20,
};

static bool
fail(char *why, size_t size, const char *what, int error)
{
	snprintf(why, size, "%s: %s", what, rte_strerror(-error));
	return false;
}

static bool
find_port(struct port *port, char *why, size_t size)
{
	uint16_t id;

	RTE_ETH_FOREACH_DEV (id) {
		port->id = id;
		return true;
	}
	snprintf(
		why,
		size,
		"DPDK found no port: add one after --, for example "
		"--vdev=net_memif0,role=client,id=0,socket=/run/weir-memif.sock,socket-abstract=no"
	);
	return false;
}

static bool
configure(struct port *port, char *why, size_t size)
{
	const struct rte_eth_conf conf = {
		0}; // no offloads: weir-load computes and checks checksums
	uint16_t rx_descriptors = DESCRIPTORS, tx_descriptors = DESCRIPTORS;
	int socket = rte_eth_dev_socket_id(port->id);

	port->mbufs = rte_pktmbuf_pool_create(
		"weir-load", PORT_MBUFS, 512, 0, RTE_MBUF_DEFAULT_BUF_SIZE, socket
	);
	if (port->mbufs == NULL)
		return fail(
			why, size, "rte_pktmbuf_pool_create; give EAL more memory (-m)", -rte_errno
		);
	int error = rte_eth_dev_configure(port->id, 1, 1, &conf);

	if (error != 0)
		return fail(why, size, "rte_eth_dev_configure", error);
	error = rte_eth_dev_adjust_nb_rx_tx_desc(port->id, &rx_descriptors, &tx_descriptors);
	if (error != 0 && error != -ENOTSUP)
		return fail(why, size, "rte_eth_dev_adjust_nb_rx_tx_desc", error);
	error = rte_eth_rx_queue_setup(
		port->id, 0, rx_descriptors, (unsigned)socket, NULL, port->mbufs
	);
	if (error == 0)
		error = rte_eth_tx_queue_setup(port->id, 0, tx_descriptors, (unsigned)socket, NULL);
	return error == 0
		|| fail(why, size, "rte_eth_rx_queue_setup, rte_eth_tx_queue_setup", error);
}

bool
port_up(struct port *port, const struct options *options, char *why, size_t size)
{
	if (!find_port(port, why, size) || !configure(port, why, size))
		return false;
	int error = rte_eth_dev_start(port->id);

	if (error != 0)
		return fail(why, size, "rte_eth_dev_start", error);
	// Solicitations go to a multicast group for each client, and --mac may differ from the
	// port's address. Drivers without these modes receive everything anyway.
	(void)rte_eth_promiscuous_enable(port->id);
	(void)rte_eth_allmulticast_enable(port->id);
	rte_eth_macaddr_get(port->id, &port->mac);
	if (options->mac.given)
		port->mac = options->mac.address;
	return true;
}

bool
port_wait_for_link(const struct port *port, char *why, size_t size)
{
	struct rte_eth_link link = {0};

	for (unsigned waited = 0; waited < PORT_LINK_WAIT_MS; waited += LINK_POLL_MS) {
		int error = rte_eth_link_get_nowait(port->id, &link);

		if (error != 0 || link.link_status == RTE_ETH_LINK_UP)
			return true; // drivers without link status are up
		rte_delay_us_sleep(LINK_POLL_MS * 1000);
	}
	snprintf(
		why, size, "link down for %u s: is the other end running?", PORT_LINK_WAIT_MS / 1000
	);
	return false;
}

void
port_down(struct port *port)
{
	(void)rte_eth_dev_stop(port->id);
	(void)rte_eth_dev_close(port->id);
}

unsigned
port_send(
	const struct port *port,
	struct port_backlog *backlog,
	struct rte_mbuf **mbufs,
	unsigned count
)
{
	unsigned sent = rte_eth_tx_burst(port->id, 0, mbufs, (uint16_t)count);

	backlog->count = count - sent;
	if (unlikely(sent < count))
		memmove(backlog->mbufs, mbufs + sent, (count - sent) * sizeof(*mbufs));
	return sent;
}

void
port_backlog_free(struct port_backlog *backlog)
{
	rte_pktmbuf_free_bulk(backlog->mbufs, backlog->count);
	backlog->count = 0;
}

void
port_send_one(const struct port *port, struct rte_mbuf *mbuf, uint16_t len)
{
	mbuf->data_len = len;
	mbuf->pkt_len = len;
	if (rte_eth_tx_burst(port->id, 0, &mbuf, 1) == 0)
		rte_pktmbuf_free(mbuf);
}
