// SPDX-License-Identifier: BSD-3-Clause
// The last words: every verdict and number that is not zero, in the log.

#pragma once

#include "weir.h"

void report_stats(const struct weir *weir);
