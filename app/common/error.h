// SPDX-License-Identifier: BSD-3-Clause
// Why something failed, as a sentence for the operator.
//
// The one way in which a function says so: it takes a `struct error *`, and if it fails it sets the
// error and returns false, or what else its contract names. A function that succeeds leaves the error
// alone. The caller owns it, on its stack, and decides where the sentence goes; there is nothing to
// initialise or free. One thread at a time.

#pragma once

#include <stdbool.h>

enum { ERROR_TEXT_MAX = 1024 };

struct error {
	// Path of the setting to blame, such as "lcores.io": a literal. NULL: no single one.
	const char *setting;
	// Names the thing, what is wrong with it and what to do: one sentence that starts in lower case,
	// without a prefix and without a full stop. Cut to fit.
	char text[ERROR_TEXT_MAX];
};

// Sets an error and returns false, so that a function can end with it. The arguments may include the
// text of the same error, to put words around it.
__attribute__((format(printf, 3, 4))) bool
error_set(struct error *error, const char *setting, const char *format, ...);
