// SPDX-License-Identifier: BSD-3-Clause
// The option table as data.

#include "config.h"

#include <rte_common.h>

#include <stddef.h>
#include <string.h>

#define ROW(structure, type, field, path, default_value, min, max, unit, change, help)             \
	{path,                                                                                     \
	 OPTION_##type,                                                                            \
	 default_value,                                                                            \
	 min,                                                                                      \
	 max,                                                                                      \
	 unit,                                                                                     \
	 CONFIG_##change,                                                                          \
	 help,                                                                                     \
	 offsetof(structure, field)},

const struct config_option config_options[] = {
#define OPTION(...) ROW(struct config, __VA_ARGS__)
#include "config_options.def"
};
const unsigned config_option_count = RTE_DIM(config_options);

const struct config_option config_port_options[] = {
#define PORT_OPTION(...) ROW(struct config_port, __VA_ARGS__)
#include "config_options.def"
};
const unsigned config_port_option_count = RTE_DIM(config_port_options);

static const struct config_option *
find(const struct config_option *options, unsigned count, const char *path)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(options[i].path, path) == 0)
			return &options[i];
	return NULL;
}

const struct config_option *
config_find(const char *path)
{
	return find(config_options, config_option_count, path);
}

const struct config_option *
config_find_of_port(const char *path)
{
	return find(config_port_options, config_port_option_count, path);
}
