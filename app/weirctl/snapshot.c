// SPDX-License-Identifier: BSD-3-Clause

#include "snapshot.h"

#include "fetch.h"

#include <math.h>
#include <stdio.h>

// A slow reply is fetched again after REST times its duration, REST_MAX_S at most.
enum { REST = 20, REST_MAX_S = 60 };

// `max_age_s`: maximum age of a reply that takes Weir long; 0: fetched for each snapshot.
static const struct part {
	enum telemetry_command_number command;
	const char *parameters; // NULL: none
	enum field_object object; // a row of the reply is, or OBJECT_NONE
	double max_age_s;
} parts[SNAPSHOT_COUNT] = {
	[SNAPSHOT_INFO] = {TELEMETRY_COMMAND_info},
	[SNAPSHOT_HEALTH] = {TELEMETRY_COMMAND_health},
	[SNAPSHOT_LINK] = {TELEMETRY_COMMAND_verdicts, "link"},
	[SNAPSHOT_IPV4] = {TELEMETRY_COMMAND_verdicts, "ipv4"},
	[SNAPSHOT_IPV6] = {TELEMETRY_COMMAND_verdicts, "ipv6"},
	[SNAPSHOT_STATS] = {TELEMETRY_COMMAND_stats},
	[SNAPSHOT_LCORES] = {TELEMETRY_COMMAND_lcores, NULL, OBJECT_lcore},
	[SNAPSHOT_LATENCY] = {TELEMETRY_COMMAND_latency},
	[SNAPSHOT_SHARDS] = {TELEMETRY_COMMAND_shards, NULL, OBJECT_shard},
	[SNAPSHOT_MEMORY] = {TELEMETRY_COMMAND_memory},
	[SNAPSHOT_PORTS] = {TELEMETRY_COMMAND_ports, NULL, OBJECT_port},
	[SNAPSHOT_LARGEST] = {TELEMETRY_COMMAND_top, "50", OBJECT_NONE, 5}, // scans all torrents
};

static json_t *
fetch_part(
	struct telemetry_client *client,
	enum snapshot_reply number,
	struct telemetry_error *error
)
{
	const struct part *part = &parts[number];
	const char *path = telemetry_commands[part->command].path;
	char text[64];

	if (part->parameters == NULL)
		return fetch_reply(client, path, part->object, error);
	snprintf(text, sizeof(text), "%s,%s", path, part->parameters);
	return fetch_reply(client, text, part->object, error);
}

void
snapshot_take(
	struct snapshot *snapshot,
	const struct snapshot *before,
	struct telemetry_client *client,
	double now_s
)
{
	struct telemetry_error error;

	*snapshot = (struct snapshot){.at_s = now_s};
	snapshot->replies[SNAPSHOT_INFO] = fetch_part(client, SNAPSHOT_INFO, &error);
	snapshot->answered = snapshot->replies[SNAPSHOT_INFO] != NULL;
	snapshot->pid = telemetry_client_pid(client);
	if (!snapshot->answered) {
		snprintf(snapshot->why, sizeof(snapshot->why), "%s", error.text);
		return;
	}
	for (unsigned q = SNAPSHOT_INFO + 1; q < SNAPSHOT_COUNT; q++) {
		if (parts[q].max_age_s == 0) {
			snapshot->replies[q] = fetch_part(client, q, &error); // NULL: an older Weir
		} else if (before->pid == snapshot->pid) {
			snapshot->replies[q] = json_incref(before->replies[q]);
			snapshot->due_s[q] = before->due_s[q];
		}
	}
}

void
snapshot_refresh_slow(
	struct snapshot *snapshot,
	struct telemetry_client *client,
	double (*now_s)(void)
)
{
	struct telemetry_error error;

	for (unsigned q = 0; q < SNAPSHOT_COUNT && snapshot->answered; q++) {
		double start_s = now_s();

		if (parts[q].max_age_s == 0 || snapshot->due_s[q] > start_s)
			continue;
		json_t *reply = fetch_part(client, q, &error);
		double rest_s = reply == NULL ? 0 : fmin(REST * (now_s() - start_s), REST_MAX_S);

		snapshot->due_s[q] = now_s() + fmax(parts[q].max_age_s, rest_s);
		if (reply == NULL)
			continue; // keep the older reply
		json_decref(snapshot->replies[q]);
		snapshot->replies[q] = reply;
	}
}

void
snapshot_free(struct snapshot *snapshot)
{
	for (unsigned q = 0; q < SNAPSHOT_COUNT; q++)
		json_decref(snapshot->replies[q]);
}

struct snapshot
snapshot_copy(const struct snapshot *snapshot)
{
	struct snapshot copy = *snapshot;

	for (unsigned q = 0; q < SNAPSHOT_COUNT; q++)
		json_incref(copy.replies[q]);
	return copy;
}
