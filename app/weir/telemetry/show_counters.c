// SPDX-License-Identifier: BSD-3-Clause
// Replies of counters: stats, verdicts, stages, latency.

#include "../control/tally.h"
#include "reply.h"
#include "telemetry.h"

#include <rte_cycles.h>

#include <string.h>

void
telemetry_show_stats(
	const struct weir *weir,
	const char *parameters __rte_unused,
	struct rte_tel_data *reply
)
{
	struct stats sum;

	tally_stats(weir, &sum);
	for (unsigned s = 0; s < STAT_COUNT; s++)
		reply_number(reply, stat_names[s], sum.values[s]);
}

// Without a parameter all address families are meant.
static bool
is_meant(enum family family, const char *parameters)
{
	return parameters == NULL || strcmp(parameters, family_names[family]) == 0;
}

void
telemetry_show_verdicts(const struct weir *weir, const char *parameters, struct rte_tel_data *reply)
{
	struct stats sum;
	unsigned families = 0;

	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		families += is_meant(f, parameters);
	if (families == 0) {
		reply_refuse(reply, REPLY_MALFORMED, "link, ipv4, ipv6, or nothing");
		return;
	}
	tally_stats(weir, &sum);
	for (unsigned v = VERDICT_NONE + 1; v < VERDICT_COUNT; v++) {
		uint64_t count = 0;

		for (unsigned f = 0; f < FAMILY_COUNT; f++)
			if (is_meant(f, parameters))
				count += sum.verdicts[f][v];
		reply_number(reply, verdict_infos[v].name, count);
	}
}

// Adds a field whose name begins with that of a stage or of a kind of latencies.
static void
add_number_of(struct rte_tel_data *reply, const char *owner, enum field field, uint64_t number)
{
	reply_number(reply, field_name_of(field, owner).text, number);
}

void
telemetry_show_stages(
	const struct weir *weir,
	const char *parameters __rte_unused,
	struct rte_tel_data *reply
)
{
	struct stage_sum sums[STAGE_COUNT];

	tally_stages(weir, sums);
	REPLY_FILL(
		reply,
		stages,
		REPLY_NUMBER(stages_tsc_hz, rte_get_tsc_hz()),
		REPLY_NUMBER(stages_stage_turns, weir_config(weir)->stage_turns)
	);
	for (unsigned s = 0; s < STAGE_COUNT; s++) {
		add_number_of(reply, stage_infos[s].name, FIELD_stage_cycles, sums[s].cycles);
		add_number_of(reply, stage_infos[s].name, FIELD_stage_items, sums[s].items);
	}
}

static void
add_latency(struct rte_tel_data *reply, const char *kind, const struct histogram *histogram)
{
	static const struct {
		enum field field;
		double share;
	} percentiles[] = {
		{FIELD_latency_p50_ns, 0.5},
		{FIELD_latency_p90_ns, 0.9},
		{FIELD_latency_p99_ns, 0.99},
		{FIELD_latency_p999_ns, 0.999},
	};
	uint64_t count = histogram_count(histogram);

	add_number_of(reply, kind, FIELD_latency_count, count);
	add_number_of(reply, kind, FIELD_latency_sum_ns, histogram->sum);
	add_number_of(reply, kind, FIELD_latency_min_ns, count == 0 ? 0 : histogram->min);
	for (unsigned i = 0; i < RTE_DIM(percentiles); i++)
		add_number_of(
			reply,
			kind,
			percentiles[i].field,
			histogram_percentile(histogram, percentiles[i].share)
		);
	add_number_of(reply, kind, FIELD_latency_max_ns, histogram->max);
}

// Cumulative buckets, as Prometheus wants them.
static void
add_histogram(struct rte_tel_data *reply, const struct histogram *histogram)
{
	uint64_t below = 0;
	unsigned bucket = 0;

	reply_number(reply, field_infos[FIELD_histogram_count].name, histogram_count(histogram));
	reply_number(reply, field_infos[FIELD_histogram_sum_ns].name, histogram->sum);
	for (unsigned bits = FIELD_BUCKET_FIRST_BITS; bits <= FIELD_BUCKET_LAST_BITS; bits++) {
		uint64_t limit = UINT64_C(1) << bits;

		// The last bucket below a power of two ends one before it, so a sample of exactly that
		// power is missing.
		while (histogram_bucket_max(bucket) < limit)
			below += histogram->counts[bucket++];
		reply_number(reply, field_name_of_bucket(limit).text, below);
	}
}

static void
show_histogram(const struct weir *weir, const char *kind, struct rte_tel_data *reply)
{
	struct histogram sum;

	for (unsigned k = 0; k < LATENCY_COUNT; k++) {
		if (strcmp(kind, latency_infos[k].name) != 0)
			continue;
		tally_latency(weir, k, &sum);
		add_histogram(reply, &sum);
		return;
	}
	reply_refuse(reply, REPLY_MALFORMED, "connect, announce, scrape, other, or nothing");
}

void
telemetry_show_latency(const struct weir *weir, const char *parameters, struct rte_tel_data *reply)
{
	struct histogram sum;

	if (parameters != NULL) {
		show_histogram(weir, parameters, reply);
		return;
	}
	for (unsigned k = 0; k < LATENCY_COUNT; k++) {
		tally_latency(weir, k, &sum);
		add_latency(reply, latency_infos[k].name, &sum);
	}
}
