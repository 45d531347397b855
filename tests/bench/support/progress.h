// SPDX-License-Identifier: BSD-3-Clause
// Progress of a long run, on standard error: a bar on a terminal, lines elsewhere.
//
// Silent for the first two seconds. One thread.

#pragma once

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what;
	unsigned total;
	bool terminal;
	bool shown;
	uint64_t started_ns;
	uint64_t said_ns;
};

void progress_start(struct progress *progress, const char *what, unsigned total);
// `done` of the total; `note`: the next step.
void progress_step(struct progress *progress, unsigned done, const char *note);
void progress_end(struct progress *progress);
