// SPDX-License-Identifier: BSD-3-Clause
// Standard input, output and error of every program here.

#pragma once

// First thing in main. Where a standard stream was closed, files of ours must not take its number: it
// becomes /dev/null, and standard output something that cannot be written to, so that writing there
// fails as it would have.
void standard_streams_guard(void);

// Last thing in main, for a program that printed something: returns `status`, or 1 where that was 0
// and standard output did not take all of it. Then `program` has said so on standard error; not
// where its reader has left, who knows.
int standard_output_finish(const char *program, int status);
