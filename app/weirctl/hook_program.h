// SPDX-License-Identifier: BSD-3-Clause
// The program that `weirctl hook` calls: one run at a time, each with an end.
//
// It gets a word as its only argument, and WEIR_HEALTH and WEIR_REASON in its environment (service.h). It
// is the leader of a process group, which is ended with it when it takes too long. No shell is between.
// One thread, which blocks SIGCHLD and waits for it (hook.c).

#pragma once

#include "service.h"

#include <sys/types.h>

struct hook_program {
	const char *path;
	double limit_s; // of a run
	const char *word; // of the run, or of the last one; NULL: none yet
	pid_t pid; // 0: it does not run
	double started_s, ended_s; // monotonic
	bool late; // told to end
	bool good; // the last run ended with status 0
};

// Starts it. A failure is told on standard error, and is a run that has ended.
void hook_program_start(
	struct hook_program *program,
	const char *word,
	const struct service *service,
	double now_s
);

// Follows a run: takes and tells its end, and ends it when it is late. Does not block.
void hook_program_look(struct hook_program *program, double now_s);
