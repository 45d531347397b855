// SPDX-License-Identifier: BSD-3-Clause

#include "snapshot.h"

#include "../../lib/stats/telemetry_command.h"

#include <rte_common.h>

#include <stddef.h>
#include <stdio.h>

static const struct {
	size_t offset;
	enum telemetry_command_number command;
	unsigned keep_ms;
} parts[] = {
	{offsetof(struct snapshot, info), TELEMETRY_COMMAND_info, REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, stats), TELEMETRY_COMMAND_stats, REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, lcores), TELEMETRY_COMMAND_lcores, REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, stages), TELEMETRY_COMMAND_stages, REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, ports), TELEMETRY_COMMAND_ports, REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, shards), TELEMETRY_COMMAND_shards, REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, memory), TELEMETRY_COMMAND_memory, REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, health), TELEMETRY_COMMAND_health, REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, lists), TELEMETRY_COMMAND_lists, REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, sources), TELEMETRY_COMMAND_sources, REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, saved), TELEMETRY_COMMAND_snapshot, REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, clients),
	 TELEMETRY_COMMAND_clients,
	 REPLY_CACHE_KEEP_CLIENTS_MS},
};

static json_t **
part_of(struct snapshot *snapshot, unsigned i)
{
	return (json_t **)((char *)snapshot + parts[i].offset);
}

static const char *const more_commands[] = {
	"/weir/verdicts,link",
	"/weir/verdicts,ipv4",
	"/weir/verdicts,ipv6",
	"/weir/latency",
#define LATENCY(name, help) "/weir/latency," #name,
#include "../../lib/stats/latency.def"
#undef LATENCY
	"/weir/top",
};

const char *
snapshot_command(unsigned i)
{
	if (i < RTE_DIM(parts))
		return telemetry_commands[parts[i].command].path;
	i -= RTE_DIM(parts);
	return i < RTE_DIM(more_commands) ? more_commands[i] : NULL;
}

// True where Weir replied. A command that fails does not affect the others.
static bool
take(json_t **part, struct reply_cache *cache, const char *command, unsigned keep_ms)
{
	struct telemetry_error ignored;

	*part = reply_cache_get(cache, command, keep_ms, &ignored);
	return *part != NULL;
}

static bool
take_latencies(struct snapshot *snapshot, struct reply_cache *cache)
{
	bool any = false;

	for (unsigned k = 0; k < LATENCY_COUNT; k++) {
		char command[REPLY_CACHE_COMMAND_MAX];

		snprintf(
			command,
			sizeof(command),
			"%s,%s",
			TELEMETRY_PATH(latency),
			latency_infos[k].name
		);
		any |= take(&snapshot->latencies[k], cache, command, REPLY_CACHE_KEEP_MS);
	}
	return any;
}

bool
snapshot_take(struct snapshot *snapshot, struct reply_cache *cache)
{
	struct telemetry_error ignored;
	bool any;

	*snapshot = (struct snapshot){.cache = cache};
	any = verdicts_get(&snapshot->verdicts, cache, &ignored);
	any |= take_latencies(snapshot, cache);
	for (unsigned i = 0; i < RTE_DIM(parts); i++)
		any |= take(part_of(snapshot, i), cache, snapshot_command(i), parts[i].keep_ms);
	if (!any)
		snapshot_free(snapshot);
	return any;
}

void
snapshot_free(struct snapshot *snapshot)
{
	for (unsigned i = 0; i < RTE_DIM(parts); i++)
		json_decref(*part_of(snapshot, i));
	for (unsigned k = 0; k < LATENCY_COUNT; k++)
		json_decref(snapshot->latencies[k]);
	verdicts_free(&snapshot->verdicts);
	*snapshot = (struct snapshot){0};
}
