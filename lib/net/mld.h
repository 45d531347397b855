// SPDX-License-Identifier: BSD-3-Clause
// Multicast listener discovery, MLDv2 (RFC 3810) and what is left of MLDv1 (RFC 2710): the messages
// of a listener. Routers and switches that snoop ask, listeners report their groups; when is
// mld_listener.h's.
//
// A host is in the solicited-node groups of its addresses, each of them without regard to sources
// (EXCLUDE mode, no sources). Group i is that of IPv6 address i; addresses that share a group are
// reported as the first of them. All nodes (ff02::1) is never reported: RFC 3810 6.

#pragma once

#include "frame.h"
#include "host.h"

enum {
	MLD_QUERY = 130,
	MLD_REPORT_V1 = 131,
	MLD_DONE_V1 = 132,
	MLD_REPORT = 143,

	MLD_ALL_GROUPS = -1, // a general query's
	// Tag, IPv6, hop-by-hop header, report with a record for each group.
	MLD_FRAME_MAX = 18 + 40 + 8 + 8 + 20 * HOST_ADDRESSES_MAX,
};

// Types of the records of a report (RFC 3810 5.2.12) that hosts like ours have.
enum mld_record {
	MLD_IS_EXCLUDE = 2, // current state, an answer to a query
	MLD_TO_EXCLUDE = 4, // the state has changed: we have joined
};

// What a valid query asks.
struct mld_query {
	bool v1;
	uint32_t delay_ms; // Maximum Response Delay
	uint8_t robustness; // the querier's; 0: it does not say
	uint32_t interval_s; // the querier's Query Interval; 0: it does not say
};

// Whether a FRAME_ICMP6 frame of at least 8 bytes is a query, or an MLDv1 report or done. (Reports of
// MLDv2 go to a group of routers, so they are no frames for us.)
bool mld_is_message(const struct frame *frame);

// Handles such a frame, its ICMPv6 checksum verified, at time `tsc`. A query has to pass the checks
// of RFC 3810 6.2 and 8.1 (link-local source, hop limit 1, Router Alert, lengths), else it is
// malformed. One for groups of ours goes to `notes`, and VERDICT_mld_query is returned. Queries for
// sources are taken for queries of the whole group: we listen to all its sources.
enum verdict mld_receive(
	const struct host *host,
	const struct frame *frame,
	struct host_notes *notes,
	uint64_t tsc
);

// Reads a word of host_notes.mld_queries. A later query has a greater word.
struct mld_query mld_query_of_word(uint64_t word);

// Bits of the groups to report: those of addresses that no address before them shares.
uint32_t mld_groups(const struct host *host);

// Whether reports can go out from a link-local address of ours.
bool mld_has_source(const struct host *host);

// Writers of frames of our own, into `bytes` (MLD_FRAME_MAX); they return the length (bytes). They
// go out from our link-local address, or from :: while it may not be used (RFC 3810 5.2.13).
// MLDv2: a report to all MLDv2 routers with a record for each group in `groups`.
uint16_t
mld_write_report(const struct host *host, uint8_t *bytes, enum mld_record record, uint32_t groups);
// MLDv1: a report of group i, to that group (RFC 2710 3).
uint16_t mld_write_report_v1(const struct host *host, uint8_t *bytes, unsigned i);
