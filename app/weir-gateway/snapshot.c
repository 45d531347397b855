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
	{offsetof(struct snapshot, info), "/weir/info", REPLIES_KEEP_MS},
	{offsetof(struct snapshot, stats), "/weir/stats", REPLIES_KEEP_MS},
	{offsetof(struct snapshot, lcores), "/weir/lcores", REPLIES_KEEP_MS},
	{offsetof(struct snapshot, stages), "/weir/stages", REPLIES_KEEP_MS},
	{offsetof(struct snapshot, ports), "/weir/ports", REPLIES_KEEP_MS},
	{offsetof(struct snapshot, shards), "/weir/shards", REPLIES_KEEP_MS},
	{offsetof(struct snapshot, memory), "/weir/memory", REPLIES_KEEP_MS},
	{offsetof(struct snapshot, health), "/weir/health", REPLIES_KEEP_MS},
	{offsetof(struct snapshot, clients), "/weir/clients", REPLIES_KEEP_CLIENTS_MS},
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

// True where Weir answered. A part that it does not have, or tell, is no harm to the others.
static bool
take(json_t **part, struct replies *replies, const char *command, unsigned keep_ms)
{
	struct telemetry_error ignored;

	*part = replies_get(replies, command, keep_ms, &ignored);
	return *part != NULL;
}

static bool
take_latencies(struct snapshot *snapshot, struct replies *replies)
{
	bool any = false;

	for (unsigned k = 0; k < SNAPSHOT_LATENCIES; k++) {
		char command[REPLIES_COMMAND_MAX];

		snprintf(command, sizeof(command), "/weir/latency,%s", snapshot_latency_kinds[k]);
		any |= take(&snapshot->latencies[k], replies, command, REPLIES_KEEP_MS);
	}
	return any;
}

bool
snapshot_take(struct snapshot *snapshot, struct replies *replies)
{
	struct telemetry_error ignored;
	bool any;

	*snapshot = (struct snapshot){.replies = replies};
	any = verdicts_get(&snapshot->verdicts, replies, &ignored);
	any |= take_latencies(snapshot, replies);
	for (unsigned i = 0; i < RTE_DIM(parts); i++)
		any |= take(part_of(snapshot, i), replies, parts[i].command, parts[i].keep_ms);
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
