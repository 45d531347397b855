// SPDX-License-Identifier: BSD-3-Clause
// The command line of bench_repository.

#pragma once

#include "../support/eal.h"

#include <stdbool.h>

struct options {
	unsigned threads;
	unsigned sleep_ns;
	unsigned rounds;
	unsigned add_one_samples; // per round
	bool compare;
	bool no_table;
	enum bench_pages pages;
	const char *workload; // name; NULL: all
	const char *json; // path; NULL: none
	const char *revision; // NULL: from the environment
	const char *torrust; // path of the helper program; NULL: not measured
};

enum { PARALLEL_SAMPLES = 10 }; // per round, as in the article

// Exits the process on errors and for --help.
struct options options_read(int argc, char **argv);
