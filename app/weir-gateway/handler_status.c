// SPDX-License-Identifier: BSD-3-Clause
// Everything that the status page shows, in one object.

#include "../../lib/stats/stages.h"
#include "../../lib/stats/telemetry_command.h"
#include "../telemetry_client/reply.h"
#include "../telemetry_client/rows.h"
#include "handlers.h"
#include "severity.h"
#include "verdicts.h"

#include <time.h>

// How a part is made of a reply.
enum shape {
	SHAPE_FLAT, // the reply as it is
	SHAPE_ROWS, // the numbered rows of the reply, as a list
	SHAPE_INNER_ROWS, // the numbered rows in its field `list`, as a list
};

static const struct {
	const char *name;
	enum telemetry_command_number command;
	enum shape shape;
	enum field_object object; // SHAPE_ROWS: whose key is put into each row, or OBJECT_NONE
	enum field list;
	unsigned keep_ms;
} parts[] = {
#define PART(command_, shape_, object_, list_, keep)                                               \
	{                                                                                          \
		.name = #command_, .command = TELEMETRY_COMMAND_##command_,                        \
		.shape = SHAPE_##shape_, .object = OBJECT_##object_, .list = FIELD_##list_,        \
		.keep_ms = REPLY_CACHE_##keep                                                      \
	}
	PART(info, FLAT, NONE, NONE, KEEP_MS),
	PART(stats, FLAT, NONE, NONE, KEEP_MS),
	PART(lcores, ROWS, lcore, NONE, KEEP_MS),
	PART(stages, FLAT, NONE, NONE, KEEP_MS),
	PART(latency, FLAT, NONE, NONE, KEEP_MS),
	PART(shards, ROWS, NONE, NONE, KEEP_MS),
	PART(ports, ROWS, NONE, NONE, KEEP_MS),
	PART(memory, FLAT, NONE, NONE, KEEP_MS),
	PART(health, FLAT, NONE, NONE, KEEP_MS),
	PART(lists, ROWS, list, NONE, KEEP_MS),
	PART(sources, INNER_ROWS, NONE, sources_sources, KEEP_MS),
	PART(snapshot, FLAT, NONE, NONE, KEEP_MS),
	PART(top, INNER_ROWS, NONE, top_torrents, KEEP_TOP_MS),
	PART(clients, INNER_ROWS, NONE, clients_clients, KEEP_CLIENTS_MS),
#undef PART
};

static json_int_t
wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (json_int_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static json_t *
verdict_table(void)
{
	json_t *table = json_array();

	for (enum verdict v = VERDICT_NONE + 1; v < VERDICT_COUNT; v++)
		json_array_append_new(
			table,
			json_pack(
				"{s: s, s: s, s: s, s: s}",
				"name",
				verdict_infos[v].name,
				"kind",
				verdict_kind_names[verdict_infos[v].kind],
				"outcome",
				outcome_names[verdict_infos[v].outcome],
				"help",
				verdict_infos[v].help
			)
		);
	return table;
}

// Loop, items and help of each stage, which /weir/stages does not have.
static json_t *
stage_table(void)
{
	json_t *table = json_array();

	for (enum stage s = 0; s < STAGE_COUNT; s++)
		json_array_append_new(
			table,
			json_pack(
				"{s: s, s: s, s: s, s: s}",
				"name",
				stage_infos[s].name,
				"loop",
				stage_infos[s].loop == STAGE_LOOP_IO ? "io" : "worker",
				"items",
				stage_infos[s].items,
				"help",
				stage_infos[s].help
			)
		);
	return table;
}

// Why Weir is unavailable, in a word.
static const char *const cause_names[] = {
	[TELEMETRY_CAUSE_NONE] = "unknown",
	[TELEMETRY_CAUSE_REFUSED] = "refused",
	[TELEMETRY_CAUSE_LATE] = "slow",
	[TELEMETRY_CAUSE_ABSENT] = "not_running",
	[TELEMETRY_CAUSE_FORBIDDEN] = "forbidden",
	[TELEMETRY_CAUSE_SILENT] = "slow",
	[TELEMETRY_CAUSE_LOST] = "lost",
};

static json_t *
begin(bool up, const struct telemetry_error *error)
{
	return json_pack(
		"{s: I, s: b, s: s?, s: s?, s: o, s: o}",
		"time_ms",
		wall_ms(),
		"up",
		up,
		"error",
		error == NULL ? NULL : error->text,
		"cause",
		error == NULL ? NULL : cause_names[error->cause],
		"verdict_table",
		verdict_table(),
		"stage_table",
		stage_table()
	);
}

static json_t *
shaped(const json_t *value, unsigned i)
{
	if (parts[i].shape == SHAPE_INNER_ROWS)
		return rows_list(reply_field_value(value, parts[i].list), NULL);
	if (parts[i].shape == SHAPE_ROWS)
		return rows_list(value, field_objects[parts[i].object].key);
	return json_incref((json_t *)value);
}

// Notes in `ages` whether a part is current, and its age: otherwise it is the last known one, or null.
static void
note_age(json_t *ages, const char *name, const struct reply_state *state)
{
	json_t *age = json_pack(
		"{s: b, s: s?}", "good", state->good, "error", state->good ? NULL : state->error
	);

	json_object_set_new(
		age, "age_ms", state->known ? json_integer((json_int_t)state->age_ms) : json_null()
	);
	json_object_set_new(ages, name, age);
}

// True where Weir replied.
static bool
add_part(
	json_t *whole,
	json_t *ages,
	unsigned i,
	struct reply_cache *cache,
	struct telemetry_error *error
)
{
	const char *path = telemetry_commands[parts[i].command].path;
	json_t *value = reply_cache_get(cache, path, parts[i].keep_ms, error);
	struct reply_state state = reply_cache_state(cache, path);
	json_t *part = shaped(state.value, i);

	json_object_set_new(whole, parts[i].name, part == NULL ? json_null() : part);
	note_age(ages, parts[i].name, &state);
	json_decref(value);
	return value != NULL;
}

static bool
add_verdicts(json_t *whole, json_t *ages, struct reply_cache *cache, struct telemetry_error *error)
{
	struct verdicts verdicts;
	bool complete = verdicts_get(&verdicts, cache, error);
	struct reply_state state = reply_cache_state(cache, "/weir/verdicts,ipv4");
	json_t *families = complete ? json_object() : json_null();

	for (enum family f = 0; complete && f < FAMILY_COUNT; f++)
		json_object_set(families, family_names[f], verdicts.families[f]);
	json_object_set_new(whole, "verdicts", families);
	state.good = complete;
	state.error = error->text;
	note_age(ages, "verdicts", &state);
	verdicts_free(&verdicts);
	return complete;
}

static void
add_severity(json_t *whole, struct reply_cache *cache, const struct history *history)
{
	struct history_point now = history_now(cache);
	struct telemetry_error ignored;
	json_t *health =
		reply_cache_get(cache, TELEMETRY_PATH(health), REPLY_CACHE_KEEP_MS, &ignored);

	severity_add(whole, health, history, &now);
	json_decref(health);
}

// Counters come first: replies that need a scan of all torrents may be late.
struct response
handler_status(struct reply_cache *cache, const struct history *history)
{
	json_t *whole = begin(true, NULL);
	json_t *ages = json_object();
	struct telemetry_error error = {0}, why = {0};
	bool any = add_verdicts(whole, ages, cache, &error);

	why = error;
	for (unsigned i = 0; i < RTE_DIM(parts); i++)
		any |= add_part(whole, ages, i, cache, &error);
	json_object_set_new(whole, "parts", ages);
	add_severity(whole, cache, history);
	if (!any) {
		json_decref(whole);
		return handler_status_unavailable(&why);
	}
	json_int_t age_ms = (json_int_t)reply_cache_age_ms(cache, "/weir/verdicts,ipv4");

	// Clients compute rates from this: the time of the counters, not of the response.
	json_object_set_new(whole, "time_ms", json_integer(wall_ms() - age_ms));
	return response_json(200, whole);
}

struct response
handler_status_unavailable(const struct telemetry_error *error)
{
	return response_json(200, begin(false, error));
}
