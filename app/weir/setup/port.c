// SPDX-License-Identifier: BSD-3-Clause

#include "port.h"

#include "../../../lib/bep15/mtu.h"
#include "../log/log.h"
#include "link_local.h"

#include <rte_ethdev.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

enum {
	RETA_MAX = 512,
	MULTICAST_MAX = 1 + HOST_ADDRESSES_MAX, // all nodes, and a group for each IPv6 address
};

// What we would like of a port, and take where it is offered.
static const uint64_t rx_checksums = RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM;
static const uint64_t tx_checksums = RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM;
static const uint64_t rss_wanted = RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP;

static bool
fail(struct error *error, const struct port *port, const char *what, int result)
{
	return error_set(error, NULL, "port %s: %s: %s", port->name, what, strerror(-result));
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
			"there is no port %s: check ports.device and driver.eal, and that a NIC is "
			"bound to its driver (dpdk-devbind.py --status)",
			device
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
		"DPDK found no port; what it says itself is above: name a device in driver.eal, or "
		"bind a NIC to its driver "
		"(dpdk-devbind.py --status)"
	);
}

bool
port_find(
	struct port *port,
	const struct config *config,
	const struct config_port *port_config,
	unsigned io_count,
	struct error *error
)
{
	struct rte_eth_dev_info info;
	unsigned queues = config->queues != 0 ? RTE_MIN(config->queues, io_count) : io_count;

	port->config = port_config;
	if (!find_device(port, port_config->device, error))
		return false;
	rte_eth_dev_get_name_by_port(port->id, port->name);
	int result = rte_eth_dev_info_get(port->id, &info);

	if (result != 0)
		return fail(error, port, "does not say what it can do", result);
	unsigned pairs = RTE_MIN(info.max_rx_queues, info.max_tx_queues);

	port->queues = (uint16_t)RTE_MIN(queues, pairs);
	if (port->queues == 0)
		return error_set(error, NULL, "port %s has no pair of queues", port->name);
	if (port->queues < queues)
		log_info("port %s: %u queue pairs, not %u", port->name, port->queues, queues);
	port->socket = rte_eth_dev_socket_id(port->id);
	return true;
}

// Spreads flows over queues with a key nobody knows, as far as the port can.
static void
choose_rss(
	const struct port *port,
	const struct config *config,
	const struct keys *keys,
	const struct rte_eth_dev_info *info,
	struct rte_eth_conf *conf
)
{
	uint64_t offered = info->flow_type_rss_offloads & rss_wanted;

	if (port->queues == 1)
		return;
	if (!config->rss || offered == 0) {
		log_warning("port %s: no RSS: its queues may be used unevenly", port->name);
		return;
	}
	conf->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	conf->rx_adv_conf.rss_conf.rss_hf = offered;
	conf->rxmode.offloads |= info->rx_offload_capa & RTE_ETH_RX_OFFLOAD_RSS_HASH;
	if (info->hash_key_size > 0 && info->hash_key_size <= sizeof(keys->rss)) {
		conf->rx_adv_conf.rss_conf.rss_key = (uint8_t *)(uintptr_t)keys->rss;
		conf->rx_adv_conf.rss_conf.rss_key_len = info->hash_key_size;
	}
}

static void
choose_offloads(
	struct port *port,
	const struct config *config,
	const struct rte_eth_dev_info *info,
	struct rte_eth_conf *conf
)
{
	if (config->checksum_offload) {
		conf->rxmode.offloads |= info->rx_offload_capa & rx_checksums;
		conf->txmode.offloads |= info->tx_offload_capa & tx_checksums;
	}
	// All buffers come from one pool and are never shared: the driver may free them in bulk.
	conf->txmode.offloads |= info->tx_offload_capa & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	port->host.offload_ip_checksum = conf->txmode.offloads & RTE_ETH_TX_OFFLOAD_IPV4_CKSUM;
	port->host.offload_udp_checksum = conf->txmode.offloads & RTE_ETH_TX_OFFLOAD_UDP_CKSUM;
}

static void
fill_host(struct port *port, const struct config *config)
{
	const struct config_port *from = port->config;
	struct host *host = &port->host;

	host->vlan_tci = rte_cpu_to_be_16((uint16_t)from->vlan);
	host->l2_len = sizeof(struct rte_ether_hdr) + (from->vlan == 0 ? 0 : 4);
	host->allow_private = config->allow_private;
	host->udp_port = rte_cpu_to_be_16((uint16_t)config->tracker_port);
	for (unsigned i = 0; i < from->addresses.count; i++) {
		const struct config_address *address = &from->addresses.items[i];

		if (address->family == FAMILY_IPV4) {
			host->ipv4_prefix[host->ipv4_count] = address->prefix;
			memcpy(&host->ipv4[host->ipv4_count++], address->bytes, 4);
		} else {
			host->ipv6_prefix[host->ipv6_count] = address->prefix;
			memcpy(host->ipv6[host->ipv6_count++], address->bytes, 16);
		}
	}
	if (*from->gateway_ipv4 != '\0')
		inet_pton(AF_INET, from->gateway_ipv4, &host->gateway_ipv4);
	if (*from->gateway_ipv6 != '\0')
		inet_pton(AF_INET6, from->gateway_ipv6, host->gateway_ipv6);
}

static void
tell_sources(const struct port *port, const struct config *config)
{
	const struct config_addresses *addresses = &port->config->addresses;
	char note[512];

	for (unsigned i = 0; i < addresses->count; i++)
		switch (config_note_sources(config, &addresses->items[i], note, sizeof(note))) {
		case CONFIG_NOTE_WARNING:
			log_warning("port %s: %s", port->name, note);
			break;
		case CONFIG_NOTE_INFO:
			log_info("port %s: %s", port->name, note);
			break;
		case CONFIG_NOTE_NONE:
			break;
		}
}

unsigned
port_address_index(const struct port *port, unsigned i)
{
	const struct config_addresses *addresses = &port->config->addresses;
	unsigned before = 0;

	for (unsigned other = 0; other < i; other++)
		before += addresses->items[other].family == addresses->items[i].family;
	return before;
}

static bool
setup_queues(struct port *port, struct rte_mempool *mbufs, struct error *error)
{
	int result = rte_eth_dev_adjust_nb_rx_tx_desc(
		port->id, &port->rx_descriptors, &port->tx_descriptors
	);

	if (result != 0 && result != -ENOTSUP)
		return fail(error, port, "does not take the number of descriptors", result);
	for (uint16_t q = 0; q < port->queues; q++) {
		result = rte_eth_rx_queue_setup(
			port->id, q, port->rx_descriptors, (unsigned)port->socket, NULL, mbufs
		);
		if (result != 0)
			return fail(error, port, "receive queue cannot be set up", result);
		result = rte_eth_tx_queue_setup(
			port->id, q, port->tx_descriptors, (unsigned)port->socket, NULL
		);
		if (result != 0)
			return fail(error, port, "transmit queue cannot be set up", result);
	}
	return true;
}

// A port that has no such operation keeps its MTU; our replies keep to the smaller of the two.
static bool
set_mtu(const struct port *port, const struct config *config, struct error *error)
{
	int result = config->mtu == 0 ? 0 : rte_eth_dev_set_mtu(port->id, (uint16_t)config->mtu);

	if (result == -ENOTSUP) {
		log_warning("port %s: MTU left alone: %s", port->name, strerror(ENOTSUP));
		return true;
	}
	return result == 0 || fail(error, port, "does not take driver.mtu", result);
}

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

// A link with an MTU below 1280 carries no IPv6 (RFC 8200 5); that of a port with IPv4 may grow.
static bool
has_room(const struct port *port, const struct config *config, struct error *error)
{
	uint32_t mtu = port_mtu(port, config);

	if (mtu >= MTU_IPV4_MIN && (mtu >= MTU_IPV6_MIN || port->host.ipv4_count > 0))
		return true;
	return error_set(
		error,
		NULL,
		"port %s: its MTU of %u is too small: IPv4 needs %d, IPv6 %d",
		port->name,
		mtu,
		MTU_IPV4_MIN,
		MTU_IPV6_MIN
	);
}

// A host with IPv6 has a link-local address (RFC 4291 2.1): one of our own making, last of all,
// unless the configuration names one. Not inlined: gcc 14 would take the host for its first member,
// and warn of a write behind it.
static __rte_noinline void
add_link_local(struct host *host, const struct keys *keys)
{
	unsigned last = host->ipv6_count;

	for (unsigned i = 0; i < last; i++)
		if (ipv6_is_link_local(host->ipv6[i]))
			return;
	if (last == 0)
		return;
	link_local_make(
		keys->connid_master, &host->mac, rte_be_to_cpu_16(host->vlan_tci), host->ipv6[last]
	);
	host->ipv6_prefix[last] = LINK_LOCAL_PREFIX;
	host->ipv6_link_made = true;
	host->ipv6_count++;
}

bool
port_configure(
	struct port *port,
	const struct config *config,
	const struct keys *keys,
	struct rte_mempool *mbufs,
	struct error *error
)
{
	struct rte_eth_dev_info info;
	struct rte_eth_conf conf = {0};
	int result = rte_eth_dev_info_get(port->id, &info);

	if (result != 0)
		return fail(error, port, "does not say what it can do", result);
	fill_host(port, config);
	tell_sources(port, config);
	choose_rss(port, config, keys, &info, &conf);
	choose_offloads(port, config, &info, &conf);
	conf.intr_conf.rmv = (*info.dev_flags & RTE_ETH_DEV_INTR_RMV) != 0;
	result = rte_eth_dev_configure(port->id, port->queues, port->queues, &conf);
	if (result != 0)
		return fail(error, port, "cannot be configured", result);
	port->configured = true;
	if (!set_mtu(port, config, error))
		return false;
	port->rx_descriptors = (uint16_t)config->rx_descriptors;
	port->tx_descriptors = (uint16_t)config->tx_descriptors;
	if (!setup_queues(port, mbufs, error))
		return false;
	kernel_interface_open(&port->kernel, info.if_index);
	if (!has_room(port, config, error))
		return false;
	result = rte_eth_macaddr_get(port->id, &port->host.mac);
	if (result != 0)
		return fail(error, port, "has no hardware address", result);
	add_link_local(&port->host, keys);
	return true;
}

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

		groups[count++] =
			(struct rte_ether_addr){{0x33, 0x33, 0xff, low[0], low[1], low[2]}};
	}
	return count;
}

// Neighbour solicitations arrive by multicast: a filter for our groups if there is one, else all
// groups, else everything.
static void
open_filters(const struct port *port, const struct config *config)
{
	struct rte_ether_addr groups[MULTICAST_MAX];
	unsigned count = multicast_groups(&port->host, groups);

	if (config->promiscuous && rte_eth_promiscuous_enable(port->id) != 0)
		log_warning("port %s: cannot be made promiscuous", port->name);
	if (count == 0 || rte_eth_dev_set_mc_addr_list(port->id, groups, count) == 0)
		return;
	if (rte_eth_allmulticast_enable(port->id) == 0)
		return;
	if (rte_eth_promiscuous_enable(port->id) != 0)
		log_warning(
			"port %s: cannot receive multicast: IPv6 neighbours will not find it",
			port->name
		);
}

// Deals the redirection table out to our queues; a port without one keeps its own way.
static void
spread_queues(const struct port *port)
{
	struct rte_eth_rss_reta_entry64 reta[RETA_MAX / RTE_ETH_RETA_GROUP_SIZE] = {0};
	struct rte_eth_dev_info info;

	if (port->queues == 1 || rte_eth_dev_info_get(port->id, &info) != 0 || info.reta_size == 0
	    || info.reta_size > RETA_MAX)
		return;
	for (unsigned i = 0; i < info.reta_size; i++) {
		struct rte_eth_rss_reta_entry64 *group = &reta[i / RTE_ETH_RETA_GROUP_SIZE];

		group->mask |= UINT64_C(1) << i % RTE_ETH_RETA_GROUP_SIZE;
		group->reta[i % RTE_ETH_RETA_GROUP_SIZE] = (uint16_t)(i % port->queues);
	}
	int result = rte_eth_dev_rss_reta_update(port->id, reta, info.reta_size);

	if (result != 0 && result != -ENOTSUP)
		log_warning(
			"port %s: redirection table left alone: %s", port->name, strerror(-result)
		);
}

static int
note_removal(uint16_t id, enum rte_eth_event_type event, void *argument, void *result)
{
	struct port *port = argument;

	(void)id;
	(void)event;
	(void)result;
	__atomic_store_n(&port->removed, true, __ATOMIC_RELAXED);
	return 0;
}

static void
watch_removal(struct port *port)
{
	if (rte_eth_dev_callback_register(port->id, RTE_ETH_EVENT_INTR_RMV, note_removal, port)
	    != 0)
		log_warning("port %s: its removal would not be noticed", port->name);
}

bool
port_start(struct port *port, const struct config *config, struct error *error)
{
	int result = rte_eth_dev_start(port->id);

	if (result != 0)
		return fail(error, port, "does not start", result);
	port->started = true;
	watch_removal(port);
	open_filters(port, config);
	spread_queues(port);
	log_info(
		"port %s: %02x:%02x:%02x:%02x:%02x:%02x, %u queue pair%s, checksums written by %s",
		port->name,
		RTE_ETHER_ADDR_BYTES(&port->host.mac),
		port->queues,
		port->queues == 1 ? "" : "s",
		port->host.offload_udp_checksum ? "the port" : "us"
	);
	return true;
}

void
port_stop(struct port *port)
{
	if (port->started)
		rte_eth_dev_callback_unregister(
			port->id, RTE_ETH_EVENT_INTR_RMV, note_removal, port
		);
	if (port->started && rte_eth_dev_stop(port->id) != 0)
		log_warning("port %s: does not stop", port->name);
	port->started = false;
}

void
port_close(struct port *port)
{
	if (port->configured && rte_eth_dev_close(port->id) != 0)
		log_warning("port %s: does not close", port->name);
	port->configured = false;
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
	struct rte_eth_link link;

	if (rte_eth_link_get_nowait(port->id, &link) != 0)
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

	if (__atomic_load_n(&port->removed, __ATOMIC_RELAXED))
		return error_set(error, NULL, "port %s was unplugged", port->name);
	kernel_interface_look(kernel);
	if (!kernel->gone)
		return true;
	if (kernel_interface_is_back(kernel))
		return error_set(
			error,
			NULL,
			"port %s: its interface %s was deleted; only a new start can serve it "
			"again",
			port->name,
			kernel->name
		);
	if (!port->told_gone)
		log_error(
			"port %s: its interface %s is gone; Weir ends with an error when it is "
			"there again, to be started anew",
			port->name,
			kernel->name
		);
	port->told_gone = true;
	return true;
}
