// SPDX-License-Identifier: BSD-3-Clause

#include "confinement.h"

#include "../common/service/filter.h"
#include "../common/service/privilege.h"

#include <stddef.h>

enum { FILTER = 1 };

static const struct filter_call calls[] = {
#define CALL(name, why) {#name, FILTER},
#include "system_calls.def"
#undef CALL
};

// Sanitizers make calls that no table knows.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const enum filter_mode mode = FILTER_OFF;
#else
static const enum filter_mode mode = FILTER_ON;
#endif

bool
confinement_begin(struct error *error)
{
	return privilege_forbid_processes(error)
		&& filter_install(calls, sizeof(calls) / sizeof(*calls), FILTER, mode, true, error);
}
