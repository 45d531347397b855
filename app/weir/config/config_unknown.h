// SPDX-License-Identifier: BSD-3-Clause
// Settings that do not exist: mistyped, or of another version.

#pragma once

#include "config_source.h"

// Writes an error about a setting, which errors call `key` and the tables would call `path`, with the name of the
// setting that may be meant: the most similar one, or one of another group with the same name behind the dot.
void config_error_unknown(
	struct config_source *source,
	const config_setting_t *setting,
	const char *key,
	const char *path,
	bool of_port
);
