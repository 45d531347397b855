// SPDX-License-Identifier: BSD-3-Clause

#include "dpdk_version.h"

#include <rte_common.h>
#include <rte_version.h>

#include <string.h>

// DPDK writes months with two digits. Releases have no suffix, and RTE_VER_RELEASE is 99.
#if RTE_VER_MONTH < 10
#define MONTH "0" RTE_STR(RTE_VER_MONTH)
#else
#define MONTH RTE_STR(RTE_VER_MONTH)
#endif
#if RTE_VER_RELEASE < 16
#define SUFFIX RTE_VER_SUFFIX RTE_STR(RTE_VER_RELEASE)
#else
#define SUFFIX RTE_VER_SUFFIX
#endif

const char dpdk_version_built[] =
	RTE_VER_PREFIX " " RTE_STR(RTE_VER_YEAR) "." MONTH "." RTE_STR(RTE_VER_MINOR) SUFFIX;

void
dpdk_version_print(const char *built, const char *used, FILE *out)
{
	if (strcmp(built, used) == 0)
		fprintf(out, "%s\n", used);
	else
		fprintf(out, "%s, built with %s\n", used, built);
}
