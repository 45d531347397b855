// SPDX-License-Identifier: BSD-3-Clause
// app/weirctl: whatever stands in a reply, every command and the live view show something, and nothing
// of it reaches the terminal as a control character.

#include "../../app/telemetry_client/rows.h"
#include "../../app/weirctl/command.h"
#include "../../app/weirctl/view.h"
#include "../support/cmocka_wrap.h"
#include "../support/foreign.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

enum { STEP = 5 }; // shares no factor with the number of strangers: all are seen

static json_t *replies;

// NULL: not a telemetry command.
static const char *
path_of(const struct command *command)
{
	return telemetry_commands[command->telemetry].path;
}

static const struct command *
command_of(const char *telemetry)
{
	for (unsigned c = 0; c < COMMAND_COUNT; c++)
		if (path_of(&commands[c]) != NULL
		    && strlen(path_of(&commands[c])) == strcspn(telemetry, ",")
		    && strncmp(telemetry, path_of(&commands[c]), strcspn(telemetry, ",")) == 0)
			return &commands[c];
	return NULL;
}

static void
assert_plain(const char *text, size_t size)
{
	assert_int_equal(strlen(text), size);
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] < ' ' && text[i] != '\n')
			fail_msg("control character %d in:\n%s", text[i], text);
}

static void
show(const struct command *command, const json_t *now, const json_t *before)
{
	const struct show_input input = {now, before, 1, true, NULL, 0};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	command->show(&input, out);
	fclose(out);
	assert_plain(text, size);
	free(text);
}

struct sample {
	const struct command *command;
	const json_t *whole;
};

static void
show_both_ways(const json_t *spoiled, void *context)
{
	const struct sample *sample = context;
	const char *key = field_objects[sample->command->object].key;
	json_t *odd = rows_expand(spoiled, key);
	json_t *whole = rows_expand(sample->whole, key);

	show(sample->command, odd, whole);
	show(sample->command, whole, odd);
	show(sample->command, odd, odd);
	json_decref(odd);
	json_decref(whole);
}

static void
test_every_command_shows_any_reply(void **state)
{
	unsigned shown[COMMAND_COUNT] = {0};
	const char *telemetry;
	json_t *reply;

	(void)state;
	json_object_foreach (replies, telemetry, reply) {
		struct sample sample = {command_of(telemetry), reply};

		assert_non_null(sample.command);
		shown[sample.command - commands] +=
			foreign_each(reply, STEP, show_both_ways, &sample);
	}
	for (unsigned c = 0; c < COMMAND_COUNT; c++)
		if (path_of(&commands[c]) != NULL && shown[c] == 0)
			fail_msg("%s has no recorded reply", commands[c].name);
}

// --- a value that is not of its type is told, not hidden ----------------------------------------

static void
assert_shows(enum command_number number, const char *json, const char *line)
{
	json_t *reply = json_loads(json, 0, NULL);
	const struct show_input input = {reply, NULL, 0, false, NULL, 0};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	commands[number].show(&input, out);
	fclose(out);
	if (strstr(text, line) == NULL)
		fail_msg("'%s' is not in:\n%s", line, text);
	free(text);
	json_decref(reply);
}

static void
test_values_of_other_types_are_shown_as_json(void **state)
{
	(void)state;
	assert_shows(COMMAND_config, "{\"a\":null}", "a        null\n");
	assert_shows(COMMAND_config, "{\"a\":true}", "a        true\n");
	assert_shows(COMMAND_config, "{\"a\":1.5}", "a        1.5\n");
	assert_shows(COMMAND_config, "{\"a\":-1}", "a        -1\n");
	assert_shows(COMMAND_config, "{\"a\":{\"b\":[1]}}", "a        {\"b\":[1]}\n");
	assert_shows(COMMAND_config, "{\"a\":[1,null,\"x\"]}", "a        1 null x\n");
	assert_shows(COMMAND_info, "{\"uptime_s\":\"soon\"}", "uptime_s  soon");
	assert_shows(COMMAND_health, "{\"ring_full\":\"x\"}", "ring_full  unknown");
	assert_shows(COMMAND_health, "{\"ring_full\":null}", "ring_full  unknown");
	assert_shows(
		COMMAND_export, "{\"last_s\":9223372036854775807}", "9,223,372,036,854,775,807"
	);
	assert_shows(COMMAND_export, "{\"last_ms\":9223372036854775807}", " s ");
}

// --- the live view ------------------------------------------------------------------------------

static const struct {
	const char *telemetry, *id;
} parts[SNAPSHOT_COUNT] = {
	[SNAPSHOT_INFO] = {"/weir/info", NULL},
	[SNAPSHOT_HEALTH] = {"/weir/health", NULL},
	[SNAPSHOT_LINK] = {"/weir/verdicts", NULL},
	[SNAPSHOT_IPV4] = {"/weir/verdicts,ipv4", NULL},
	[SNAPSHOT_IPV6] = {"/weir/verdicts", NULL},
	[SNAPSHOT_STATS] = {"/weir/stats", NULL},
	[SNAPSHOT_LCORES] = {"/weir/lcores", "lcore"},
	[SNAPSHOT_LATENCY] = {"/weir/latency", NULL},
	[SNAPSHOT_SHARDS] = {"/weir/shards", "shard"},
	[SNAPSHOT_MEMORY] = {"/weir/memory", NULL},
	[SNAPSHOT_PORTS] = {"/weir/ports", "port"},
	[SNAPSHOT_LARGEST] = {"/weir/top,3", NULL},
};

static struct snapshot
whole_snapshot(double at_s)
{
	struct snapshot snapshot = {.at_s = at_s, .pid = 7, .answered = true};

	for (unsigned p = 0; p < SNAPSHOT_COUNT; p++)
		snapshot.replies[p] =
			rows_expand(json_object_get(replies, parts[p].telemetry), parts[p].id);
	return snapshot;
}

static void
draw(const struct model *model, const struct detail *detail)
{
	static const unsigned sizes[][2] = {{24, 80}, {60, 200}, {10, 40}};
	struct view view = {.every_s = 1, .clock = "12:00:00", .path = "/x"};
	struct canvas canvas = {.blocks = true};

	view.open = detail->query;
	for (unsigned s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
		canvas_clear(&canvas, sizes[s][0], sizes[s][1]);
		view_draw(&canvas, model, detail, &view);
		for (unsigned i = 0; i < canvas.rows * canvas.columns; i++)
			assert_true(canvas.cells[i].character >= L' ');
	}
	canvas_free(&canvas);
}

static void
draw_spoiled(const json_t *spoiled, void *context)
{
	const enum snapshot_reply *part = context;
	static struct model model;

	for (unsigned round = 0; round < 3; round++) {
		struct snapshot snapshot = whole_snapshot(10 + round);

		if (round > 0) {
			json_decref(snapshot.replies[*part]);
			snapshot.replies[*part] = rows_expand(spoiled, parts[*part].id);
		}
		model_update(&model, &snapshot);
	}
	draw(&model, &(struct detail){0});
	model_free(&model);
	model = (struct model){0};
}

static void
test_the_live_view_shows_any_reply(void **state)
{
	(void)state;
	for (enum snapshot_reply part = 0; part < SNAPSHOT_COUNT; part++)
		assert_true(
			foreign_each(
				json_object_get(replies, parts[part].telemetry),
				STEP,
				draw_spoiled,
				&part
			)
			> 0
		);
}

#define HASH "68c89bc2a91a8b77d7dab18546ebc9087a28a018"
#define TORRENT_QUESTION "/weir/torrent," HASH
#define PEERS_QUESTION "/weir/peers," HASH ",0,4"

// What is spoiled is the torrent where `context` is NULL, else its peers.
static void
draw_spoiled_torrent(const json_t *spoiled, void *context)
{
	const char *other = context == NULL ? PEERS_QUESTION : TORRENT_QUESTION;
	json_t *first = rows_expand(spoiled, NULL);
	json_t *second = rows_expand(json_object_get(replies, other), NULL);
	struct model model = {0};
	struct snapshot snapshot = whole_snapshot(10);
	struct detail detail = {
		.torrent = context == NULL ? first : second,
		.peers = context == NULL ? second : first,
	};

	strcpy(detail.query.hash, HASH);
	model_update(&model, &snapshot);
	draw(&model, &detail);
	model_free(&model);
	detail_free(&detail);
}

static void
test_an_open_torrent_shows_any_reply(void **state)
{
	int peers;

	(void)state;
	assert_true(
		foreign_each(
			json_object_get(replies, TORRENT_QUESTION), STEP, draw_spoiled_torrent, NULL
		)
		> 0
	);
	assert_true(
		foreign_each(
			json_object_get(replies, PEERS_QUESTION), STEP, draw_spoiled_torrent, &peers
		)
		> 0
	);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_command_shows_any_reply),
		cmocka_unit_test(test_values_of_other_types_are_shown_as_json),
		cmocka_unit_test(test_the_live_view_shows_any_reply),
		cmocka_unit_test(test_an_open_torrent_shows_any_reply),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	replies = foreign_replies();
	int status = cmocka_run_group_tests(tests, NULL, NULL);

	json_decref(replies);
	return status;
}
