// SPDX-License-Identifier: BSD-3-Clause

#include "debounce.h"

enum debounced
debounce_step(struct debounce *debounce, bool up, bool at_once, double now_s)
{
	enum debounced seen = up ? DEBOUNCED_UP : DEBOUNCED_DOWN;
	double wanted_s = up ? debounce->up_s : debounce->down_s;

	if (seen != debounce->seen) {
		debounce->seen = seen;
		debounce->since_s = now_s;
	}
	if (at_once || now_s - debounce->since_s >= wanted_s)
		debounce->state = seen;
	return debounce->state;
}
