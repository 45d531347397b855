// SPDX-License-Identifier: BSD-3-Clause
// Debounces a state: up and down follow what is seen only when it has lasted. Pure.

#pragma once

#include <stdbool.h>

enum debounced { DEBOUNCED_UNKNOWN, DEBOUNCED_DOWN, DEBOUNCED_UP };

struct debounce {
	double up_s, down_s; // how long each has to last, in seconds
	enum debounced state; // unknown until one of them has
	enum debounced seen; // last
	double since_s; // when it was first seen, without another in between
};

// What is seen at `now_s`. `at_once`: it need not last. Returns the state from now on.
enum debounced debounce_step(struct debounce *debounce, bool up, bool at_once, double now_s);
