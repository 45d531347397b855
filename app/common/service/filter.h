// SPDX-License-Identifier: BSD-3-Clause
// Filters of system calls (seccomp(2), by libseccomp): a call that a program does not need ends it.

#pragma once

#include "../error.h"

#include <stdbool.h>

enum filter_mode {
	FILTER_ON, // a call that is not allowed ends the process by SIGSYS; the kernel logs its number
	FILTER_LOG, // it is logged by the kernel and carried out: for finding out what is missing
	FILTER_OFF,
};

struct filter_call {
	const char
		*name; // of the system call; one that this processor does not have is passed over
	unsigned filters; // bits of the filters that allow it
};

// Forbids all calls but those with a bit of `filter`; clone makes threads alone, and what programs try without
// need (clone3, bpf, open) fails instead. `all`: for all threads of the process, otherwise for the calling one and those it
// starts. A second filter takes away only. It cannot be undone. Implies no new privileges.
bool filter_install(
	const struct filter_call *calls,
	unsigned count,
	unsigned filter,
	enum filter_mode mode,
	bool all,
	struct error *error
);
