// SPDX-License-Identifier: BSD-3-Clause
// Runs simulations as processes of their own: a failing one again and again with less, and one seed after another.

#pragma once

#include "options.h"

// Writes the words of the shortest run that was found, and what it says. The exit status: 0 if the run does not fail.
int shrink(const struct options *options);

// The exit status: 1 where a run failed.
int shrink_run_seeds(const struct options *options);
