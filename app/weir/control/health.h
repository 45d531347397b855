// SPDX-License-Identifier: BSD-3-Clause
// Whether all is well, and how busy lcores are, as of the last look (health_look.h).
//
// Written by the control thread; others read single values by health_has and health_busy_percent.

#pragma once

#include "../setup/lcore_plan.h"

#include <stdbool.h>
#include <stdint.h>

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
	bool reported[HEALTH_COUNT]; // by health_report
	struct health_lcore lcores[LCORES_MAX]; // by index of the plan
};

// Sets the state of a check, and says so in the log where it changes. Control thread.
void health_tell(struct health *health, enum health_check check, bool problem);
// For a state that is normal for a moment, such as an address that is being probed.
void
health_tell_lasting(struct health *health, enum health_check check, bool problem, uint32_t now_s);
// For an event that is counted: a problem for HEALTH_MEMORY_S after each.
void
health_tell_count(struct health *health, enum health_check check, uint64_t count, uint32_t now_s);

// Leaves word of a problem that another thread has found; the next look tells it. Any thread.
void health_report(struct health *health, enum health_check check, bool problem);
bool health_reported(const struct health *health, enum health_check check);

// Any thread.
bool health_has(const struct health *health, enum health_check check);
unsigned health_problems(const struct health *health);
unsigned health_busy_percent(const struct health *health, unsigned lcore_index);
