// SPDX-License-Identifier: BSD-3-Clause
// The inside of the configuration's three files: config_read.c, config_check.c, config_print.c.

#pragma once

#include "config.h"

#include <libconfig.h>

// Where values came from, so that errors can name their line; and the memory of all strings.
struct config_source {
	config_t file;
	config_t defaults;
	const char *path;
	FILE *errors;
	unsigned error_count;
};

// Writes one error about `setting` (NULL: about the file as a whole).
void config_error(
	struct config_source *source,
	const config_setting_t *setting,
	const char *key,
	const char *format,
	...
) __attribute__((format(printf, 4, 5)));

// The setting in the file that an option path names; NULL where the default holds.
const config_setting_t *config_where(const struct config_source *source, const char *path);

// Fills one value from a setting. False: it does not fit, and *why (of `size`) says so.
bool config_read_value(
	const struct config_option *option,
	const config_setting_t *setting,
	void *field,
	char *why,
	size_t size
);

// Rules that concern more than one option, and those a range cannot say.
void config_check(struct config *config);

// The choice number i in a CHOICE's words; false when there is none.
bool config_choice(const struct config_option *option, uint32_t i, char *word, size_t size);
