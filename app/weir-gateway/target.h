// SPDX-License-Identifier: BSD-3-Clause
// The target of a request, "/path?name=value&...", parsed and decoded. Pure; any thread.

#pragma once

#include <stddef.h>

enum { TARGET_PARAMETERS_MAX = 128 };

struct target_parameter {
	const char *name;
	const char *value; // "" where there was none
};

struct target {
	char *path; // begins with /
	unsigned count;
	struct target_parameter parameters[TARGET_PARAMETERS_MAX];
};

// Parses `text` in place: `target` points into it. "http://host/path" is a target, too (RFC 9112 3.2.2).
// Returns NULL, or an error as a sentence without a full stop.
const char *target_parse(char *text, struct target *target);
