// SPDX-License-Identifier: BSD-3-Clause
// The inside of the configuration's three files: config_read.c, config_check.c, config_print.c.

#pragma once

#include "config.h"
#include "config_text.h"

#include <libconfig.h>

// Where values came from, so that errors can name their line; and the memory of all strings.
struct config_source {
	struct config_text text;
	config_t file; // of `text`
	const char *path;
	FILE *errors;
	unsigned error_count;
	char **kept; // strings from another configuration
	unsigned kept_count;
};

// Writes one error about `setting`. NULL: about a setting the file does not have.
void config_error(
	struct config_source *source,
	const config_setting_t *setting,
	const char *key,
	const char *format,
	...
) __attribute__((format(printf, 4, 5)));

// The setting in the file that an option path names; NULL where the default holds.
const config_setting_t *config_where(const struct config_source *source, const char *path);

// A copy of a text that lives as long as the configuration. NULL: no memory.
const char *config_keep(struct config_source *source, const char *text);

// Fills one value from a setting that errors call `key`. False: it does not fit, and errors were
// written: one a flawed item of a list, which they call key[i], i from 0.
bool config_read_value(
	struct config_source *source,
	const struct config_option *option,
	const config_setting_t *setting,
	const char *key,
	void *field
);

// Rules that concern more than one option, and those a range cannot say.
void config_check(struct config *config);
void config_check_ports(struct config *config);
void config_check_kernel(const struct config *config);

// Fills in the limits that the file does not set, from the capacity.
void config_derive_limits(struct config *config);

// The longest time between two announces that clients are asked to keep.
uint32_t config_longest_interval_s(const struct config *config);

// What a value may be, in words; for a CHOICE the words are in `unit`.
void config_print_allowed(const struct config_option *option, FILE *out);

// The choice number i in a CHOICE's words; false when there is none.
bool config_choice(const struct config_option *option, uint32_t i, char *word, size_t size);
