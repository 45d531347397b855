// SPDX-License-Identifier: BSD-3-Clause
// Replies about Weir as a whole: what runs, memory, health, the scrape export, snapshots.

#include "../../common/dpdk/dpdk_version.h"
#include "../setup/pools.h"
#include "../setup/steering.h"
#include "../setup/workers.h"
#include "reply.h"
#include "telemetry.h"

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_version.h>

#include <string.h>
#include <unistd.h>

static uint64_t
uptime_s(const struct weir *weir)
{
	return (rte_rdtsc() - weir->start_tsc) / rte_get_tsc_hz();
}

// The ports' drivers, each once. The setting driver.name is only a label.
static void
list_drivers(const struct weir *weir, char *text, size_t size)
{
	*text = '\0';
	for (unsigned i = 0; i < weir->port_count; i++) {
		struct rte_eth_dev_info info = {0};
		size_t len = strlen(text);

		if (!port_is_there(&weir->ports[i])
		    || rte_eth_dev_info_get(weir->ports[i].id, &info) != 0
		    || info.driver_name == NULL || strstr(text, info.driver_name) != NULL)
			continue;
		snprintf(text + len, size - len, "%s%s", len == 0 ? "" : ", ", info.driver_name);
	}
}

// The same on every port.
static uint32_t
interval_s(const struct weir *weir)
{
	const struct settings *settings = publisher_read(&weir->settings);

	return settings->ports[weir->ports[0].id].policy.interval_s;
}

void
telemetry_show_info(
	const struct weir *weir,
	const char *parameters __rte_unused,
	struct rte_tel_data *reply
)
{
	char drivers[256], steering[STEERING_WORD_MAX];

	steering_word(weir->steering.in_force, steering, sizeof(steering));
	list_drivers(weir, drivers, sizeof(drivers));
	REPLY_FILL(
		reply,
		info,
		REPLY_TEXT(info_version, weir->version),
		REPLY_TEXT(info_revision, weir->revision),
		REPLY_TEXT(info_dpdk, rte_version()),
		REPLY_TEXT(info_dpdk_built, dpdk_version_built),
		REPLY_TEXT(info_driver, drivers),
		REPLY_NUMBER(info_udp_port, weir_config(weir)->tracker_port),
		REPLY_NUMBER(info_ports, weir->port_count),
		REPLY_NUMBER(info_io_lcores, weir->plan.io_count),
		REPLY_NUMBER(info_worker_lcores, weir->plan.worker_count),
		REPLY_NUMBER(info_pid, (uint64_t)getpid()),
		REPLY_NUMBER(info_start_s, weir->start_s),
		REPLY_NUMBER(info_uptime_s, uptime_s(weir)),
		REPLY_NUMBER(info_tsc_hz, rte_get_tsc_hz()),
		REPLY_NUMBER(info_interval_s, interval_s(weir)),
		REPLY_TEXT(info_steering, steering)
	);
}

struct heap {
	uint64_t bytes, free_bytes;
};

static struct heap
read_heap(void)
{
	struct heap heap = {0};

	for (int socket = 0; socket < RTE_MAX_NUMA_NODES; socket++) {
		struct rte_malloc_socket_stats stats;

		if (rte_malloc_get_socket_stats(socket, &stats) != 0)
			continue;
		heap.bytes += stats.heap_totalsz_bytes;
		heap.free_bytes += stats.heap_freesz_bytes;
	}
	return heap;
}

void
telemetry_show_memory(
	const struct weir *weir,
	const char *parameters __rte_unused,
	struct rte_tel_data *reply
)
{
	struct shard_memory shards = workers_memory(weir, LCORE_ANY_NODE);
	struct pools_use pools = pools_use(weir);
	struct heap heap = read_heap();

	REPLY_FILL(
		reply,
		memory,
		REPLY_NUMBER(memory_mbufs, pools.mbufs),
		REPLY_NUMBER(memory_mbufs_in_use, pools.in_use),
		REPLY_NUMBER(memory_heap_bytes, heap.bytes),
		REPLY_NUMBER(memory_heap_used_bytes, heap.bytes - heap.free_bytes),
		REPLY_NUMBER(memory_torrents_bytes, shards.torrents + shards.torrent_index),
		REPLY_NUMBER(memory_peers_bytes, shards.peers + shards.peer_index),
		REPLY_NUMBER(memory_records_bytes, shards.records),
		REPLY_NUMBER(memory_hugepages, rte_eal_has_hugepages() != 0)
	);
}

void
telemetry_show_health(
	const struct weir *weir,
	const char *parameters __rte_unused,
	struct rte_tel_data *reply
)
{
	unsigned problems = health_problems(&weir->health);

	REPLY_FILL(
		reply,
		health,
		REPLY_TEXT(health_status, problems == 0 ? "ok" : "degraded"),
		REPLY_NUMBER(health_uptime_s, uptime_s(weir)),
		REPLY_NUMBER(health_ready, __atomic_load_n(&weir->ready, __ATOMIC_RELAXED)),
		REPLY_NUMBER(health_problems, problems)
	);
	for (enum health_check check = 0; check < HEALTH_COUNT; check++)
		reply_number(reply, health_infos[check].name, health_has(&weir->health, check));
}

void
telemetry_show_export(
	const struct weir *weir,
	const char *parameters __rte_unused,
	struct rte_tel_data *reply
)
{
	struct export_report report = export_report_read(&weir->export);

	REPLY_FILL(
		reply,
		export,
		REPLY_TEXT(export_file, weir_config(weir)->export_file),
		REPLY_NUMBER(export_interval_s, weir_config(weir)->export_interval_s),
		REPLY_NUMBER(export_runs, report.runs),
		REPLY_NUMBER(export_failures, report.failures),
		REPLY_NUMBER(export_last_s, report.last_s),
		REPLY_NUMBER(export_last_torrents, report.last_torrents),
		REPLY_NUMBER(export_last_ms, report.last_ms)
	);
}

void
telemetry_show_snapshot(
	const struct weir *weir,
	const char *parameters __rte_unused,
	struct rte_tel_data *reply
)
{
	const struct snapshot_status *status = &weir->snapshot;

#define NUMBER(name) REPLY_NUMBER(snapshot_##name, snapshot_status_get(&status->name))
	REPLY_FILL(
		reply,
		snapshot,
		NUMBER(runs),
		NUMBER(failures),
		NUMBER(failing),
		NUMBER(last_s),
		NUMBER(last_torrents),
		NUMBER(last_peers),
		NUMBER(last_bytes),
		NUMBER(last_ms),
		NUMBER(restored_torrents),
		NUMBER(restored_peers),
		NUMBER(restored_expired),
		NUMBER(restored_dropped)
	);
#undef NUMBER
}
