// SPDX-License-Identifier: BSD-3-Clause

#include "eal_option.h"

#include "../../common/dpdk/eal_arguments.h"

#include <rte_common.h>

bool
eal_option_is_given(const struct weir *weir, const char *option)
{
	for (unsigned i = 0; i < weir->config->driver_eal.count; i++)
		if (eal_argument_is(weir->config->driver_eal.items[i], option))
			return true;
	for (int i = 0; i < weir->eal_argument_count; i++)
		if (eal_argument_is(weir->eal_arguments[i], option))
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
