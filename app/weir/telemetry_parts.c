// SPDX-License-Identifier: BSD-3-Clause
// Replies about what there are several of: lcores, workers' shards, ports.

#include "control.h"
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
	struct control_lcore lcore;

	control_read_lcore(weir, row, &lcore);
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
	telemetry_number(object, "ring_room", lcore.room);
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
	struct shard_room room = shard_room(weir->workers[row]->shard);
	uint64_t peers = 0;

	for (unsigned i = 0; i < OF_PEERS; i++)
		peers += stats_read(&values[numbers[i]]);
	telemetry_number(object, "lcore", lcore_of_worker(weir, row));
	telemetry_number(object, "torrents", stats_read(&values[STAT_torrents]));
	telemetry_number(object, "torrents_max", room.torrents);
	telemetry_number(object, "peers", peers);
	telemetry_number(object, "peers_max", room.peers);
	for (unsigned i = 0; i < RTE_DIM(numbers); i++)
		telemetry_number(
			object, stat_infos[numbers[i]].name, stats_read(&values[numbers[i]])
		);
	telemetry_number(object, "lines", stats_read(&values[STAT_lines_used]));
	telemetry_number(object, "lines_max", room.lines);
	telemetry_number(object, "records", stats_read(&values[STAT_records_used]));
	telemetry_number(object, "records_max", room.records);
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

static void
add_addresses(const struct config_addresses *addresses, struct rte_tel_data *object)
{
	struct rte_tel_data *list = rte_tel_data_alloc();

	if (list == NULL)
		return;
	rte_tel_data_start_array(list, RTE_TEL_STRING_VAL);
	for (unsigned i = 0; i < addresses->count; i++)
		rte_tel_data_add_array_string(list, addresses->items[i].text);
	if (rte_tel_data_add_dict_container(object, "addresses", list, 0) != 0)
		rte_tel_data_free(list);
}

static void
add_link(uint16_t id, struct rte_tel_data *object)
{
	struct rte_eth_link link = {0};
	bool known = rte_eth_link_get_nowait(id, &link) == 0;
	bool up = known && link.link_status == RTE_ETH_LINK_UP;
	bool speed_known = link.link_speed != RTE_ETH_SPEED_NUM_UNKNOWN;

	telemetry_number(object, "link_up", up);
	telemetry_number(object, "link_mbps", up && speed_known ? link.link_speed : 0);
}

static void
add_counters(uint16_t id, struct rte_tel_data *object)
{
	struct rte_eth_stats stats = {0};

	rte_eth_stats_get(id, &stats); // zeros where the port has none
	telemetry_number(object, "rx_packets", stats.ipackets);
	telemetry_number(object, "rx_bytes", stats.ibytes);
	telemetry_number(object, "tx_packets", stats.opackets);
	telemetry_number(object, "tx_bytes", stats.obytes);
	telemetry_number(object, "rx_missed", stats.imissed);
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
	uint16_t mtu = 0;

	rte_ether_format_addr(mac, sizeof(mac), &port->host.mac);
	if (rte_eth_dev_info_get(port->id, &info) != 0)
		info.driver_name = NULL;
	rte_eth_dev_get_mtu(port->id, &mtu);
	telemetry_text(object, "name", port->name);
	telemetry_text(object, "driver", info.driver_name == NULL ? "" : info.driver_name);
	telemetry_text(object, "mac", mac);
	add_addresses(&port->config->addresses, object);
	add_link(port->id, object);
	telemetry_number(object, "mtu", mtu);
	telemetry_number(object, "queues", port->queues);
	add_counters(port->id, object);
}

void
telemetry_show_ports(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	const struct telemetry_rows rows = {weir->port_count, "port", port_key, show_port};

	telemetry_show_rows(weir, &rows, p, reply);
}
