// SPDX-License-Identifier: BSD-3-Clause
// The checks of Weir's health that fail, and since when: Weir tells which, the caller's clock tells
// how long. Pure.

#pragma once

#include <jansson.h>
#include <stdbool.h>

enum { PROBLEMS_MAX = 32, PROBLEM_NAME_MAX = 48 };

struct problem {
	char name[PROBLEM_NAME_MAX]; // of the check
	double since_s; // when it was seen first
	bool before; // it was there when we came: it may be older
};

struct problems {
	struct problem list[PROBLEMS_MAX];
	unsigned count;
	bool known; // there was a reply about health
	bool reported; // the latest question about it was answered
};

// `health`: the reply; NULL: there is none, and the list stays. A check that still fails keeps its time.
void problems_update(struct problems *problems, const json_t *health, double now_s);

// What a check says where it fails; "" where this weirctl does not know it.
const char *problem_help(const char *name);

struct problem_text {
	char text[PROBLEM_NAME_MAX + 192];
};

// "ring_full (for 0:12): requests were given up: ..."; the sentence only with `sentence`.
struct problem_text problem_text(const struct problem *problem, double now_s, bool sentence);
