// SPDX-License-Identifier: BSD-3-Clause
// Everything that can be checked without starting DPDK or writing a file. Before boot.

#pragma once

#include "../weir.h"

#include <stdio.h>

struct check {
	const char *path; // of the configuration
	const char
		*root; // of the machine to plan for; NULL: everything is checked, for this machine
	bool right;
	char *errors; // everything that is wrong, a line each: "file:line: key: what, and what is allowed"
};

// Checks files that a configuration names and that a reload reads in the background. False: `errors` has a line
// for each mistake.
typedef bool check_files(const struct config *config, FILE *errors);

// Reads and checks `path`, and `files` of it: weir->config becomes the configuration, or NULL where it has no
// syntax, and weir->plan the plan of lcores.
void check_make(struct check *check, struct weir *weir, const char *path, check_files *files);

// For `weir --plan`: checks settings, and the CPUs that they name, but nothing else of a machine. `root` is the folder
// that has /sys of the machine; "": it is this one.
void check_make_plan(struct check *check, struct weir *weir, const char *path, const char *root);

// What `weir --check` and `weir --plan` write to `out`: of a right configuration the plan of ports, lcores and memory,
// beside what the machine has. What crosses NUMA nodes is a warning; for --check also that the machine has too little:
// it need not be the one that the configuration is for.
void check_print(const struct check *check, const struct weir *weir, bool json, FILE *out);

void check_free(struct check *check, struct weir *weir);

// What the CPUs, the key file, the folder of the export and lists without a file say about a configuration without
// errors of its own. Fills in the plan. False: `errors` has a line for each mistake.
bool check_surroundings(
	const struct config *config,
	const struct topology *topology,
	struct lcore_plan *plan,
	FILE *errors
);
