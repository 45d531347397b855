// SPDX-License-Identifier: BSD-3-Clause
// The messages of a listener of multicast listener discovery: MLDv2 (RFC 3810), and MLDv1 (RFC 2710) for
// old queriers. Routers and snooping switches send queries, listeners report their groups.
// mld_listener.h decides when.
//
// A host is a member of the solicited-node groups of its addresses, for all sources (EXCLUDE mode, no
// sources). Group i is that of IPv6 address i; addresses that share a group are reported once, as the
// first of them. All nodes (ff02::1) is never reported: RFC 3810 6.

#pragma once

#include "frame.h"
#include "host.h"

enum {
	MLD_QUERY = 130,
	MLD_REPORT_V1 = 131,
	MLD_DONE_V1 = 132,
	MLD_REPORT = 143,

	MLD_ALL_GROUPS = -1, // of a general query
	// Ethernet header with tag, IPv6 header, hop-by-hop header, report with a record for each group.
	MLD_FRAME_MAX = 18 + 40 + 8 + 8 + 20 * HOST_ADDRESSES_MAX,
};

// The record types of a report (RFC 3810 5.2.12) that this host sends.
enum mld_record {
	MLD_IS_EXCLUDE = 2, // current state, sent in response to a query
	MLD_TO_EXCLUDE = 4, // state change: the host has joined
};

// The contents of a valid query.
struct mld_query {
	bool v1;
	uint32_t delay_ms; // Maximum Response Delay
	uint8_t robustness; // the querier's; 0: not given
	uint32_t interval_s; // the querier's Query Interval; 0: not given
};

// Whether a FRAME_ICMP6 frame of at least 8 bytes is a query, or an MLDv1 report or done. (MLDv2 reports
// are sent to a group of routers, so frame_parse has dropped them.)
bool mld_is_message(const struct frame *frame);

// Handles such a frame, whose ICMPv6 checksum has been verified, at time `tsc`. A query that fails the
// checks of RFC 3810 6.2 and 8.1 (link-local source, hop limit 1, Router Alert, lengths) is malformed. A
// query for our groups goes to `notes`, with VERDICT_mld_query. A query for specific sources is treated as
// one for the whole group, because the host listens to all sources.
enum verdict mld_receive(
	const struct host *host,
	const struct frame *frame,
	struct host_notes *notes,
	uint64_t tsc
);

// Decodes a word of host_notes.mld_general_query or mld_group_queries. A later query has a greater word.
struct mld_query mld_query_from_word(uint64_t word);

// Bits of the groups to report: bit i unless an address before i has the same group.
uint32_t mld_groups(const struct host *host);

// Whether reports can be sent from a link-local address of ours.
bool mld_has_source(const struct host *host);

// Writers of our own frames, into `bytes` (MLD_FRAME_MAX). They return the length (bytes). The source is
// our link-local address, or :: while that is tentative (RFC 3810 5.2.13).
// MLDv2: a report to all MLDv2 routers with a record for each group in `groups`.
uint16_t
mld_write_report(const struct host *host, uint8_t *bytes, enum mld_record record, uint32_t groups);
// MLDv1: a report of group i, to that group (RFC 2710 3).
uint16_t mld_write_report_v1(const struct host *host, uint8_t *bytes, unsigned i);
