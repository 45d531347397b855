// SPDX-License-Identifier: BSD-3-Clause

#include "verdict.h"

const struct verdict_info verdict_infos[VERDICT_COUNT] = {
	[VERDICT_NONE] = {"none", "not decided", VERDICT_KIND_NONE, OUTCOME_NONE},
#define VERDICT(name, kind, outcome, help)                                                         \
	[VERDICT_##name] = {#name, help, VERDICT_KIND_##kind, OUTCOME_##outcome},
#include "verdict.def"
#undef VERDICT
};

const char *const family_names[FAMILY_COUNT] = {
	[FAMILY_LINK] = "link",
	[FAMILY_IPV4] = "ipv4",
	[FAMILY_IPV6] = "ipv6",
};

const char *const outcome_names[OUTCOME_COUNT] = {
	[OUTCOME_NONE] = "none",
	[OUTCOME_ANSWERED] = "answered",
	[OUTCOME_NOTED] = "noted",
	[OUTCOME_DROPPED] = "dropped",
};

const char *const verdict_kind_names[VERDICT_KIND_COUNT] = {
	[VERDICT_KIND_NONE] = "none",
	[VERDICT_KIND_CONNECT] = "connect",
	[VERDICT_KIND_ANNOUNCE] = "announce",
	[VERDICT_KIND_SCRAPE] = "scrape",
	[VERDICT_KIND_REQUEST] = "request",
	[VERDICT_KIND_HOST] = "host",
	[VERDICT_KIND_FRAME] = "frame",
};
