// SPDX-License-Identifier: BSD-3-Clause

#include "config_unknown.h"

#include <rte_common.h>

#include <string.h>

enum { PATH_MAX_BYTES = 128, OTHER_GROUP = 1 };

// How many letters have to be added, removed or replaced to make one text the other (Levenshtein); `enough` or more
// where it is that or more. What is longer than any path is cut off.
static unsigned
distance(const char *one, const char *other, unsigned enough)
{
	unsigned row[PATH_MAX_BYTES + 1];
	unsigned length = (unsigned)strnlen(other, PATH_MAX_BYTES);
	unsigned one_length = (unsigned)strnlen(one, PATH_MAX_BYTES);

	if (RTE_MAX(length, one_length) - RTE_MIN(length, one_length) >= enough)
		return enough;

	for (unsigned i = 0; i <= length; i++)
		row[i] = i;
	for (unsigned at = 0; at < one_length; at++) {
		unsigned diagonal = row[0], least = at + 1;

		row[0] = at + 1;
		for (unsigned i = 1; i <= length; i++) {
			unsigned above = row[i];

			row[i] =
				RTE_MIN(RTE_MIN(above, row[i - 1]) + 1,
					diagonal + (one[at] != other[i - 1]));
			diagonal = above;
			least = RTE_MIN(least, row[i]);
		}
		if (least >= enough) // rows never fall below it again
			return enough;
	}
	return row[length];
}

static const char *
name_of(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot == NULL ? path : dot + 1;
}

// NULL: none is like it.
static const struct config_option *
find_nearest(const struct config_option *options, unsigned count, const char *path)
{
	// A third of the letters may be wrong, or two.
	unsigned least = RTE_MAX((unsigned)strlen(path) / 3, 2U) + 1;
	const struct config_option *nearest = NULL;

	for (unsigned i = 0; i < count; i++) {
		unsigned far = distance(path, options[i].path, least);

		if (strcmp(name_of(path), name_of(options[i].path)) == 0)
			far = RTE_MIN(far, (unsigned)OTHER_GROUP);
		if (far >= least)
			continue;
		least = far;
		nearest = &options[i];
	}
	return nearest;
}

void
config_error_unknown(
	struct config_source *source,
	const config_setting_t *setting,
	const char *key,
	const char *path,
	bool of_port
)
{
	const struct config_option *nearest = of_port
		? find_nearest(config_port_options, config_port_option_count, path)
		: find_nearest(config_options, config_option_count, path);

	if (nearest == NULL)
		config_error(
			source,
			setting,
			key,
			"is unknown; %s--print-options lists all",
			strchr(key, '.') == NULL ? "settings are in groups, " : ""
		);
	else
		config_error(
			source,
			setting,
			key,
			"is unknown; the nearest name is %s%s; --print-options lists all",
			of_port ? "ports[]." : "",
			nearest->path
		);
}
