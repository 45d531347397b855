// SPDX-License-Identifier: BSD-3-Clause

#include "snapshot.h"

#include <rte_common.h>

#include <stddef.h>
#include <stdio.h>

const char *const snapshot_latency_kinds[SNAPSHOT_LATENCIES] = {
	"connect",
	"announce",
	"scrape",
	"other"};

static const struct {
	size_t offset;
	const char *command;
	unsigned keep_ms;
} parts[] = {
	{offsetof(struct snapshot, info), "/weir/info", REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, stats), "/weir/stats", REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, lcores), "/weir/lcores", REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, stages), "/weir/stages", REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, ports), "/weir/ports", REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, shards), "/weir/shards", REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, memory), "/weir/memory", REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, health), "/weir/health", REPLY_CACHE_KEEP_MS},
	{offsetof(struct snapshot, clients), "/weir/clients", REPLY_CACHE_KEEP_CLIENTS_MS},
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
	"/weir/latency,connect",
	"/weir/latency,announce",
	"/weir/latency,scrape",
	"/weir/latency,other",
	"/weir/top",
};

const char *
snapshot_command(unsigned i)
{
	if (i < RTE_DIM(parts))
		return parts[i].command;
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

	for (unsigned k = 0; k < SNAPSHOT_LATENCIES; k++) {
		char command[REPLY_CACHE_COMMAND_MAX];

		snprintf(command, sizeof(command), "/weir/latency,%s", snapshot_latency_kinds[k]);
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
		any |= take(part_of(snapshot, i), cache, parts[i].command, parts[i].keep_ms);
	if (!any)
		snapshot_free(snapshot);
	return any;
}

void
snapshot_free(struct snapshot *snapshot)
{
	for (unsigned i = 0; i < RTE_DIM(parts); i++)
		json_decref(*part_of(snapshot, i));
	for (unsigned k = 0; k < SNAPSHOT_LATENCIES; k++)
		json_decref(snapshot->latencies[k]);
	verdicts_free(&snapshot->verdicts);
	*snapshot = (struct snapshot){0};
}
