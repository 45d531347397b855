// SPDX-License-Identifier: BSD-3-Clause
// Torrust's statistics, and behind them what Weir says itself.

#include "../telemetry_client/reply.h"
#include "handlers.h"
#include "verdicts.h"

#include <stdio.h>
#include <string.h>

// What a field is made of.
struct told {
	struct verdicts verdicts;
	json_t *stats;
	json_t *latency; // NULL: this Weir does not have it
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
is_told_error(enum verdict v)
{
	return v == VERDICT_announce_port_zero || v == VERDICT_id_expired;
}

// Requests that were wrong, whether their sender was told or not.
static bool
in_errors(enum verdict v)
{
	return is_told_error(v) || (in_requests(v) && !in_responses(v) && !in_aborted(v));
}

static bool
is_handled(enum verdict v, enum verdict_kind kind)
{
	return in_responses(v) && !is_told_error(v) && verdict_infos[v].kind == kind;
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
packets(const struct told *told, enum family family, bool (*is_in)(enum verdict))
{
	uint64_t sum = 0;

	for (enum verdict v = VERDICT_NONE + 1; v < VERDICT_COUNT; v++)
		if (is_in(v))
			sum += verdicts_count(&told->verdicts, family, v);
	return sum;
}

// --- Sources of fields ------------------------------------------------------------------------

static uint64_t
average(const struct told *told, const char *kind)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_count", kind);
	uint64_t count = reply_number(told->latency, name);

	snprintf(name, sizeof(name), "%s_sum_ns", kind);
	return count == 0 ? 0 : reply_number(told->latency, name) / count;
}

static uint64_t
stats_sum_of(const struct told *told, const char *names)
{
	uint64_t sum = 0;

	for (const char *at = names; *at != '\0';) {
		char name[64];
		size_t length = strcspn(at, " ");

		snprintf(name, sizeof(name), "%.*s", (int)length, at);
		sum += reply_number(told->stats, name);
		at += length + (at[length] != '\0');
	}
	return sum;
}

static json_t *
integer(uint64_t value)
{
	return json_integer((json_int_t)value);
}

#define VALUE_ABSENT(told, argument) integer(0)
#define VALUE_FALSE(told, argument) json_false()
#define VALUE_STAT(told, argument) integer(stats_sum_of(told, argument))
#define VALUE_AVERAGE(told, argument) integer(average(told, argument))
#define VALUE_IPV4(told, set) integer(packets(told, FAMILY_IPV4, in_##set))
#define VALUE_IPV6(told, set) integer(packets(told, FAMILY_IPV6, in_##set))
#define VALUE_BOTH(told, set)                                                                      \
	integer(packets(told, FAMILY_IPV4, in_##set) + packets(told, FAMILY_IPV6, in_##set))

static json_t *
fields_of(const struct told *told)
{
	json_t *fields = json_object();

#define FIELD(name, source, argument)                                                              \
	json_object_set_new(fields, name, VALUE_##source(told, argument));
#include "torrust_stats.def"
#undef FIELD
	return fields;
}

// What Weir says itself, under names of its own; a part that it does not have is null.
static json_t *
own_words(struct reply_cache *cache, const struct told *told)
{
	struct telemetry_error ignored;
	json_t *info = reply_cache_get(cache, "/weir/info", REPLY_CACHE_KEEP_MS, &ignored);
	json_t *health = reply_cache_get(cache, "/weir/health", REPLY_CACHE_KEEP_MS, &ignored);

	return json_pack(
		"{s: o?, s: o?, s: O, s: O?}",
		"info",
		info,
		"health",
		health,
		"stats",
		told->stats,
		"latency",
		told->latency
	);
}

struct response
handler_stats(struct reply_cache *cache)
{
	struct told told = {0};
	struct telemetry_error error;

	told.stats = reply_cache_get(cache, "/weir/stats", REPLY_CACHE_KEEP_MS, &error);
	if (told.stats == NULL)
		return response_telemetry_error(&error);
	if (!verdicts_get(&told.verdicts, cache, &error)) {
		json_decref(told.stats);
		return response_telemetry_error(&error);
	}
	told.latency = reply_cache_get(cache, "/weir/latency", REPLY_CACHE_KEEP_MS, &error);
	json_t *fields = fields_of(&told);

	json_object_set_new(fields, "weir", own_words(cache, &told));
	verdicts_free(&told.verdicts);
	json_decref(told.stats);
	json_decref(told.latency);
	return response_json(200, fields);
}
