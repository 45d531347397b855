// SPDX-License-Identifier: BSD-3-Clause
// The last lines of the log: a short summary. At log level debug, and with --run-for, which is for tests and
// measurements, also every verdict and counter that is not zero.

#pragma once

#include "../weir.h"

void report_stats(const struct weir *weir);
