// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/boot_watch.h: starts that take long say so, and end when they are asked to.

#include "../../app/weir/control/control.h"
#include "../../app/weir/setup/boot_watch.h"
#include "../support/cmocka_wrap.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FOR_EVER_S = 300, NOTICED = 7 };

struct child {
	pid_t pid;
	int from; // what it says
	char said[4096];
	size_t len;
};

static void
start(struct child *child, void (*body)(void))
{
	int ends[2];

	*child = (struct child){0};
	assert_int_equal(pipe(ends), 0);
	child->pid = fork();
	assert_true(child->pid >= 0);
	if (child->pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		control_block_signals();
		body();
		_exit(EXIT_FAILURE);
	}
	close(ends[1]);
	child->from = ends[0];
}

// Reads until the words were said, or until the end.
static void
wait_for(struct child *child, const char *words)
{
	while (strstr(child->said, words) == NULL) {
		ssize_t got = read(
			child->from, child->said + child->len, sizeof(child->said) - child->len - 1
		);

		if (got <= 0)
			fail_msg("never said \"%s\": %s", words, child->said);
		child->len += (size_t)got;
		child->said[child->len] = '\0';
	}
}

static void
assert_ends(struct child *child, int expected)
{
	int status;

	assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
	close(child->from);
}

static void
body_deaf(void)
{
	static struct boot_watch watch;

	boot_watch_start(&watch);
	boot_watch_step(&watch, "quick");
	watch.need_mb = 77;
	boot_watch_step(&watch, "deaf");
	sleep(FOR_EVER_S);
}

static time_t
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

// A step that never looks: its progress is told, and a signal ends it all the same.
static void
test_step_that_ignores_the_signal(void **state)
{
	static const int signals[] = {SIGTERM, SIGINT};

	(void)state;
	for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct child child;
		char words[128];

		start(&child, body_deaf);
		wait_for(&child, "weir: still starting: step \"deaf\" has taken 2 s; memory: ");
		wait_for(&child, " of 77 MiB\n");
		time_t asked_s = seconds();

		assert_int_equal(kill(child.pid, signals[i]), 0);
		snprintf(
			words,
			sizeof(words),
			"weir: stopping: %s, while starting (step \"deaf\")",
			strsignal(signals[i])
		);
		wait_for(&child, words);
		assert_ends(&child, EXIT_SUCCESS);
		assert_true(seconds() - asked_s < FOR_EVER_S / 10);
		assert_null(strstr(child.said, "\"quick\""));
	}
}

static void
body_that_looks(void)
{
	static struct boot_watch watch;

	boot_watch_start(&watch);
	if (!boot_watch_step(&watch, "looks"))
		return;
	kill(getpid(), SIGTERM);
	while (boot_watch_goes_on(&watch))
		usleep(1000);
	if (boot_watch_step(&watch, "next") || boot_watch_end(&watch) != SIGTERM)
		return;
	_exit(NOTICED);
}

static void
test_step_that_checks_for_the_signal(void **state)
{
	struct child child;

	(void)state;
	start(&child, body_that_looks);
	assert_ends(&child, NOTICED);
}

// What comes when nobody watches any more is the control thread's.
static void
body_done(void)
{
	static struct boot_watch watch;
	const struct timespec now = {0};
	sigset_t set;

	boot_watch_start(&watch);
	if (!boot_watch_step(&watch, "done") || boot_watch_end(&watch) != 0)
		return;
	kill(getpid(), SIGTERM);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	if (sigtimedwait(&set, NULL, &now) == SIGTERM)
		_exit(NOTICED);
}

static void
test_after_the_start(void **state)
{
	struct child child;

	(void)state;
	start(&child, body_done);
	assert_ends(&child, NOTICED);
}

static void
test_without_watch(void **state)
{
	struct boot_watch watch = {0};

	(void)state;
	assert_true(boot_watch_step(&watch, "any"));
	assert_true(boot_watch_goes_on(&watch));
	assert_int_equal(boot_watch_end(&watch), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_step_that_ignores_the_signal),
		cmocka_unit_test(test_step_that_checks_for_the_signal),
		cmocka_unit_test(test_after_the_start),
		cmocka_unit_test(test_without_watch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
