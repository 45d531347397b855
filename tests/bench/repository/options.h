// SPDX-License-Identifier: BSD-3-Clause
// The command line of bench_repository.

#pragma once

#include <stdbool.h>

struct options {
	unsigned threads;
	unsigned sleep_ns;
	unsigned rounds;
	unsigned add_one_samples; // in a round
	bool compare;
	const char *workload; // name; NULL: all
	const char *json; // path; NULL: none
	const char *revision; // NULL: what the environment says
	const char *torrust; // path of the helper program; NULL: not asked for
};

enum { PARALLEL_SAMPLES = 10 }; // in a round, as in the article

// Ends the process where the command line is wrong or asks for help.
struct options options_read(int argc, char **argv);
