// SPDX-License-Identifier: BSD-3-Clause
// Traffic: requests, latencies and drops.

#include "../../lib/stats/latency.h"
#include "number.h"
#include "reply.h"
#include "view.h"

#include <stdio.h>
#include <string.h>

enum { IPV4_END = 19, IPV6_END = 29, LINE_START = 31, RATE_END = 41 };

static struct number_text
rate_text(const struct rate *rate, const struct view *view)
{
	return number_short(view->totals ? (double)rate->total : rate->per_s);
}

// Draws "connect" and two numbers.
static void
draw_families(
	const struct area *area,
	unsigned row,
	const char *name,
	const struct rate *ipv4,
	const struct rate *ipv6,
	const struct view *view
)
{
	area_left(area, row, 0, STYLE_PLAIN, name);
	area_right(area, row, IPV4_END, STYLE_BOLD, rate_text(ipv4, view).text);
	area_right(area, row, IPV6_END, STYLE_BOLD, rate_text(ipv6, view).text);
}

// Packets of none of the three kinds.
static struct rate
other_rate(const struct rates *rates, enum family family)
{
	struct rate sum = {0};

	for (unsigned k = VERDICT_KIND_REQUEST; k < VERDICT_KIND_COUNT; k++) {
		sum.total += rates->kinds[family][k].total;
		sum.per_s += rates->kinds[family][k].per_s;
	}
	return sum;
}

static double
history_max(const struct model *model, enum verdict_kind kind)
{
	double max = 0;

	for (unsigned i = 0; i < HISTORY_ROUNDS; i++)
		max = model->history[kind][i] > max ? model->history[kind][i] : max;
	return max;
}

// Draws "received" with packets and bits per second, or with totals.
static void
draw_port(
	const struct area *area,
	unsigned row,
	const char *name,
	const struct rate *packets,
	const struct rate *bytes,
	const struct view *view
)
{
	area_left(area, row, 0, STYLE_PLAIN, name);
	area_right(area, row, IPV4_END, STYLE_BOLD, rate_text(packets, view).text);
	area_right(
		area,
		row,
		area->columns < RATE_END ? area->columns : RATE_END,
		STYLE_PLAIN,
		view->totals ? number_bytes(bytes->total).text
			     : number_bits_per_second(8 * bytes->per_s).text
	);
}

void
view_requests(const struct area *area, const struct model *model, struct view *view)
{
	static const enum verdict_kind kinds[] = {
		VERDICT_KIND_CONNECT, VERDICT_KIND_ANNOUNCE, VERDICT_KIND_SCRAPE};
	const struct rates *rates = &model->rates;
	char title[64];
	unsigned row = 1;

	area_title(area, view->totals ? "since start" : "per second");
	area_right(area, 0, IPV4_END, STYLE_TITLE, "IPv4");
	area_right(area, 0, IPV6_END, STYLE_TITLE, "IPv6");
	snprintf(
		title,
		sizeof(title),
		"%s%g s",
		area->columns > RATE_END + 1 ? "last " : "",
		HISTORY_ROUNDS * view->every_s
	);
	area_left(area, 0, LINE_START, STYLE_TITLE, title);
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(*kinds); i++, row++) {
		enum verdict_kind kind = kinds[i];
		const double *known = model->history[kind] + HISTORY_ROUNDS - model->rounds;

		draw_families(
			area,
			row,
			verdict_kind_names[kind],
			&rates->kinds[FAMILY_IPV4][kind],
			&rates->kinds[FAMILY_IPV6][kind],
			view
		);
		if (area->columns > LINE_START && model->rounds > 0)
			area_line(
				area,
				row,
				LINE_START,
				area->columns - LINE_START,
				known,
				model->rounds,
				history_max(model, kind)
			);
	}
	struct rate ipv4 = other_rate(rates, FAMILY_IPV4), ipv6 = other_rate(rates, FAMILY_IPV6);

	draw_families(area, row, "other", &ipv4, &ipv6, view);
	draw_port(area, row + 1, "received", &rates->received, &rates->received_bytes, view);
	draw_port(area, row + 2, "sent", &rates->sent, &rates->sent_bytes, view);
}

static uint64_t
latency_number(const json_t *latency, enum latency_kind kind, enum field field)
{
	return reply_number(latency, field_name_of(field, latency_infos[kind].name).text);
}

void
view_latency(const struct area *area, const struct model *model, struct view *view)
{
	static const enum field shares[] = {
		FIELD_latency_p50_ns, FIELD_latency_p99_ns, FIELD_latency_p999_ns};
	const json_t *latency = model->snapshot.replies[SNAPSHOT_LATENCY];
	const unsigned step = 8;

	(void)view;
	area_title(area, "latency");
	for (unsigned s = 0; s < 3; s++)
		area_right(
			area,
			0,
			area->columns - (2 - s) * step,
			STYLE_TITLE,
			field_infos[shares[s]].label
		);
	for (unsigned k = 0; k < LATENCY_COUNT; k++) {
		area_left(area, k + 1, 0, STYLE_PLAIN, latency_infos[k].name);
		bool known = latency_number(latency, k, FIELD_latency_count) > 0;

		for (unsigned s = 0; s < 3; s++) {
			struct number_text time =
				number_nanoseconds(latency_number(latency, k, shares[s]));

			area_right(
				area,
				k + 1,
				area->columns - (2 - s) * step,
				known ? STYLE_BOLD : STYLE_DIM,
				known ? time.text : "-"
			);
		}
	}
}

void
view_drops(const struct area *area, const struct model *model, struct view *view)
{
	enum verdict order[VERDICT_COUNT];
	unsigned count = rates_order_drops(&model->rates, view->totals, order);
	unsigned shown = count < area->rows ? count : area->rows > 2 ? area->rows - 2 : 0;
	char more[64];

	if (area->rows == 0)
		return;
	area_title(area, "drops");
	area_right(
		area, 0, area->columns, STYLE_TITLE, view->totals ? "since start" : "per second"
	);
	if (count == 0)
		area_left(area, 1, 0, STYLE_GOOD, "none since start");
	for (unsigned i = 0; i < shown; i++) {
		const struct rate *rate = &model->rates.drops[order[i]];
		bool now = rate->per_s > 0;

		area_left(area, i + 1, 0, STYLE_PLAIN, verdict_infos[order[i]].name);
		area_right(
			area,
			i + 1,
			area->columns,
			now ? STYLE_BAD : STYLE_BOLD,
			rate_text(rate, view).text
		);
	}
	if (shown < count) {
		snprintf(more, sizeof(more), "and %u more reasons", count - shown);
		area_left(area, shown + 1, 0, STYLE_DIM, more);
	}
}
