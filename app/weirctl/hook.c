// SPDX-License-Identifier: BSD-3-Clause

#include "hook.h"

#include "../common/monotonic.h"
#include "../common/standard_streams.h"
#include "debounce.h"
#include "hook_program.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const double every_s = 0.5; // how often Weir is asked
static const double retry_s = 5; // how long after a call that failed it is made again

struct hook {
	const struct command_line *line;
	struct telemetry_client *client;
	struct service service; // as last seen
	struct debounce debounce;
	struct hook_program program;
	sigset_t signals; // blocked, and waited for
};

static void
ask(struct hook *hook, double now_s)
{
	enum debounced before = hook->debounce.state;

	service_ask(&hook->service, hook->client);
	enum service_state state = hook->service.state;
	enum debounced now =
		debounce_step(&hook->debounce, state == SERVICE_UP, state == SERVICE_GONE, now_s);

	if (now != before)
		fprintf(stderr,
			"weirctl: %s: %s\n",
			now == DEBOUNCED_UP ? "up" : "down",
			hook->service.reason);
}

// Whether a call is due that says `word`: another one than the last, or one that failed, or again.
static bool
is_due(const struct hook *hook, const char *word, double now_s)
{
	const struct hook_program *program = &hook->program;
	double age_s = now_s - program->ended_s, repeat_s = hook->line->repeat_s;

	if (program->word == NULL || strcmp(program->word, word) != 0)
		return true;
	return (!program->good && age_s >= retry_s) || (repeat_s > 0 && age_s >= repeat_s);
}

static void
call_if_due(struct hook *hook, double now_s)
{
	const char *word = hook->debounce.state == DEBOUNCED_UP ? "up" : "down";

	hook_program_look(&hook->program, now_s);
	if (hook->program.pid == 0 && hook->debounce.state != DEBOUNCED_UNKNOWN
	    && is_due(hook, word, now_s))
		hook_program_start(&hook->program, word, &hook->service, now_s);
}

// Waits until `at_s`, or for a signal, which is returned; 0: none.
static int
wait_for_signal(const struct hook *hook, double at_s)
{
	double left_s = at_s - monotonic_s();
	struct timespec left = {0};

	if (left_s > 0)
		left = (struct timespec){
			(time_t)left_s, (long)((left_s - (double)(time_t)left_s) * 1e9)};
	int signal = sigtimedwait(&hook->signals, NULL, &left);

	return signal < 0 ? 0 : signal;
}

static bool
is_end(int signal)
{
	return signal == SIGTERM || signal == SIGINT;
}

// Until a signal says that it is enough. SIGCHLD only cuts a pause short.
static void
follow(struct hook *hook)
{
	double next_s = monotonic_s();
	int signal = 0;

	while (!is_end(signal)) {
		if (monotonic_s() >= next_s) {
			ask(hook, monotonic_s());
			next_s = monotonic_s() + every_s;
		}
		call_if_due(hook, monotonic_s());
		signal = wait_for_signal(hook, next_s);
	}
}

// Lets a run come to its end, or to its limit.
static void
wait_for_program(struct hook *hook)
{
	hook_program_look(&hook->program, monotonic_s());
	while (hook->program.pid != 0) {
		wait_for_signal(hook, monotonic_s() + every_s);
		hook_program_look(&hook->program, monotonic_s());
	}
}

// Lets routers follow while Weir still serves. A second signal ends the pause.
static void
drain(const struct hook *hook)
{
	double end_s = monotonic_s() + hook->line->drain_s;

	if (hook->service.state != SERVICE_UP)
		return;
	while (monotonic_s() < end_s)
		if (is_end(wait_for_signal(hook, end_s)))
			return;
}

// The last call; not if the last one said so and was good.
static bool
leave(struct hook *hook)
{
	struct hook_program *program = &hook->program;

	wait_for_program(hook);
	if (hook->line->keep)
		return true;
	if (program->word == NULL || strcmp(program->word, "down") != 0 || !program->good) {
		snprintf(hook->service.reason, sizeof(hook->service.reason), "weirctl hook ends");
		fprintf(stderr, "weirctl: down: %s\n", hook->service.reason);
		hook_program_start(program, "down", &hook->service, monotonic_s());
		wait_for_program(hook);
	}
	drain(hook);
	return program->good;
}

static int
run_once(struct telemetry_client *client)
{
	struct service service;

	service_ask(&service, client);
	bool up = service.state == SERVICE_UP;

	printf("%s: %s\n", up ? "up" : "down", service.reason);
	return standard_output_finish("weirctl", up ? EXIT_SUCCESS : EXIT_FAILURE);
}

int
hook_run(const struct command_line *line)
{
	struct hook hook = {
		.line = line,
		.client = service_client(line->path),
		.debounce = {line->up_s, line->down_s, DEBOUNCED_UNKNOWN, DEBOUNCED_UNKNOWN, 0},
	};
	int status;

	if (hook.client == NULL)
		return EXIT_FAILURE;
	if (line->once) {
		status = run_once(hook.client);
	} else {
		hook.program =
			(struct hook_program){.path = line->words[0], .limit_s = line->limit_s};
		sigemptyset(&hook.signals);
		sigaddset(&hook.signals, SIGTERM);
		sigaddset(&hook.signals, SIGINT);
		sigaddset(&hook.signals, SIGCHLD);
		sigprocmask(SIG_BLOCK, &hook.signals, NULL);
		follow(&hook);
		status = leave(&hook) ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	telemetry_client_free(hook.client);
	return status;
}
