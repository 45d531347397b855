// SPDX-License-Identifier: BSD-3-Clause
// The end of a simulation that has found a defect.

#pragma once

// Writes what is wrong, with the place in the run, and ends the process with status 1.
__attribute__((format(printf, 1, 2), noreturn)) void fail(const char *format, ...);

// The same unless `right`.
#define fail_unless(right, ...)                                                                    \
	do {                                                                                       \
		if (__builtin_expect(!(right), 0))                                                 \
			fail(__VA_ARGS__);                                                         \
	} while (0)
