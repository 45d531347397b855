// SPDX-License-Identifier: BSD-3-Clause
// Health checks that fail, with the time since when: Weir reports the checks, the caller has the clock.
// Pure.

#pragma once

#include <jansson.h>
#include <stdbool.h>

enum { PROBLEMS_MAX = 32, PROBLEM_NAME_MAX = 48 };

struct problem {
	char name[PROBLEM_NAME_MAX]; // of the check
	double since_s; // when it was first seen
	bool before; // it failed at the first reply: it may be older
};

struct problems {
	struct problem list[PROBLEMS_MAX];
	unsigned count;
	bool known; // there was a reply to /weir/health
	bool reported; // there is one in the latest snapshot
};

// `health`: the reply; NULL: none, the list stays. A check that still fails keeps its time.
void problems_update(struct problems *problems, const json_t *health, double now_s);

// Help of a check; "" where this weirctl does not know it.
const char *problem_help(const char *name);

struct problem_text {
	char text[PROBLEM_NAME_MAX + 192];
};

// "ring_full (for 0:12): requests were dropped: ..."; the help only with `sentence`.
struct problem_text problem_text(const struct problem *problem, double now_s, bool sentence);
