// SPDX-License-Identifier: BSD-3-Clause

#include "mld_listener.h"

#include <string.h>

void
mld_listener_init(struct mld_listener *listener, uint32_t groups, uint64_t seed)
{
	*listener = (struct mld_listener){
		.rng = {seed},
		.groups = groups,
		.robustness = MLD_ROBUSTNESS,
		.query_interval_s = MLD_QUERY_INTERVAL_S,
	};
}

static void
cancel_responses(struct mld_listener *listener)
{
	listener->general_due_ms = 0;
	memset(listener->group_due_ms, 0, sizeof(listener->group_due_ms));
}

void
mld_listener_set_link(struct mld_listener *listener, bool up, uint64_t now_ms)
{
	listener->up = up;
	listener->robustness = MLD_ROBUSTNESS;
	listener->query_interval_s = MLD_QUERY_INTERVAL_S;
	listener->v1_until_ms = 0;
	listener->changes = 0;
	cancel_responses(listener);
	if (up)
		mld_listener_announce(listener, now_ms);
}

void
mld_listener_announce(struct mld_listener *listener, uint64_t now_ms)
{
	if (!listener->up)
		return;
	listener->changes = listener->robustness;
	listener->change_due_ms = now_ms;
}

// RFC 3810 8.2.1: a change of the version cancels all pending reports.
static void
change_version(struct mld_listener *listener)
{
	listener->changes = 0;
	cancel_responses(listener);
}

// MLDv1 is used for the time of RFC 3810 9.12 after each MLDv1 query.
static void
note_version_1(struct mld_listener *listener, const struct mld_query *query, uint64_t now_ms)
{
	uint64_t interval_ms = UINT64_C(1000) * listener->query_interval_s;

	if (listener->v1_until_ms == 0)
		change_version(listener);
	listener->v1_until_ms = now_ms + listener->robustness * interval_ms + query->delay_ms;
}

static void
note_version_2(struct mld_listener *listener, const struct mld_query *query)
{
	listener->robustness = query->robustness != 0 ? query->robustness : MLD_ROBUSTNESS;
	listener->query_interval_s =
		query->interval_s != 0 ? query->interval_s : MLD_QUERY_INTERVAL_S;
}

static uint64_t
choose_due(struct mld_listener *listener, const struct mld_query *query, uint64_t now_ms)
{
	uint32_t max = query->delay_ms > MLD_SLACK_MS ? query->delay_ms - MLD_SLACK_MS : 0;

	return now_ms + rng_below(&listener->rng, max + 1);
}

// RFC 2710 4: each group has its own delay, which is chosen again if it is longer than allowed.
static void
schedule_v1(
	struct mld_listener *listener,
	uint32_t groups,
	const struct mld_query *query,
	uint64_t now_ms
)
{
	for (unsigned i = 0; i < HOST_ADDRESSES_MAX; i++) {
		uint64_t *due = &listener->group_due_ms[i];

		if ((groups >> i & 1) != 0 && (*due == 0 || *due > now_ms + query->delay_ms))
			*due = choose_due(listener, query, now_ms);
	}
}

// RFC 3810 6.2, rules 1 to 4. (Rule 5 is about specific sources; the host listens to all.)
static void
schedule_v2(
	struct mld_listener *listener,
	int group,
	const struct mld_query *query,
	uint64_t now_ms
)
{
	uint64_t due = choose_due(listener, query, now_ms);

	if (listener->general_due_ms != 0 && listener->general_due_ms <= due)
		return;
	if (group == MLD_ALL_GROUPS)
		listener->general_due_ms = due;
	else if (listener->group_due_ms[group] == 0 || listener->group_due_ms[group] > due)
		listener->group_due_ms[group] = due;
}

void
mld_listener_query(
	struct mld_listener *listener,
	int group,
	const struct mld_query *query,
	uint64_t now_ms
)
{
	if (!listener->up || listener->groups == 0)
		return;
	if (query->v1)
		note_version_1(listener, query, now_ms);
	else
		note_version_2(listener, query);
	if (listener->v1_until_ms == 0)
		schedule_v2(listener, group, query, now_ms);
	else if (group == MLD_ALL_GROUPS)
		schedule_v1(listener, listener->groups, query, now_ms);
	else
		schedule_v1(listener, UINT32_C(1) << group, query, now_ms);
}

// Returns the groups whose responses are due, and clears these.
static uint32_t
take_due_groups(struct mld_listener *listener, uint64_t now_ms)
{
	uint32_t groups = 0;

	for (unsigned i = 0; i < HOST_ADDRESSES_MAX; i++) {
		uint64_t *due = &listener->group_due_ms[i];

		if (*due == 0 || now_ms < *due)
			continue;
		groups |= UINT32_C(1) << i;
		*due = 0;
	}
	return groups;
}

bool
mld_listener_next(struct mld_listener *listener, uint64_t now_ms, struct mld_report *report)
{
	if (!listener->up || listener->groups == 0)
		return false;
	if (listener->v1_until_ms != 0 && now_ms >= listener->v1_until_ms) {
		listener->v1_until_ms = 0;
		change_version(listener);
	}
	*report = (struct mld_report){
		.v1 = listener->v1_until_ms != 0,
		.record = MLD_IS_EXCLUDE,
		.groups = listener->groups,
	};
	if (listener->changes > 0 && now_ms >= listener->change_due_ms) {
		listener->changes--;
		listener->change_due_ms =
			now_ms + 1 + rng_below(&listener->rng, MLD_UNSOLICITED_GAP_MS);
		report->record = MLD_TO_EXCLUDE;
		return true;
	}
	if (listener->general_due_ms != 0 && now_ms >= listener->general_due_ms) {
		listener->general_due_ms = 0;
		return true;
	}
	report->groups = take_due_groups(listener, now_ms);
	return report->groups != 0;
}
