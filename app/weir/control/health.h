// SPDX-License-Identifier: BSD-3-Clause
// Whether all is well, and how busy lcores are, looked at once a second.
//
// Written by the control thread; others read single values by health_has and health_busy_percent.

#pragma once

#include "../setup/lcore_plan.h"

#include <stdbool.h>
#include <stdint.h>

struct weir;

enum health_check {
#define HEALTH(name, help) HEALTH_##name,
#include "../../../lib/stats/health.def"
#undef HEALTH
	HEALTH_COUNT,
};

struct health_info {
	const char *name;
	const char *help;
};

extern const struct health_info health_infos[HEALTH_COUNT];

enum {
	HEALTH_MEMORY_S = 60, // how long what has happened is told
	HEALTH_PATIENCE_S = 5, // how long what is normal at a start or a new link is not told
};

// One lcore, as it was a second ago.
struct health_lcore {
	uint64_t turns;
	uint64_t busy_cycles;
	uint32_t busy_percent; // of the last second
};

struct health {
	uint64_t tsc; // of the last look
	uint64_t events[HEALTH_COUNT]; // counted so far, where a check counts
	uint32_t last_s[HEALTH_COUNT]; // when it last happened; 0: never
	uint32_t since_s[HEALTH_COUNT]; // when a state that has to last was last not so
	bool problems[HEALTH_COUNT];
	struct health_lcore lcores[LCORES_MAX]; // by index of the plan
};

// A look, if a second has passed since the last. Says in the log what has begun and ended. Control
// thread.
void health_look(struct weir *weir, uint64_t tsc, uint32_t now_s);

// Any thread.
bool health_has(const struct health *health, enum health_check check);
unsigned health_problems(const struct health *health);
unsigned health_busy_percent(const struct health *health, unsigned lcore_index);
