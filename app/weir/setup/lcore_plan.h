// SPDX-License-Identifier: BSD-3-Clause
// The role of each CPU: the control thread on one, io and worker roles on the others.
//
// Lcore ids count from 0 (the control thread) and are mapped to CPUs, so a machine may have more CPUs
// than DPDK has lcores. An lcore may hold both roles; two polling lcores never share a
// CPU.

#pragma once

#include "../../common/error.h"
#include "../config/config.h"

#include <stdbool.h>
#include <stddef.h>

enum { LCORE_NO_ROLE = -1, LCORES_MAX = 2 * CONFIG_CPUS_MAX };

struct lcore_role {
	unsigned cpu;
	int io; // number of its io role, or LCORE_NO_ROLE
	int worker; // number of its worker role, or LCORE_NO_ROLE
};

struct lcore_plan {
	unsigned main_cpu;
	unsigned count; // lcores 1 .. count
	unsigned io_count;
	unsigned worker_count;
	struct lcore_role lcores[LCORES_MAX]; // lcore id is index + 1
};

// `cpus`: the CPUs that this process may run on, ascending. False, and an error with
// the setting, where the configuration asks for one that is not among them.
//
// Without settings: one CPU is shared by everything; of two, the control thread has the first, and one
// lcore with both roles the second; of more, io and worker lcores share the rest evenly.
bool lcore_plan_make(
	struct lcore_plan *plan,
	const struct config *config,
	const struct config_cpus *cpus,
	struct error *error
);

// The CPUs that this process may use, at most CONFIG_CPUS_MAX.
void lcore_plan_cpus(struct config_cpus *cpus);

// Writes EAL's --lcores argument for a plan.
void lcore_plan_eal(const struct lcore_plan *plan, char *text, size_t size);
