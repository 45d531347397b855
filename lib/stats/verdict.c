// SPDX-License-Identifier: BSD-3-Clause

#include "verdict.h"

const struct verdict_info verdict_infos[VERDICT_COUNT] = {
	[VERDICT_NONE] = {"none", "not decided", OUTCOME_NONE},
#define VERDICT(name, outcome, help) [VERDICT_##name] = {#name, help, OUTCOME_##outcome},
#include "verdict.def"
#undef VERDICT
};

const char *const family_names[FAMILY_COUNT] = {
	[FAMILY_LINK] = "link",
	[FAMILY_IPV4] = "ipv4",
	[FAMILY_IPV6] = "ipv6",
};
