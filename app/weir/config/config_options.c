// SPDX-License-Identifier: BSD-3-Clause
// The option table as data.

#include "config.h"

#include <rte_common.h>

#include <stddef.h>
#include <string.h>

const struct config_option config_options[] = {
#define OPTION(type, field, path, default_value, min, max, unit, change, help)                     \
	{path,                                                                                     \
	 OPTION_##type,                                                                            \
	 default_value,                                                                            \
	 min,                                                                                      \
	 max,                                                                                      \
	 unit,                                                                                     \
	 CONFIG_##change,                                                                          \
	 help,                                                                                     \
	 offsetof(struct config, field)},
#include "config_options.def"
};
const unsigned config_option_count = RTE_DIM(config_options);

const struct config_option config_port_options[] = {
#define PORT_OPTION(type, field, path, default_value, min, max, unit, change, help)                \
	{path,                                                                                     \
	 OPTION_##type,                                                                            \
	 default_value,                                                                            \
	 min,                                                                                      \
	 max,                                                                                      \
	 unit,                                                                                     \
	 CONFIG_##change,                                                                          \
	 help,                                                                                     \
	 offsetof(struct config_port, field)},
#include "config_options.def"
};
const unsigned config_port_option_count = RTE_DIM(config_port_options);

const struct config_option *
config_find(const char *path)
{
	for (unsigned i = 0; i < config_option_count; i++)
		if (strcmp(config_options[i].path, path) == 0)
			return &config_options[i];
	return NULL;
}
