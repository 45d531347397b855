// SPDX-License-Identifier: BSD-3-Clause
// A verdict: how a packet ended. Each packet has exactly one, each verdict one counter.

#pragma once

#include <stdint.h>

enum verdict {
	VERDICT_NONE, // not decided yet
#define VERDICT(name, kind, outcome, help) VERDICT_##name,
#include "verdict.def"
#undef VERDICT
	VERDICT_COUNT,
};

enum outcome {
	OUTCOME_NONE,
	OUTCOME_ANSWERED, // a reply left to the sender
	OUTCOME_NOTED, // read; nothing to say
	OUTCOME_DROPPED,
	OUTCOME_COUNT,
};

// What the packet was.
enum verdict_kind {
	VERDICT_KIND_NONE,
	VERDICT_KIND_CONNECT,
	VERDICT_KIND_ANNOUNCE,
	VERDICT_KIND_SCRAPE,
	VERDICT_KIND_REQUEST, // one of these three
	VERDICT_KIND_HOST, // ARP, neighbour discovery, ICMP, and UDP to other ports
	VERDICT_KIND_FRAME, // stopped on its way up
	VERDICT_KIND_COUNT,
};

struct verdict_info {
	const char *name; // as telemetry shows it, [a-z0-9_]
	const char *help; // one sentence without a full stop
	enum verdict_kind kind;
	enum outcome outcome;
};

// Indexed by enum verdict; VERDICT_NONE's row is the word "none".
extern const struct verdict_info verdict_infos[VERDICT_COUNT];

// As telemetry shows them.
extern const char *const outcome_names[OUTCOME_COUNT];
extern const char *const verdict_kind_names[VERDICT_KIND_COUNT];

// Which protocol family a packet is counted under.
enum family {
	FAMILY_LINK, // not IP: ARP, unknown EtherTypes, broken frames
	FAMILY_IPV4,
	FAMILY_IPV6,
	FAMILY_COUNT,
};

extern const char *const family_names[FAMILY_COUNT];
