// SPDX-License-Identifier: BSD-3-Clause
// Replies about what there are several of: lcores, workers' shards, ports.

#include "../control/tally.h"
#include "telemetry.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>

// --- lcores -------------------------------------------------------------------------------------

static unsigned
lcore_key(const struct weir *weir, unsigned row)
{
	(void)weir;
	return row + 1;
}

static const char *
role_text(const struct lcore_role *role)
{
	if (role->io == LCORE_NO_ROLE)
		return "worker";
	return role->worker == LCORE_NO_ROLE ? "io" : "io worker";
}

static void
show_lcore(const struct weir *weir, unsigned row, struct rte_tel_data *object)
{
	struct tally_lcore lcore;

	tally_lcore(weir, row, &lcore);
	telemetry_number(object, "cpu", weir->plan.lcores[row].cpu);
	telemetry_text(object, "role", role_text(&weir->plan.lcores[row]));
	telemetry_number(object, "turns", lcore.turns);
	telemetry_number(object, "turns_empty", lcore.turns_empty);
	telemetry_number(object, "cycles", rte_rdtsc() - weir->start_tsc);
	telemetry_number(object, "busy_cycles", lcore.busy_cycles);
	telemetry_number(object, "busy_percent", health_busy_percent(&weir->health, row));
	telemetry_number(object, "packets", lcore.packets);
	telemetry_number(
		object,
		"cycles_per_packet",
		lcore.packets == 0 ? 0 : lcore.busy_cycles / lcore.packets
	);
	telemetry_number(object, "ring_waiting", lcore.waiting);
	telemetry_number(object, "ring_room", lcore.capacity);
	telemetry_number(object, "ring_fill_percent", lcore.fill_percent);
}

void
telemetry_show_lcores(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	const struct telemetry_rows rows = {weir->plan.count, "lcore", lcore_key, show_lcore};

	telemetry_show_rows(weir, &rows, p, reply);
}

// --- shards -------------------------------------------------------------------------------------

static unsigned
shard_key(const struct weir *weir, unsigned row)
{
	(void)weir;
	return row;
}

static unsigned
lcore_of_worker(const struct weir *weir, unsigned worker)
{
	unsigned index = 0;

	while (weir->plan.lcores[index].worker != (int)worker)
		index++;
	return index + 1;
}

static void
show_shard(const struct weir *weir, unsigned row, struct rte_tel_data *object)
{
	// The worker's numbers that are its shard's; the first ones are all its peers.
	enum { OF_PEERS = 4 };
	static const enum stat_number numbers[] = {
		STAT_seeders_ipv4,
		STAT_leechers_ipv4,
		STAT_seeders_ipv6,
		STAT_leechers_ipv6,
		STAT_completed,
		STAT_peers_expired,
		STAT_torrents_expired,
	};
	const uint64_t *values = weir->workers[row]->stats->values;
	struct shard_capacity capacity = shard_capacity(weir->workers[row]->shard);
	uint64_t peers = 0;

	for (unsigned i = 0; i < OF_PEERS; i++)
		peers += stats_read(&values[numbers[i]]);
	telemetry_number(object, "lcore", lcore_of_worker(weir, row));
	telemetry_number(object, "torrents", stats_read(&values[STAT_torrents]));
	telemetry_number(object, "torrents_max", capacity.torrents);
	telemetry_number(object, "peers", peers);
	telemetry_number(object, "peers_max", capacity.peers);
	for (unsigned i = 0; i < RTE_DIM(numbers); i++)
		telemetry_number(
			object, stat_infos[numbers[i]].name, stats_read(&values[numbers[i]])
		);
	telemetry_number(object, "lines", stats_read(&values[STAT_lines_used]));
	telemetry_number(object, "lines_max", capacity.lines);
	telemetry_number(object, "records", stats_read(&values[STAT_records_used]));
	telemetry_number(object, "records_max", capacity.records);
}

void
telemetry_show_shards(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	const struct telemetry_rows rows = {
		weir->plan.worker_count, "worker", shard_key, show_shard};

	telemetry_show_rows(weir, &rows, p, reply);
}

// --- ports --------------------------------------------------------------------------------------

static unsigned
port_key(const struct weir *weir, unsigned row)
{
	return weir->ports[row].id;
}

// Whether address `i` of the configuration passed detection, on a link that carries its family.
static bool
is_used(const struct port *port, unsigned i)
{
	const uint32_t *usable = port->config->addresses.items[i].family == FAMILY_IPV4
		? &port->host.ipv4_usable
		: &port->host.ipv6_usable;

	if (port->config->addresses.items[i].family == FAMILY_IPV6 && !host_has_ipv6(&port->host))
		return false;
	return (__atomic_load_n(usable, __ATOMIC_RELAXED) >> port_address_index(port, i) & 1) != 0;
}

static void
add_addresses(
	const struct port *port,
	const char *name,
	bool used_only,
	struct rte_tel_data *object
)
{
	const struct config_addresses *addresses = &port->config->addresses;
	struct rte_tel_data *list = rte_tel_data_alloc();

	if (list == NULL)
		return;
	rte_tel_data_start_array(list, RTE_TEL_STRING_VAL);
	for (unsigned i = 0; i < addresses->count; i++)
		if (!used_only || is_used(port, i))
			rte_tel_data_add_array_string(list, addresses->items[i].text);
	if (rte_tel_data_add_dict_container(object, name, list, 0) != 0)
		rte_tel_data_free(list);
}

// As the control thread sees it: of a port over a kernel interface, that interface's too.
static void
add_link(const struct port *port, struct rte_tel_data *object)
{
	struct rte_eth_link link = {0};
	bool up = __atomic_load_n(&port->link_up, __ATOMIC_RELAXED);
	bool speed_known = rte_eth_link_get_nowait(port->id, &link) == 0
		&& link.link_speed != RTE_ETH_SPEED_NUM_UNKNOWN;

	telemetry_number(object, "link_up", up);
	telemetry_number(object, "link_mbps", up && speed_known ? link.link_speed : 0);
}

// What nobody counts is left out, and is no zero.
static void
add_missed(const struct port *port, uint64_t missed, struct rte_tel_data *object)
{
	const struct kernel_interface *kernel = &port->kernel;

	if (kernel->index == 0)
		telemetry_number(object, "rx_missed", missed);
	else if (__atomic_load_n(&kernel->losses_known, __ATOMIC_RELAXED))
		telemetry_number(
			object,
			"rx_missed",
			missed + __atomic_load_n(&kernel->lost, __ATOMIC_RELAXED)
		);
}

static void
add_counters(const struct port *port, struct rte_tel_data *object)
{
	struct rte_eth_stats stats = {0};

	rte_eth_stats_get(port->id, &stats); // zeros where the port has none
	telemetry_number(object, "rx_packets", stats.ipackets);
	telemetry_number(object, "rx_bytes", stats.ibytes);
	telemetry_number(object, "tx_packets", stats.opackets);
	telemetry_number(object, "tx_bytes", stats.obytes);
	add_missed(port, stats.imissed, object);
	telemetry_number(object, "rx_errors", stats.ierrors);
	telemetry_number(object, "rx_no_buffer", stats.rx_nombuf);
	telemetry_number(object, "tx_errors", stats.oerrors);
}

static void
show_port(const struct weir *weir, unsigned row, struct rte_tel_data *object)
{
	const struct port *port = &weir->ports[row];
	char mac[RTE_ETHER_ADDR_FMT_SIZE];
	struct rte_eth_dev_info info = {0};

	rte_ether_format_addr(mac, sizeof(mac), &port->host.mac);
	if (rte_eth_dev_info_get(port->id, &info) != 0)
		info.driver_name = NULL;
	telemetry_text(object, "name", port->name);
	telemetry_text(object, "driver", info.driver_name == NULL ? "" : info.driver_name);
	telemetry_text(object, "mac", mac);
	add_addresses(port, "addresses", false, object);
	add_addresses(port, "addresses_used", true, object);
	add_link(port, object);
	telemetry_number(object, "mtu", __atomic_load_n(&port->mtu, __ATOMIC_RELAXED));
	telemetry_number(object, "queues", port->queues);
	telemetry_number(object, "rx_descriptors", port->rx_descriptors);
	telemetry_number(object, "tx_descriptors", port->tx_descriptors);
	telemetry_number(object, "checksum_offload", port->host.offload_udp_checksum);
	telemetry_number(object, "promiscuous", rte_eth_promiscuous_get(port->id) == 1);
	add_counters(port, object);
}

void
telemetry_show_ports(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	const struct telemetry_rows rows = {weir->port_count, "port", port_key, show_port};

	telemetry_show_rows(weir, &rows, p, reply);
}
