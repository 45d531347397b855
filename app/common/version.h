// SPDX-License-Identifier: BSD-3-Clause
// The version of a program. version.c is compiled into each program, not into a library, so that a commit
// links programs again and no test.

#pragma once

#include <stdio.h>

extern const char version_number[]; // "0.1.0"
// Of the source code: "5de1130abcde", with "-modified" behind it where files differ from it; "unknown" where the
// build could not know it.
extern const char version_revision[];

// What --version says, but for the libraries: the name and the version, then the revision, a line each.
void version_print(const char *program, FILE *out);
