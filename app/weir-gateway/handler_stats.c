// SPDX-License-Identifier: BSD-3-Clause
// Torrust's statistics, followed by Weir's own fields.

#include "../../lib/stats/telemetry_command.h"
#include "../telemetry_client/reply.h"
#include "handlers.h"
#include "verdicts.h"

#include <stdio.h>
#include <string.h>

// Replies that the fields are computed from.
struct sources {
	struct verdicts verdicts;
	json_t *stats;
	json_t *latency; // NULL: not available
};

// --- Sets of verdicts, for fields that count packets ------------------------------------------

static bool
in_requests(enum verdict v)
{
	enum verdict_kind kind = verdict_infos[v].kind;

	return kind == VERDICT_KIND_CONNECT || kind == VERDICT_KIND_ANNOUNCE
		|| kind == VERDICT_KIND_SCRAPE || kind == VERDICT_KIND_REQUEST;
}

static bool
in_responses(enum verdict v)
{
	return in_requests(v) && verdict_infos[v].outcome == OUTCOME_ANSWERED;
}

static bool
in_aborted(enum verdict v)
{
	return v == VERDICT_ring_full || v == VERDICT_tx_full;
}

static bool
has_error_reply(enum verdict v)
{
	return v == VERDICT_announce_port_zero || v == VERDICT_id_expired
		|| v == VERDICT_announce_denied || v == VERDICT_client_denied
		|| v == VERDICT_key_unknown || v == VERDICT_key_expired;
}

// Malformed and refused requests, with or without an error reply.
static bool
in_errors(enum verdict v)
{
	return has_error_reply(v) || (in_requests(v) && !in_responses(v) && !in_aborted(v));
}

static bool
is_handled(enum verdict v, enum verdict_kind kind)
{
	return in_responses(v) && !has_error_reply(v) && verdict_infos[v].kind == kind;
}

static bool
in_connections(enum verdict v)
{
	return is_handled(v, VERDICT_KIND_CONNECT);
}

static bool
in_announces(enum verdict v)
{
	return is_handled(v, VERDICT_KIND_ANNOUNCE);
}

static bool
in_scrapes(enum verdict v)
{
	return is_handled(v, VERDICT_KIND_SCRAPE);
}

static uint64_t
packets(const struct sources *sources, enum family family, bool (*is_in)(enum verdict))
{
	uint64_t sum = 0;

	for (enum verdict v = VERDICT_NONE + 1; v < VERDICT_COUNT; v++)
		if (is_in(v))
			sum += verdicts_count(&sources->verdicts, family, v);
	return sum;
}

// --- Sources of fields ------------------------------------------------------------------------

static uint64_t
average(const struct sources *sources, const char *kind)
{
	struct field_name count_name = field_name_of(FIELD_latency_count, kind);
	struct field_name sum_name = field_name_of(FIELD_latency_sum_ns, kind);
	uint64_t count = reply_number(sources->latency, count_name.text);

	return count == 0 ? 0 : reply_number(sources->latency, sum_name.text) / count;
}

static json_t *
integer(uint64_t value)
{
	return json_integer((json_int_t)value);
}

#define VALUE_ABSENT(sources, argument) integer(0)
#define VALUE_FALSE(sources, argument) json_false()
#define VALUE_STAT(sources, name) integer(reply_field((sources)->stats, FIELD_stats_##name))
#define VALUE_STAT_BOTH(sources, name)                                                             \
	integer(reply_field((sources)->stats, FIELD_stats_##name##_ipv4)                           \
		+ reply_field((sources)->stats, FIELD_stats_##name##_ipv6))
#define VALUE_AVERAGE(sources, argument) integer(average(sources, argument))
#define VALUE_IPV4(sources, set) integer(packets(sources, FAMILY_IPV4, in_##set))
#define VALUE_IPV6(sources, set) integer(packets(sources, FAMILY_IPV6, in_##set))
#define VALUE_BOTH(sources, set)                                                                   \
	integer(packets(sources, FAMILY_IPV4, in_##set) + packets(sources, FAMILY_IPV6, in_##set))

static json_t *
fields_of(const struct sources *sources)
{
	json_t *fields = json_object();

#define FIELD(name, source, argument)                                                              \
	json_object_set_new(fields, name, VALUE_##source(sources, argument));
#include "torrust_stats.def"
#undef FIELD
	return fields;
}

// Weir's own fields. A part that is not available is null.
static json_t *
own_fields(struct reply_cache *cache, const struct sources *sources)
{
	struct telemetry_error ignored;
	json_t *info = reply_cache_get(cache, TELEMETRY_PATH(info), REPLY_CACHE_KEEP_MS, &ignored);
	json_t *health =
		reply_cache_get(cache, TELEMETRY_PATH(health), REPLY_CACHE_KEEP_MS, &ignored);

	return json_pack(
		"{s: o?, s: o?, s: O, s: O?}",
		"info",
		info,
		"health",
		health,
		"stats",
		sources->stats,
		"latency",
		sources->latency
	);
}

struct response
handler_stats(struct reply_cache *cache)
{
	struct sources sources = {0};
	struct telemetry_error error;

	sources.stats = reply_cache_get(cache, TELEMETRY_PATH(stats), REPLY_CACHE_KEEP_MS, &error);
	if (sources.stats == NULL)
		return response_telemetry_error(&error);
	if (!verdicts_get(&sources.verdicts, cache, &error)) {
		json_decref(sources.stats);
		return response_telemetry_error(&error);
	}
	sources.latency =
		reply_cache_get(cache, TELEMETRY_PATH(latency), REPLY_CACHE_KEEP_MS, &error);
	json_t *fields = fields_of(&sources);

	json_object_set_new(fields, "weir", own_fields(cache, &sources));
	verdicts_free(&sources.verdicts);
	json_decref(sources.stats);
	json_decref(sources.latency);
	return response_json(200, fields);
}
