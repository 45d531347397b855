// SPDX-License-Identifier: BSD-3-Clause
// Capabilities of the kernel (capabilities(7)): dropped for good, by all threads of the process.

#pragma once

#include "../error.h"

#include <signal.h>
#include <stdbool.h>

// Whether any thread of the process has one.
bool capabilities_held(void);

// Every thread gives up all that it has. The kernel lets a thread change its own alone, so each gets a signal,
// capabilities_signal(), which no thread may block. False, with an error, if one has some left after a second. The
// threads of an ordinary process have none, and nothing happens.
bool capabilities_drop(struct error *error);

static inline int
capabilities_signal(void)
{
	return SIGURG;
}

// Fills in a mask of all signals but that one: for threads that leave signals to another.
void capabilities_other_signals(sigset_t *set);
