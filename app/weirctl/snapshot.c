// SPDX-License-Identifier: BSD-3-Clause

#include "snapshot.h"

#include "fetch.h"

#include <math.h>
#include <stdio.h>

// A slow reply is fetched again after REST times its duration, REST_MAX_S at most.
enum { REST = 20, REST_MAX_S = 60 };

// `max_age_s`: maximum age of a reply that takes Weir long; 0: fetched for each snapshot.
static const struct part {
	const char *command;
	const char *id;
	double max_age_s;
} parts[SNAPSHOT_COUNT] = {
	[SNAPSHOT_INFO] = {"/weir/info"},
	[SNAPSHOT_HEALTH] = {"/weir/health"},
	[SNAPSHOT_LINK] = {"/weir/verdicts,link"},
	[SNAPSHOT_IPV4] = {"/weir/verdicts,ipv4"},
	[SNAPSHOT_IPV6] = {"/weir/verdicts,ipv6"},
	[SNAPSHOT_STATS] = {"/weir/stats"},
	[SNAPSHOT_LCORES] = {"/weir/lcores", "lcore"},
	[SNAPSHOT_LATENCY] = {"/weir/latency"},
	[SNAPSHOT_SHARDS] = {"/weir/shards", "shard"},
	[SNAPSHOT_MEMORY] = {"/weir/memory"},
	[SNAPSHOT_PORTS] = {"/weir/ports", "port"},
	[SNAPSHOT_LARGEST] = {"/weir/top,50", NULL, 5}, // scans all torrents
};

static json_t *
fetch_part(
	struct telemetry_client *client,
	enum snapshot_reply number,
	struct telemetry_error *error
)
{
	return fetch_reply(client, parts[number].command, parts[number].id, error);
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
