// SPDX-License-Identifier: BSD-3-Clause

#include "eal_option.h"

#include <rte_common.h>

#include <string.h>

// Values of options follow "=", a short option itself, or as the next argument.
static bool
is_option(const char *argument, const char *option)
{
	size_t len = strlen(option);

	return strncmp(argument, option, len) == 0
		&& (argument[len] == '\0' || argument[len] == '=' || len == 2);
}

bool
eal_option_is_given(const struct weir *weir, const char *option)
{
	for (unsigned i = 0; i < weir->config->driver_eal.count; i++)
		if (is_option(weir->config->driver_eal.items[i], option))
			return true;
	for (int i = 0; i < weir->eal_argument_count; i++)
		if (is_option(weir->eal_arguments[i], option))
			return true;
	return false;
}

bool
eal_option_rules_memory(const struct weir *weir)
{
	static const char *const options[] = {
		"-m",
		"--no-huge",
		"--in-memory",
		"--legacy-mem",
		"--socket-mem",
		"--numa-mem",
		"--huge-dir",
	};

	for (unsigned i = 0; i < RTE_DIM(options); i++)
		if (eal_option_is_given(weir, options[i]))
			return true;
	return false;
}
