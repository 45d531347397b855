// SPDX-License-Identifier: BSD-3-Clause
// The live view on a whole terminal, until q or a signal.

#pragma once

#include <stdbool.h>

// True where it was ended by q or SIGINT. Another signal ends the process, as it does without us,
// once the terminal is as it was.
bool top_run(const char *path, double every_s);
