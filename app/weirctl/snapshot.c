// SPDX-License-Identifier: BSD-3-Clause

#include "snapshot.h"

#include "fetch.h"

#include <math.h>
#include <stdio.h>

// A reply that took long to make is asked for so much less often.
enum { REST = 20 };

// `every_s`: how old a reply may be; 0: as young as the snapshot.
static const struct question {
	const char *command;
	const char *id;
	double every_s;
} questions[SNAPSHOT_COUNT] = {
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
	[SNAPSHOT_LARGEST] = {"/weir/top,50", NULL, 5}, // looks through all torrents
};

// False where there is no reply.
static bool
ask_one(struct snapshot *snapshot,
	const struct question *question,
	enum snapshot_reply number,
	struct ask *ask)
{
	struct ask_error error;

	snapshot->replies[number] = fetch_reply(ask, question->command, question->id, &error);
	if (snapshot->replies[number] == NULL)
		snprintf(snapshot->why, sizeof(snapshot->why), "%s", error.text);
	return snapshot->replies[number] != NULL;
}

static void
take_over(struct snapshot *snapshot, const struct snapshot *before, enum snapshot_reply number)
{
	snapshot->replies[number] = json_incref(before->replies[number]);
	snapshot->due_s[number] = before->due_s[number];
}

void
snapshot_take(
	struct snapshot *snapshot,
	const struct snapshot *before,
	struct ask *ask,
	double (*now_s)(void)
)
{
	*snapshot = (struct snapshot){.at_s = now_s(), .answered = true};
	for (unsigned q = 0; q < SNAPSHOT_COUNT && snapshot->answered; q++) {
		double start_s = now_s();
		bool same = q > SNAPSHOT_INFO && before->pid == ask_pid(ask);

		if (same && before->due_s[q] > start_s) {
			take_over(snapshot, before, q);
			continue;
		}
		// An older Weir does not know all questions; one that refuses the first is none.
		if (!ask_one(snapshot, &questions[q], q, ask) && q == SNAPSHOT_INFO)
			snapshot->answered = false;
		double took_s = now_s() - start_s;

		snapshot->due_s[q] = start_s + fmax(questions[q].every_s, REST * took_s - 1);
	}
	snapshot->pid = ask_pid(ask);
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
