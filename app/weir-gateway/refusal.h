// SPDX-License-Identifier: BSD-3-Clause
// Why a request is refused. Pure; any thread.

#pragma once

#include <stdbool.h>

struct refusal {
	unsigned status; // of HTTP
	char text[256]; // a sentence without a full stop
	char allow[24]; // of status 405: the methods of the path, as the header Allow has them
};

// Fills in status and text. Always false, so that callers can return it.
__attribute__((format(printf, 3, 4))) bool
refuse(struct refusal *refusal, unsigned status, const char *format, ...);
