// SPDX-License-Identifier: BSD-3-Clause
// Messages of programs that have no log.

#pragma once

#include <stdbool.h>

// Writes "PROGRAM: what is wrong" to standard error, as warnx(3) does. Returns false. Any thread.
__attribute__((format(printf, 1, 2))) bool complain(const char *format, ...);
