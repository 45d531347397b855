// SPDX-License-Identifier: BSD-3-Clause
// app/weirctl: weirctl hook: what counts as serving, how long it has to last, and the command line.

#include "../../app/weirctl/debounce.h"
#include "../../app/weirctl/service.h"
#include "../support/cmocka_wrap.h"
#include "../support/weirctl_words.h"

#include <string.h>

static struct service service;

static void
judge(const char *text)
{
	json_t *health = json_loads(text, 0, NULL);

	service_judge(&service, health);
	json_decref(health);
}

// --- what counts as serving -------------------------------------------------------------------

static void
test_only_what_stops_service_is_down(void **state)
{
	static const struct {
		const char *name, *effect, *help;
	} checks[] = {
#define HEALTH(name, effect, help) {#name, #effect, help},
#include "../../lib/stats/health.def"
#undef HEALTH
	};
	char text[256];
	unsigned stops = 0;

	(void)state;
	for (unsigned c = 0; c < sizeof(checks) / sizeof(*checks); c++) {
		snprintf(
			text,
			sizeof(text),
			"{\"status\":\"degraded\",\"ready\":1,\"%s\":1}",
			checks[c].name
		);
		judge(text);
		bool down = strcmp(checks[c].effect, "STOPS") == 0;

		stops += down;
		assert_int_equal(service.state, down ? SERVICE_DOWN : SERVICE_UP);
		assert_string_equal(service.health, checks[c].name);
		assert_string_equal(service.reason, down ? checks[c].help : "Weir serves");
	}
	assert_int_equal(stops, 4);
}

static void
test_several_checks(void **state)
{
	(void)state;
	judge("{\"status\":\"degraded\",\"ready\":1,\"rx_missed\":1,\"lcore_stuck\":1,\"link_"
	      "down\":1,"
	      "\"a_newer_check\":1}");
	assert_int_equal(service.state, SERVICE_DOWN);
	assert_string_equal(service.health, "link_down lcore_stuck rx_missed");
	assert_string_equal(
		service.reason, "a port has no link; an lcore has not finished a turn for 0.8 s"
	);
}

static void
test_ready(void **state)
{
	(void)state;
	judge("{\"status\":\"ok\",\"ready\":1,\"link_down\":0}");
	assert_int_equal(service.state, SERVICE_UP);
	assert_string_equal(service.health, "");
	judge("{\"status\":\"ok\",\"ready\":0,\"link_down\":0}");
	assert_int_equal(service.state, SERVICE_GONE);
	assert_string_equal(service.reason, "Weir is not ready");
	judge("{\"status\":\"ok\",\"link_down\":0}"); // an older Weir
	assert_int_equal(service.state, SERVICE_UP);
}

static void
test_foreign_answers_are_none(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		"[1]",
		"{\"ready\":1}",
		"{\"status\":7,\"ready\":1}",
		"{\"status\":\"\"}"};

	(void)state;
	for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		judge(texts[i]);
		assert_int_equal(service.state, SERVICE_SILENT);
		assert_string_equal(service.reason, "the answer is not Weir's");
	}
}

static void
test_errors(void **state)
{
	static const struct {
		enum telemetry_cause cause;
		enum service_state state;
	} cases[] = {
		{TELEMETRY_CAUSE_ABSENT, SERVICE_GONE},
		{TELEMETRY_CAUSE_REFUSED, SERVICE_GONE},
		{TELEMETRY_CAUSE_LATE, SERVICE_SILENT},
		{TELEMETRY_CAUSE_SILENT, SERVICE_SILENT},
		{TELEMETRY_CAUSE_LOST, SERVICE_SILENT},
		{TELEMETRY_CAUSE_FORBIDDEN, SERVICE_SILENT},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct telemetry_error error = {.cause = cases[i].cause, .text = "why\n\x1b[1mnot"};

		service_judge_error(&service, &error);
		assert_int_equal(service.state, cases[i].state);
		assert_string_equal(service.health, "");
		assert_string_equal(service.reason, "why??[1mnot"); // no line breaks, no escapes
	}
}

// --- how long it has to last ------------------------------------------------------------------

static struct debounce debounce;

static void
begin(void)
{
	debounce = (struct debounce){.up_s = 10, .down_s = 2};
}

static void
test_a_state_has_to_last(void **state)
{
	(void)state;
	begin();
	assert_int_equal(debounce_step(&debounce, true, false, 100), DEBOUNCED_UNKNOWN);
	assert_int_equal(debounce_step(&debounce, true, false, 109.9), DEBOUNCED_UNKNOWN);
	assert_int_equal(debounce_step(&debounce, true, false, 110), DEBOUNCED_UP);
	assert_int_equal(debounce_step(&debounce, false, false, 111), DEBOUNCED_UP);
	assert_int_equal(debounce_step(&debounce, false, false, 112.9), DEBOUNCED_UP);
	assert_int_equal(debounce_step(&debounce, false, false, 113), DEBOUNCED_DOWN);
	assert_int_equal(debounce_step(&debounce, true, false, 114), DEBOUNCED_DOWN);
	assert_int_equal(debounce_step(&debounce, true, false, 124), DEBOUNCED_UP);
}

static void
test_flapping_changes_nothing(void **state)
{
	(void)state;
	begin();
	debounce_step(&debounce, true, false, 0);
	assert_int_equal(debounce_step(&debounce, true, false, 10), DEBOUNCED_UP);
	for (double now_s = 10; now_s < 100; now_s += 1)
		assert_int_equal(
			debounce_step(&debounce, (int)now_s % 2 == 0, false, now_s), DEBOUNCED_UP
		);
	begin();
	for (double now_s = 0; now_s < 100; now_s += 0.5) // up half of the time, but never long
		assert_int_not_equal(
			debounce_step(&debounce, (int)(now_s / 5) % 2 == 0, false, now_s),
			DEBOUNCED_UP
		);
}

static void
test_what_is_certain_need_not_last(void **state)
{
	(void)state;
	begin();
	assert_int_equal(debounce_step(&debounce, false, true, 5), DEBOUNCED_DOWN);
	assert_int_equal(debounce_step(&debounce, true, false, 6), DEBOUNCED_DOWN);
	assert_int_equal(debounce_step(&debounce, true, false, 16), DEBOUNCED_UP);
	assert_int_equal(debounce_step(&debounce, false, true, 16.5), DEBOUNCED_DOWN);
}

// --- the command line -------------------------------------------------------------------------

static void
test_command_line(void **state)
{
	(void)state;
	assert_true(parse("hook /bin/true"));
	assert_string_equal(line.words[0], "/bin/true");
	assert_true(line.up_s == HOOK_UP_S && line.down_s == HOOK_DOWN_S);
	assert_true(line.limit_s == HOOK_LIMIT_S && line.drain_s == 0 && line.repeat_s == 0);
	assert_true(parse("hook --up 0.5 --down 3 --limit 4 --repeat 60 --drain 5 /bin/true"));
	assert_true(line.up_s == 0.5 && line.down_s == 3 && line.limit_s == 4);
	assert_true(line.repeat_s == 60 && line.drain_s == 5);
	assert_true(parse("hook --once"));
	assert_true(parse("hook --keep /bin/true"));
}

static void
test_all_mistakes_at_once(void **state)
{
#define END "; see weirctl --help\n"
	(void)state;
	assert_false(parse("hook"));
	assert_string_equal(
		said, "weirctl: hook: PROGRAM is missing: the path of an executable file" END
	);
	assert_false(parse("hook /no/such --up 0 --json --keep --drain 1"));
	assert_string_equal(
		said,
		"weirctl: --up 0: must be a number from 0.1 to 3600" END
		"weirctl: --json does not go with hook" END
		"weirctl: hook: --drain does not go with --keep" END
		"weirctl: hook: /no/such: No such file or directory" END
	);
	assert_false(parse("hook --once --up 1 --limit 1 /bin"));
	assert_string_equal(
		said,
		"weirctl: --up does not go with --once" END
		"weirctl: --limit does not go with --once" END
		"weirctl: hook: --once takes no PROGRAM" END
		"weirctl: hook: /bin: not a regular file" END
	);
	assert_false(parse("hook /etc/passwd"));
	assert_string_equal(
		said, "weirctl: hook: /etc/passwd: not executable for this user; see chmod(1)" END
	);
	assert_false(parse("stats --once --drain 2"));
	assert_string_equal(
		said,
		"weirctl: --drain does not go with stats" END
		"weirctl: --once does not go with stats" END
	);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_what_stops_service_is_down),
		cmocka_unit_test(test_several_checks),
		cmocka_unit_test(test_ready),
		cmocka_unit_test(test_foreign_answers_are_none),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_a_state_has_to_last),
		cmocka_unit_test(test_flapping_changes_nothing),
		cmocka_unit_test(test_what_is_certain_need_not_last),
		cmocka_unit_test(test_command_line),
		cmocka_unit_test(test_all_mistakes_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
