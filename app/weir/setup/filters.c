// SPDX-License-Identifier: BSD-3-Clause

#include "filters.h"

#include "../../common/service/filter.h"

#include <rte_common.h>

enum { FILTER_ALL = 1, FILTER_LCORE = 2 };

#define ALL FILTER_ALL
#define LCORE (FILTER_ALL | FILTER_LCORE)
static const struct filter_call calls[] = {
#define CALL(name, filters, why) {#name, filters},
#include "system_calls.def"
#undef CALL
};
#undef ALL
#undef LCORE

const char *
filters_obstacle(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return "a sanitizer is built in, whose own calls no table knows";
#else
	return NULL;
#endif
}

// In the order of the words of security.seccomp.
static enum filter_mode
mode_of(const struct weir *weir)
{
	static const enum filter_mode modes[] = {
		[CONFIG_SECCOMP_ON] = FILTER_ON,
		[CONFIG_SECCOMP_LOG] = FILTER_LOG,
		[CONFIG_SECCOMP_OFF] = FILTER_OFF,
	};

	return filters_obstacle() != NULL ? FILTER_OFF : modes[weir->config->seccomp];
}

static bool
install(const struct weir *weir, unsigned filter, bool all, struct error *error)
{
	if (filter_install(calls, RTE_DIM(calls), filter, mode_of(weir), all, error))
		return true;
	error->setting = "security.seccomp";
	return false;
}

bool
filters_install_all(const struct weir *weir, struct error *error)
{
	return install(weir, FILTER_ALL, true, error);
}

bool
filters_install_lcore(const struct weir *weir, struct error *error)
{
	return install(weir, FILTER_LCORE, false, error);
}
