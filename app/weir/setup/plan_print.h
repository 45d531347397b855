// SPDX-License-Identifier: BSD-3-Clause
// The report of `weir --check` and `weir --plan`: which lcores poll which ports, roles of CPUs, expected rates, the
// memory that the configuration needs and what the machine has, as text or as JSON.

#pragma once

#include "memory_plan.h"

#include <stdio.h>

// Content of the report. With `right` false only file, errors and warnings are set.
struct plan_report {
	const char *file; // of the configuration
	bool right;
	bool checked; // files that the configuration names, too
	const char *errors; // lines, as written to standard error
	const char *warnings; // lines, likewise
	const struct weir *weir; // config and plan
	const struct memory_plan *memory;
	const struct machine *machine;
};

void plan_print(const struct plan_report *report, FILE *out);

// What a plan calls a port.
const char *plan_port_name(const struct weir *weir, unsigned port);

// One object; docs/options.md says what its members are. False: no memory to make it.
bool plan_print_json(const struct plan_report *report, FILE *out);
