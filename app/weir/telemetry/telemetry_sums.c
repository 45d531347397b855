// SPDX-License-Identifier: BSD-3-Clause
// Replies about the whole appliance.

#include "../../../lib/stats/latency.h"
#include "../control/tally.h"
#include "../setup/memory_plan.h"
#include "../setup/workers.h"
#include "telemetry.h"
#include "version.h"

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_mempool.h>
#include <rte_version.h>

#include <string.h>
#include <unistd.h>

enum {
	NAME_MAX_BYTES = 64,
	LE_FIRST_BITS = 8, // the histogram that readers get: powers of two from 256 ns
	LE_LAST_BITS = 24, // to 16.8 ms
};

static uint64_t
uptime_s(const struct weir *weir)
{
	return (rte_rdtsc() - weir->start_tsc) / rte_get_tsc_hz();
}

// The DPDK drivers of our ports, each once; what driver.name calls them is a label.
static void
list_drivers(const struct weir *weir, char *text, size_t size)
{
	*text = '\0';
	for (unsigned i = 0; i < weir->port_count; i++) {
		struct rte_eth_dev_info info = {0};
		size_t len = strlen(text);

		if (rte_eth_dev_info_get(weir->ports[i].id, &info) != 0 || info.driver_name == NULL
		    || strstr(text, info.driver_name) != NULL)
			continue;
		snprintf(text + len, size - len, "%s%s", len == 0 ? "" : ", ", info.driver_name);
	}
}

void
telemetry_show_info(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	char drivers[256];

	(void)p;
	list_drivers(weir, drivers, sizeof(drivers));
	telemetry_text(reply, "version", WEIR_VERSION);
	telemetry_text(reply, "dpdk", rte_version());
	telemetry_text(reply, "driver", drivers);
	telemetry_number(reply, "udp_port", weir->config->tracker_port);
	telemetry_number(reply, "ports", weir->port_count);
	telemetry_number(reply, "io_lcores", weir->plan.io_count);
	telemetry_number(reply, "worker_lcores", weir->plan.worker_count);
	telemetry_number(reply, "pid", (uint64_t)getpid());
	telemetry_number(reply, "start_s", weir->start_s);
	telemetry_number(reply, "uptime_s", uptime_s(weir));
	telemetry_number(reply, "tsc_hz", rte_get_tsc_hz());
}

void
telemetry_show_stats(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	struct stats sum;

	(void)p;
	tally_stats(weir, &sum);
	for (unsigned s = 0; s < STAT_COUNT; s++)
		telemetry_number(reply, stat_infos[s].name, sum.values[s]);
}

// Which families a parameter asks for: all without one.
static bool
asks_family(const char *parameters, enum family family)
{
	return parameters == NULL || strcmp(parameters, family_names[family]) == 0;
}

void
telemetry_show_verdicts(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	struct stats sum;
	unsigned families = 0;

	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		families += asks_family(p, f);
	if (families == 0) {
		telemetry_refuse(reply, TELEMETRY_MALFORMED, "link, ipv4, ipv6, or nothing");
		return;
	}
	tally_stats(weir, &sum);
	for (unsigned v = VERDICT_NONE + 1; v < VERDICT_COUNT; v++) {
		uint64_t count = 0;

		for (unsigned f = 0; f < FAMILY_COUNT; f++)
			if (asks_family(p, f))
				count += sum.verdicts[f][v];
		telemetry_number(reply, verdict_infos[v].name, count);
	}
}

// Names are "STAGE_cycles", "announce_p50_ns" and the like.
static void
add_number(struct rte_tel_data *reply, const char *of, const char *what, uint64_t value)
{
	char name[NAME_MAX_BYTES];

	snprintf(name, sizeof(name), "%s_%s", of, what);
	telemetry_number(reply, name, value);
}

void
telemetry_show_stages(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	struct stage_sum sums[STAGE_COUNT];

	(void)p;
	tally_stages(weir, sums);
	telemetry_number(reply, "tsc_hz", rte_get_tsc_hz());
	telemetry_number(reply, "stage_turns", weir->config->stage_turns);
	for (unsigned s = 0; s < STAGE_COUNT; s++) {
		add_number(reply, stage_infos[s].name, "cycles", sums[s].cycles);
		add_number(reply, stage_infos[s].name, "items", sums[s].items);
	}
}

static void
add_latency(struct rte_tel_data *reply, const char *kind, const struct histogram *histogram)
{
	static const struct {
		const char *name;
		double share;
	} percentiles[] = {
		{"p50_ns", 0.5},
		{"p90_ns", 0.9},
		{"p99_ns", 0.99},
		{"p999_ns", 0.999},
	};
	uint64_t count = histogram_count(histogram);

	add_number(reply, kind, "count", count);
	add_number(reply, kind, "sum_ns", histogram->sum);
	add_number(reply, kind, "min_ns", count == 0 ? 0 : histogram->min);
	for (unsigned i = 0; i < RTE_DIM(percentiles); i++)
		add_number(
			reply,
			kind,
			percentiles[i].name,
			histogram_percentile(histogram, percentiles[i].share)
		);
	add_number(reply, kind, "max_ns", histogram->max);
}

// As a scraper wants it: how many took at most so long.
static void
add_histogram(struct rte_tel_data *reply, const struct histogram *histogram)
{
	uint64_t below = 0;
	unsigned bucket = 0;

	telemetry_number(reply, "count", histogram_count(histogram));
	telemetry_number(reply, "sum_ns", histogram->sum);
	for (unsigned bits = LE_FIRST_BITS; bits <= LE_LAST_BITS; bits++) {
		char name[NAME_MAX_BYTES];

		// The last below a power of two ends at that power less one: nobody takes exactly it.
		while (histogram_bucket_max(bucket) < UINT64_C(1) << bits)
			below += histogram->counts[bucket++];
		snprintf(name, sizeof(name), "le_%" PRIu64 "_ns", UINT64_C(1) << bits);
		telemetry_number(reply, name, below);
	}
}

void
telemetry_show_latency(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	struct histogram sum;

	for (unsigned k = 0; k < LATENCY_COUNT; k++) {
		if (p != NULL && strcmp(p, latency_infos[k].name) != 0)
			continue;
		tally_latency(weir, k, &sum);
		if (p != NULL) {
			add_histogram(reply, &sum);
			return;
		}
		add_latency(reply, latency_infos[k].name, &sum);
	}
	if (p != NULL)
		telemetry_refuse(
			reply, TELEMETRY_MALFORMED, "connect, announce, scrape, other, or nothing"
		);
}

void
telemetry_show_memory(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	uint64_t heap_bytes = 0, heap_free_bytes = 0;
	struct shard_memory memory = workers_memory(weir);

	(void)p;
	for (int socket = 0; socket < RTE_MAX_NUMA_NODES; socket++) {
		struct rte_malloc_socket_stats stats;

		if (rte_malloc_get_socket_stats(socket, &stats) != 0)
			continue;
		heap_bytes += stats.heap_totalsz_bytes;
		heap_free_bytes += stats.heap_freesz_bytes;
	}
	telemetry_number(reply, "mbufs", weir->mbufs->size);
	telemetry_number(reply, "mbufs_in_use", rte_mempool_in_use_count(weir->mbufs));
	telemetry_number(reply, "heap_bytes", heap_bytes);
	telemetry_number(reply, "heap_used_bytes", heap_bytes - heap_free_bytes);
	telemetry_number(reply, "torrents_bytes", memory.torrents + memory.torrent_index);
	telemetry_number(reply, "peers_bytes", memory.peers + memory.peer_index);
	telemetry_number(reply, "records_bytes", memory.records);
	telemetry_number(reply, "hugepages", rte_eal_has_hugepages() != 0);
}

void
telemetry_show_health(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	unsigned problems = health_problems(&weir->health);

	(void)p;
	telemetry_text(reply, "status", problems == 0 ? "ok" : "degraded");
	telemetry_number(reply, "uptime_s", uptime_s(weir));
	telemetry_number(reply, "problems", problems);
	for (enum health_check check = 0; check < HEALTH_COUNT; check++)
		telemetry_number(reply, health_infos[check].name, health_has(&weir->health, check));
}

void
telemetry_show_export(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	struct export_report report = export_report_read(&weir->export);

	(void)p;
	telemetry_text(reply, "file", weir->config->export_file);
	telemetry_number(reply, "interval_s", weir->config->export_interval_s);
	telemetry_number(reply, "runs", report.runs);
	telemetry_number(reply, "failures", report.failures);
	telemetry_number(reply, "last_s", report.last_s);
	telemetry_number(reply, "last_torrents", report.last_torrents);
	telemetry_number(reply, "last_ms", report.last_ms);
}

static void
add_option(
	struct rte_tel_data *reply,
	const char *prefix,
	const struct config_option *option,
	const void *base
)
{
	const void *field = (const char *)base + option->offset;
	char name[NAME_MAX_BYTES], text[RTE_TEL_MAX_STRING_LEN];

	snprintf(name, sizeof(name), "%s%s", prefix, option->path);
	for (char *dot = name; (dot = strchr(dot, '.')) != NULL;)
		*dot = '/'; // DPDK has no dots in names
	if (option->type == OPTION_UINT) {
		telemetry_number(reply, name, *(const uint32_t *)field);
	} else if (option->type == OPTION_BOOL) {
		telemetry_number(reply, name, *(const bool *)field);
	} else {
		config_show(option, base, text, sizeof(text));
		telemetry_text(reply, name, text);
	}
}

void
telemetry_show_config(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	(void)p;
	for (unsigned i = 0; i < config_option_count; i++)
		add_option(reply, "", &config_options[i], weir->config);
	for (unsigned port = 0; port < weir->config->port_count; port++) {
		char prefix[NAME_MAX_BYTES];

		snprintf(prefix, sizeof(prefix), "ports/%u/", port);
		for (unsigned i = 0; i < config_port_option_count; i++)
			add_option(
				reply, prefix, &config_port_options[i], &weir->config->ports[port]
			);
	}
}
