// SPDX-License-Identifier: BSD-3-Clause
// A verdict: the outcome of a received packet. Each packet ends in exactly one, each verdict has one counter.

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
	OUTCOME_ANSWERED, // a reply was sent
	OUTCOME_NOTED, // processed, needs no reply
	OUTCOME_DROPPED,
	OUTCOME_COUNT,
};

// The kind of a packet.
enum verdict_kind {
	VERDICT_KIND_NONE,
	VERDICT_KIND_CONNECT,
	VERDICT_KIND_ANNOUNCE,
	VERDICT_KIND_SCRAPE,
	VERDICT_KIND_REQUEST, // one of these three
	VERDICT_KIND_HOST, // ARP, neighbour discovery, ICMP, and UDP to other ports
	VERDICT_KIND_FRAME, // dropped by the parser
	VERDICT_KIND_COUNT,
};

struct verdict_info {
	const char *name; // in telemetry, [a-z0-9_]
	const char *help; // a phrase without a full stop
	enum verdict_kind kind;
	enum outcome outcome;
};

// Indexed by enum verdict. The name of VERDICT_NONE is "none".
extern const struct verdict_info verdict_infos[VERDICT_COUNT];

// Names in telemetry.
extern const char *const outcome_names[OUTCOME_COUNT];
extern const char *const verdict_kind_names[VERDICT_KIND_COUNT];

// The address family that a packet is counted under.
enum family {
	FAMILY_LINK, // not IP: ARP, unknown EtherTypes, broken frames
	FAMILY_IPV4,
	FAMILY_IPV6,
	FAMILY_COUNT,
};

extern const char *const family_names[FAMILY_COUNT];
