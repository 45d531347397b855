// SPDX-License-Identifier: BSD-3-Clause

#include "core_dumps.h"

#include <sys/resource.h>

void
core_dumps_forbid(void)
{
	const struct rlimit least = {1, 1};

	setrlimit(RLIMIT_CORE, &least);
}
