// SPDX-License-Identifier: BSD-3-Clause
// Files that a program writes because it was told to: results, lists, captures.

#pragma once

#include <stdio.h>

// Opens `path` for writing, made or emptied. A FIFO or a pipe (such as a shell's >(command)) is
// written to where somebody reads; one that nobody reads is an error, not a wait. NULL: errno says
// why, ENXIO of such a FIFO.
FILE *output_file_open(const char *path);
