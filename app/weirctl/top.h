// SPDX-License-Identifier: BSD-3-Clause
// weirctl top: the live view, until q or a signal.

#pragma once

#include <stdbool.h>

// True where q or SIGINT ended it. Other signals end the process as usual, after the terminal is restored.
bool top_run(const char *path, double every_s);
