// SPDX-License-Identifier: BSD-3-Clause
// Results of the health checks and the load of lcores, updated once a second (health_look.h).
//
// Written by the control thread; others read single values by the functions at the end.

#pragma once

#include "../setup/lcore_plan.h"

#include <stdbool.h>
#include <stdint.h>

enum health_check {
#define HEALTH(name, ...) HEALTH_##name,
#include "../../../lib/stats/health.def"
#undef HEALTH
	HEALTH_COUNT,
};

enum health_effect { HEALTH_WARNS, HEALTH_STOPS }; // health.def

struct health_info {
	const char *name;
	enum health_effect effect;
	const char *help;
};

extern const struct health_info health_infos[HEALTH_COUNT];

enum {
	HEALTH_MEMORY_S = 60, // how long an event remains a problem
	HEALTH_PATIENCE_S = 5, // how long a state is ignored that is normal after a start
};

// One lcore, at the last update.
struct health_lcore {
	uint64_t turns; // at the last look, ten times a second
	uint64_t still_cycles; // for how long it has not finished one
	uint64_t busy_cycles;
	uint64_t wait_cycles;
	uint32_t busy_percent; // of the last second
	uint32_t wait_percent; // likewise
};

struct health {
	uint64_t tsc; // of the last update
	uint64_t looked_tsc; // of the last look at turns
	uint64_t events[HEALTH_COUNT]; // number so far, for checks of events
	uint32_t last_s[HEALTH_COUNT]; // time of the last event; 0: never
	uint32_t since_s[HEALTH_COUNT]; // last time without the problem, for lasting states
	bool problems[HEALTH_COUNT];
	bool reported[HEALTH_COUNT]; // by health_report
	struct health_lcore lcores[LCORES_MAX]; // by index in plan.lcores
};

// Sets the state of a check and logs a change. Control thread.
void health_tell(struct health *health, enum health_check check, bool problem);
// For a state that is normal for a short time, such as an address that is being probed: a problem if it lasts
// longer than HEALTH_PATIENCE_S.
void
health_tell_lasting(struct health *health, enum health_check check, bool problem, uint32_t now_s);
// For events: a problem for HEALTH_MEMORY_S after each change of `count`.
void
health_tell_count(struct health *health, enum health_check check, uint64_t count, uint32_t now_s);

// Reports a problem, or its end, from another thread; the next update logs it. Any thread.
void health_report(struct health *health, enum health_check check, bool problem);
bool health_reported(const struct health *health, enum health_check check);

// Any thread.
bool health_has(const struct health *health, enum health_check check);
unsigned health_problems(const struct health *health);
unsigned health_busy_percent(const struct health *health, unsigned lcore_index);
unsigned health_wait_percent(const struct health *health, unsigned lcore_index);
