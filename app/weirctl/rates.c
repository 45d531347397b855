// SPDX-License-Identifier: BSD-3-Clause

#include "rates.h"

#include "number.h"
#include "reply.h"

#include <stdlib.h>

// Total and rate of a counter; without `before` the rate is unknown.
static struct rate
rate_of(const json_t *now, const json_t *before, const char *name, double seconds)
{
	struct rate rate = {.total = reply_number(now, name)};

	if (before == NULL
	    || !number_growth(reply_number(before, name), rate.total, seconds, &rate.per_s))
		rate.per_s = 0;
	return rate;
}

static struct rate
field_rate(const json_t *now, const json_t *before, enum field field, double seconds)
{
	return rate_of(now, before, field_infos[field].name, seconds);
}

static void
add_rate(struct rate *sum, struct rate rate)
{
	sum->total += rate.total;
	sum->per_s += rate.per_s;
}

static void
add_family(struct rates *rates, enum family family, const json_t *now, const json_t *before)
{
	for (unsigned v = VERDICT_NONE + 1; v < VERDICT_COUNT; v++) {
		const struct verdict_info *info = &verdict_infos[v];
		struct rate rate = rate_of(now, before, info->name, rates->seconds);

		add_rate(&rates->kinds[family][info->kind], rate);
		if (info->outcome == OUTCOME_DROPPED)
			add_rate(&rates->drops[v], rate);
	}
}

static const json_t *
find_lcore(const json_t *lcores, uint64_t number)
{
	const json_t *lcore;
	size_t i;

	json_array_foreach ((json_t *)lcores, i, lcore)
		if (reply_number(lcore, field_objects[OBJECT_lcore].key) == number)
			return lcore;
	return NULL;
}

static struct lcore_load
load_of(const json_t *now, const json_t *before, double seconds)
{
	struct rate cycles = field_rate(now, before, FIELD_lcore_busy_cycles, seconds);
	struct rate packets = field_rate(now, before, FIELD_lcore_packets, seconds);

	return (struct lcore_load){
		.lcore = (unsigned)reply_number(now, field_objects[OBJECT_lcore].key),
		.role = reply_field_text(now, FIELD_lcore_role),
		.busy = (double)reply_field(now, FIELD_lcore_busy_percent) / 100,
		.ring_fill = (double)reply_field(now, FIELD_lcore_ring_fill_percent) / 100,
		.cycles_per_packet = packets.per_s * seconds >= RATES_PACKETS_MIN
			? cycles.per_s / packets.per_s
			: -1,
	};
}

static void
add_lcores(struct rates *rates, const json_t *now, const json_t *before)
{
	const json_t *lcore;
	size_t i;

	json_array_foreach ((json_t *)now, i, lcore)
		if (rates->lcore_count < RATES_LCORES_MAX)
			rates->lcores[rates->lcore_count++] = load_of(
				lcore,
				find_lcore(
					before, reply_number(lcore, field_objects[OBJECT_lcore].key)
				),
				rates->seconds
			);
}

void
rates_make(struct rates *rates, const struct snapshot *before, const struct snapshot *now)
{
	static const json_t *const none[SNAPSHOT_COUNT];

	*rates = (struct rates){
		.known = before->answered && now->answered && before->pid == now->pid,
		.seconds = now->at_s - before->at_s,
	};
	const json_t *const *old = rates->known ? (const json_t *const *)before->replies : none;
	const json_t *const *new = (const json_t *const *)now->replies;
	const json_t *stats = new[SNAPSHOT_STATS], *old_stats = old[SNAPSHOT_STATS];

	add_family(rates, FAMILY_LINK, new[SNAPSHOT_LINK], old[SNAPSHOT_LINK]);
	add_family(rates, FAMILY_IPV4, new[SNAPSHOT_IPV4], old[SNAPSHOT_IPV4]);
	add_family(rates, FAMILY_IPV6, new[SNAPSHOT_IPV6], old[SNAPSHOT_IPV6]);
	rates->received = field_rate(stats, old_stats, FIELD_stats_rx_packets, rates->seconds);
	rates->received_bytes = field_rate(stats, old_stats, FIELD_stats_rx_bytes, rates->seconds);
	rates->sent = field_rate(stats, old_stats, FIELD_stats_tx_packets, rates->seconds);
	rates->sent_bytes = field_rate(stats, old_stats, FIELD_stats_tx_bytes, rates->seconds);
	add_lcores(rates, new[SNAPSHOT_LCORES], old[SNAPSHOT_LCORES]);
}

static int
compare_load(const void *a, const void *b, void *context)
{
	const struct rates *rates = context;
	unsigned first = *(const unsigned *)a, second = *(const unsigned *)b;
	double x = rates->lcores[first].busy, y = rates->lcores[second].busy;

	if (x != y)
		return x < y ? 1 : -1;
	return first < second ? -1 : 1;
}

void
rates_order_lcores(const struct rates *rates, bool by_load, unsigned order[RATES_LCORES_MAX])
{
	for (unsigned i = 0; i < rates->lcore_count; i++)
		order[i] = i;
	if (by_load)
		qsort_r(order, rates->lcore_count, sizeof(*order), compare_load, (void *)rates);
}

static int
compare_rate(const struct rate *a, const struct rate *b)
{
	return (a->per_s < b->per_s) - (a->per_s > b->per_s);
}

static int
compare_total(const struct rate *a, const struct rate *b)
{
	return (a->total < b->total) - (a->total > b->total);
}

static int
compare_drops(const void *a, const void *b, void *context)
{
	const struct rate *drops = context;
	const enum verdict *x = a, *y = b;
	int rate = compare_rate(&drops[*x], &drops[*y]);

	return rate != 0 ? rate : compare_total(&drops[*x], &drops[*y]);
}

static int
compare_drops_total(const void *a, const void *b, void *context)
{
	const struct rate *drops = context;
	const enum verdict *x = a, *y = b;
	int total = compare_total(&drops[*x], &drops[*y]);

	return total != 0 ? total : compare_rate(&drops[*x], &drops[*y]);
}

unsigned
rates_order_drops(const struct rates *rates, bool by_total, enum verdict order[VERDICT_COUNT])
{
	unsigned count = 0;

	for (unsigned v = VERDICT_NONE + 1; v < VERDICT_COUNT; v++)
		if (rates->drops[v].total > 0)
			order[count++] = (enum verdict)v;
	qsort_r(order,
		count,
		sizeof(*order),
		by_total ? compare_drops_total : compare_drops,
		(void *)rates->drops);
	return count;
}
