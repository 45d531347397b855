// SPDX-License-Identifier: BSD-3-Clause

#include "memberships.h"

void
memberships_init(struct memberships *memberships, const struct host *host, uint64_t seed)
{
	*memberships = (struct memberships){.host = host};
	mld_listener_init(&memberships->listener, mld_groups(host), seed);
}

void
memberships_link(struct memberships *memberships, bool up)
{
	memberships->link_up = up;
	memberships->reporting = false; // a link that is up is joined by the next tick
	mld_listener_set_link(&memberships->listener, false, 0);
}

static void
follow_link(struct memberships *memberships, uint64_t now_ms)
{
	bool up = memberships->link_up && host_has_ipv6(memberships->host);

	if (up && !memberships->reporting)
		memberships->has_source = mld_has_source(memberships->host);
	if (up != memberships->reporting)
		mld_listener_set_link(&memberships->listener, up, now_ms);
	memberships->reporting = up;
}

// Handles a query unless it was handled before.
static void
follow_query(
	struct memberships *memberships,
	uint64_t *done,
	uint64_t word,
	int group,
	uint64_t now_ms
)
{
	if (word == *done)
		return;
	struct mld_query query = mld_query_from_word(word);

	*done = word;
	mld_listener_query(&memberships->listener, group, &query, now_ms);
}

static void
follow_queries(struct memberships *memberships, const struct host_notes *notes, uint64_t now_ms)
{
	for (int i = 0; i < HOST_ADDRESSES_MAX; i++)
		follow_query(
			memberships,
			&memberships->group_queries[i],
			notes->mld_group_queries[i],
			i,
			now_ms
		);
	follow_query(
		memberships,
		&memberships->general_query,
		notes->mld_general_query,
		MLD_ALL_GROUPS,
		now_ms
	);
}

// Routers ignore reports from ::, so groups are reported again once there is a source address.
static void
follow_source(struct memberships *memberships, uint64_t now_ms)
{
	bool has_source = mld_has_source(memberships->host);

	if (has_source && !memberships->has_source)
		mld_listener_announce(&memberships->listener, now_ms);
	memberships->has_source = has_source;
}

static void
send_report(
	const struct host *host,
	const struct mld_report *report,
	memberships_send_t send,
	void *context
)
{
	uint8_t bytes[MLD_FRAME_MAX];

	if (!report->v1) {
		send(context, bytes, mld_write_report(host, bytes, report->record, report->groups));
		return;
	}
	for (unsigned i = 0; i < host->ipv6_count; i++)
		if ((report->groups >> i & 1) != 0)
			send(context, bytes, mld_write_report_v1(host, bytes, i));
}

void
memberships_tick(
	struct memberships *memberships,
	const struct host_notes *notes,
	uint64_t now_ms,
	memberships_send_t send,
	void *context
)
{
	struct mld_report report;

	follow_link(memberships, now_ms);
	follow_source(memberships, now_ms);
	follow_queries(memberships, notes, now_ms);
	while (mld_listener_next(&memberships->listener, now_ms, &report))
		send_report(memberships->host, &report, send, context);
}
