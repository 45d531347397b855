// SPDX-License-Identifier: BSD-3-Clause
// Everything that can be checked without starting DPDK or writing a file. Before boot.

#pragma once

#include "../weir.h"

#include <stdio.h>

struct check {
	const char *path; // of the configuration
	bool right;
	char *errors; // everything that is wrong, a line each: "file:line: key: what, and what is allowed"
};

// Checks files that a configuration names and that a reload reads in the background. False: `errors` has a line
// for each mistake.
typedef bool check_files(const struct config *config, FILE *errors);

// Reads and checks `path`, and `files` of it: weir->config becomes the configuration, or NULL where it has no
// syntax, and weir->plan the plan of lcores.
void check_make(struct check *check, struct weir *weir, const char *path, check_files *files);

// What `weir --check` writes to `out`: of a right configuration the plan of lcores and memory, beside
// what this machine has. That the machine has too little is a warning: it need not be the one that
// the configuration is for.
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
