// SPDX-License-Identifier: BSD-3-Clause

#include "history.h"

#include "../../lib/stats/telemetry_command.h"
#include "../common/monotonic.h"
#include "../telemetry_client/reply.h"
#include "verdicts.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MINUTE_MS = 60000, LATE_MS = HISTORY_INTERVAL_MS * 3 / 2 };

struct history {
	pthread_mutex_t lock; // guards the fields below; the writer reads them without it
	unsigned count, next; // number of points, and index of the next
	struct history_point points[HISTORY_POINTS];
};

enum series_kind { SERIES_COUNTER, SERIES_LOSS, SERIES_GAUGE };

static const struct {
	const char *name;
	enum series_kind kind;
} series_infos[] = {
#define HISTORY_COUNTER(name) [HISTORY_##name] = {#name, SERIES_COUNTER},
#define HISTORY_LOSS(name) [HISTORY_##name] = {#name, SERIES_LOSS},
#define HISTORY_GAUGE(name) [HISTORY_##name] = {#name, SERIES_GAUGE},
#include "history.def"
#undef HISTORY_COUNTER
#undef HISTORY_LOSS
#undef HISTORY_GAUGE
};

struct history *
history_new(void)
{
	struct history *history = calloc(1, sizeof(*history));

	if (history != NULL)
		pthread_mutex_init(&history->lock, NULL);
	return history;
}

void
history_free(struct history *history)
{
	if (history == NULL)
		return;
	pthread_mutex_destroy(&history->lock);
	free(history);
}

// --- The numbers now ----------------------------------------------------------------------------

static bool
is_answered(enum verdict v, enum verdict_kind kind)
{
	return verdict_infos[v].outcome == OUTCOME_ANSWERED && verdict_infos[v].kind == kind;
}

static void
add_verdict(uint64_t *values, enum verdict v, uint64_t count)
{
	values[HISTORY_packets] += count;
	values[HISTORY_announce] += is_answered(v, VERDICT_KIND_ANNOUNCE) ? count : 0;
	values[HISTORY_connect] += is_answered(v, VERDICT_KIND_CONNECT) ? count : 0;
	values[HISTORY_scrape] += is_answered(v, VERDICT_KIND_SCRAPE) ? count : 0;
	values[HISTORY_dropped] += verdict_infos[v].outcome == OUTCOME_DROPPED ? count : 0;
	values[HISTORY_ring_full] += v == VERDICT_ring_full ? count : 0;
	values[HISTORY_tx_full] += v == VERDICT_tx_full ? count : 0;
	values[HISTORY_torrents_full] += v == VERDICT_announce_torrents_full ? count : 0;
	values[HISTORY_peers_full] += v == VERDICT_announce_peers_full ? count : 0;
	values[HISTORY_peers_ipv6_full] += v == VERDICT_announce_peers_full ? count : 0;
}

static bool
read_verdicts(uint64_t *values, struct reply_cache *cache)
{
	struct verdicts verdicts;
	struct telemetry_error ignored;
	bool complete = verdicts_get(&verdicts, cache, &ignored);

	for (enum family f = 0; complete && f < FAMILY_COUNT; f++)
		for (enum verdict v = VERDICT_NONE + 1; v < VERDICT_COUNT; v++)
			add_verdict(values, v, verdicts_count(&verdicts, f, v));
	verdicts_free(&verdicts);
	return complete;
}

static bool
read_stats(uint64_t *values, struct reply_cache *cache)
{
	struct telemetry_error ignored;
	json_t *stats =
		reply_cache_get(cache, TELEMETRY_PATH(stats), REPLY_CACHE_KEEP_MS, &ignored);
	bool complete = stats != NULL;

	values[HISTORY_torrents] = reply_field(stats, FIELD_stats_torrents);
	values[HISTORY_seeders] = reply_field(stats, FIELD_stats_seeders_ipv4)
		+ reply_field(stats, FIELD_stats_seeders_ipv6);
	values[HISTORY_leechers] = reply_field(stats, FIELD_stats_leechers_ipv4)
		+ reply_field(stats, FIELD_stats_leechers_ipv6);
	json_decref(stats);
	return complete;
}

static void
read_missed(uint64_t *values, struct reply_cache *cache)
{
	struct telemetry_error ignored;
	json_t *ports =
		reply_cache_get(cache, TELEMETRY_PATH(ports), REPLY_CACHE_KEEP_MS, &ignored);
	const char *id;
	json_t *port;

	json_object_foreach (ports, id, port)
		values[HISTORY_rx_missed] += reply_field(port, FIELD_port_rx_missed);
	json_decref(ports);
}

static uint64_t
wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

struct history_point
history_now(struct reply_cache *cache)
{
	struct history_point point = {.wall_ms = wall_ms(), .steady_ms = monotonic_ms()};
	struct telemetry_error ignored;
	json_t *info = reply_cache_get(cache, TELEMETRY_PATH(info), REPLY_CACHE_KEEP_MS, &ignored);

	point.weir =
		reply_field(info, FIELD_info_start_s) << 24 ^ reply_field(info, FIELD_info_pid);
	point.known = info != NULL && read_verdicts(point.values, cache)
		&& read_stats(point.values, cache);
	if (point.known)
		read_missed(point.values, cache);
	json_decref(info);
	return point;
}

// --- Points -------------------------------------------------------------------------------------

// The point `back` places before the newest; 0 is the newest.
static const struct history_point *
point_before(const struct history *history, unsigned back)
{
	unsigned last = history->next + HISTORY_POINTS - 1;

	return &history->points[(last - back) % HISTORY_POINTS];
}

uint64_t
history_sample(struct history *history, struct reply_cache *cache)
{
	uint64_t since_ms = history->count == 0
		? HISTORY_INTERVAL_MS
		: monotonic_ms() - point_before(history, 0)->steady_ms;

	if (since_ms < HISTORY_INTERVAL_MS)
		return HISTORY_INTERVAL_MS - since_ms;
	struct history_point point = history_now(cache);

	pthread_mutex_lock(&history->lock);
	history->points[history->next] = point;
	history->next = (history->next + 1) % HISTORY_POINTS;
	history->count = RTE_MIN(history->count + 1, (unsigned)HISTORY_POINTS);
	pthread_mutex_unlock(&history->lock);
	return HISTORY_INTERVAL_MS;
}

uint64_t
history_growth(
	const struct history *history,
	const struct history_point *now,
	enum history_series series,
	uint64_t *age_s
)
{
	uint64_t from = 0, since_ms = 0;
	bool changed = false;

	*age_s = 0;
	for (unsigned back = 0; back < history->count && since_ms < MINUTE_MS; back++) {
		const struct history_point *point = point_before(history, back);

		if (!point->known)
			continue;
		if (point->weir != now->weir)
			return now->values[series]; // since start
		uint64_t back_ms = now->steady_ms - point->steady_ms;

		if (back_ms > 2 * MINUTE_MS) // a gap: not the last minute
			break;
		since_ms = back_ms;
		from = point->values[series];
		changed = changed || from != now->values[series];
		if (!changed)
			*age_s = since_ms / 1000;
	}
	return now->values[series] - from;
}

// --- JSON ---------------------------------------------------------------------------------------

// The rate from one point to the next; null where it is unknown.
static json_t *
rate(const struct history_point *from, const struct history_point *to, enum history_series series)
{
	if (from == NULL || !from->known || !to->known || from->weir != to->weir)
		return json_null();
	uint64_t ms = to->steady_ms - from->steady_ms;

	if (ms == 0 || ms > LATE_MS || to->values[series] < from->values[series])
		return json_null();
	return json_real((double)(to->values[series] - from->values[series]) * 1000 / (double)ms);
}

static json_t *
list_of(const struct history *history, enum history_series series)
{
	json_t *list = json_array();

	for (unsigned back = history->count; back-- > 0;) {
		const struct history_point *to = point_before(history, back);
		const struct history_point *from =
			back + 1 < history->count ? point_before(history, back + 1) : NULL;

		json_array_append_new(
			list,
			series_infos[series].kind == SERIES_COUNTER ? rate(from, to, series)
				: to->known ? json_integer((json_int_t)to->values[series])
					    : json_null()
		);
	}
	return list;
}

json_t *
history_json(struct history *history)
{
	json_t *times = json_array();
	json_t *all = json_object();

	pthread_mutex_lock(&history->lock);
	for (unsigned back = history->count; back-- > 0;)
		json_array_append_new(
			times, json_integer((json_int_t)point_before(history, back)->wall_ms)
		);
	for (enum history_series series = 0; series < HISTORY_SERIES; series++)
		if (series_infos[series].kind != SERIES_LOSS)
			json_object_set_new(
				all, series_infos[series].name, list_of(history, series)
			);
	pthread_mutex_unlock(&history->lock);
	return json_pack(
		"{s: i, s: o, s: o}",
		"interval_ms",
		HISTORY_INTERVAL_MS,
		"time_ms",
		times,
		"series",
		all
	);
}
