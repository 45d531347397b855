// SPDX-License-Identifier: BSD-3-Clause
// The last words in the log: a few lines of summary; at log level debug and under --run-for, which is
// for tests and measurements, also every verdict and number that is not zero.

#pragma once

#include "../weir.h"

void report_stats(const struct weir *weir);
