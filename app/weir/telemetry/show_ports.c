// SPDX-License-Identifier: BSD-3-Clause
// Replies about Ethernet ports.

#include "show_rows.h"
#include "telemetry.h"

#include <rte_ethdev.h>

static unsigned
port_number(const struct weir *weir, unsigned row)
{
	return weir->ports[row].id;
}

// Whether address `i` passed detection, on a link that carries its family.
static bool
is_used(const struct host *host, const struct config_addresses *addresses, unsigned i)
{
	bool ipv4 = addresses->items[i].family == FAMILY_IPV4;
	const uint32_t *usable = ipv4 ? &host->ipv4_usable : &host->ipv6_usable;

	if (!ipv4 && !host_has_ipv6(host))
		return false;
	return (__atomic_load_n(usable, __ATOMIC_RELAXED) >> port_address_index(addresses, i) & 1)
		!= 0;
}

static struct rte_tel_data *
list_addresses(const struct port *port, bool used_only)
{
	const struct host *host = publisher_read(&port->host);
	const struct config_addresses *addresses = publisher_read(&port->addresses);
	struct rte_tel_data *list = rte_tel_data_alloc();

	if (list == NULL)
		return NULL;
	rte_tel_data_start_array(list, RTE_TEL_STRING_VAL);
	for (unsigned i = 0; i < addresses->count; i++)
		if (!used_only || is_used(host, addresses, i))
			rte_tel_data_add_array_string(list, addresses->items[i].text);
	return list;
}

struct link {
	bool up; // of a port over a kernel interface: that interface is up, too
	uint32_t mbps; // 0 where it is unknown, or the link is down
};

static struct link
read_link(const struct port *port)
{
	struct rte_eth_link link = {0};
	bool up = __atomic_load_n(&port->link_up, __ATOMIC_RELAXED);
	bool speed_known = port_is_there(port) && rte_eth_link_get_nowait(port->id, &link) == 0
		&& link.link_speed != RTE_ETH_SPEED_NUM_UNKNOWN;

	return (struct link){up, up && speed_known ? link.link_speed : 0};
}

static bool
is_promiscuous(const struct port *port)
{
	return port_is_there(port) && rte_eth_promiscuous_get(port->id) == 1;
}

// The driver's count, and over a kernel interface the kernel's. False where neither counts.
static bool
read_missed(const struct port *port, uint64_t *missed)
{
	const struct kernel_interface *kernel = &port->kernel;

	if (kernel->index == 0)
		return true;
	if (!__atomic_load_n(&kernel->losses_known, __ATOMIC_RELAXED))
		return false;
	*missed += __atomic_load_n(&kernel->lost, __ATOMIC_RELAXED);
	return true;
}

static uint64_t
read_count(const uint64_t *count)
{
	return __atomic_load_n(count, __ATOMIC_RELAXED);
}

static void
show_port(const struct weir *weir, unsigned row, struct rte_tel_data *object)
{
	const struct port *port = &weir->ports[row];
	const struct host *host = publisher_read(&port->host);
	struct link link = read_link(port);
	char mac[RTE_ETHER_ADDR_FMT_SIZE];
	struct rte_eth_dev_info info = {0};
	struct rte_eth_stats stats;

	rte_ether_format_addr(mac, sizeof(mac), &host->mac);
	if (!port_is_there(port) || rte_eth_dev_info_get(port->id, &info) != 0)
		info.driver_name = NULL;
	port_stats(port, &stats);
	bool missed_known = read_missed(port, &stats.imissed);

	REPLY_FILL(
		object,
		port,
		REPLY_TEXT(port_name, port->name),
		REPLY_TEXT(port_driver, info.driver_name == NULL ? "" : info.driver_name),
		REPLY_TEXT(port_mac, mac),
		REPLY_CONTAINER(port_addresses, list_addresses(port, false)),
		REPLY_CONTAINER(port_addresses_used, list_addresses(port, true)),
		REPLY_NUMBER(port_link_up, link.up),
		REPLY_NUMBER(port_link_mbps, link.mbps),
		REPLY_NUMBER(port_mtu, __atomic_load_n(&port->mtu, __ATOMIC_RELAXED)),
		REPLY_NUMBER(port_queues, port->queues),
		REPLY_NUMBER(port_rx_descriptors, port->rx_descriptors),
		REPLY_NUMBER(port_tx_descriptors, port->tx_descriptors),
		REPLY_NUMBER(port_checksum_offload, host->offload_udp_checksum),
		REPLY_TEXT(port_exception, publisher_read(&port->config)->exception),
		REPLY_NUMBER(port_exception_packets, read_count(&port->exception.packets)),
		REPLY_NUMBER(port_exception_lost, read_count(&port->exception.lost)),
		REPLY_NUMBER(port_promiscuous, is_promiscuous(port)),
		REPLY_NUMBER(port_rx_packets, stats.ipackets),
		REPLY_NUMBER(port_rx_bytes, stats.ibytes),
		REPLY_NUMBER(port_tx_packets, stats.opackets),
		REPLY_NUMBER(port_tx_bytes, stats.obytes),
		REPLY_NUMBER_IF(missed_known, port_rx_missed, stats.imissed),
		REPLY_NUMBER(port_rx_errors, stats.ierrors),
		REPLY_NUMBER(port_rx_no_buffer, stats.rx_nombuf),
		REPLY_NUMBER(port_tx_errors, stats.oerrors)
	);
}

void
telemetry_show_ports(const struct weir *weir, const char *parameters, struct rte_tel_data *reply)
{
	const struct show_rows rows = {weir->port_count, "port", port_number, show_port};

	show_rows(weir, &rows, parameters, reply);
}
