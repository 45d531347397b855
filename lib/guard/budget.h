// SPDX-License-Identifier: BSD-3-Clause
// A budget of work for each source, so that one that floods gets its share and no more.
//
// A source is an IPv4 address, or an IPv6 prefix of 48 to 64 bits whose /48 is limited to 16 times as much.
// Each request has a price, known before the work is done (lib/tracker/price.h). Two limits:
//
//   connects   before the address is proved: connects, and requests with an expired id
//   work       after that: announces and scrapes with a good id
//
// A packet with a forged source address can only use up the connects of the source that it names. Nothing
// without a good id is charged to the work of a source: budget_is_spent only looks.
//
// First layer: a sketch for each limit (sketch.h), which never lets a source get more than its limit. Second
// layer, for work: exact buckets of the sources that matter (busy.h). If a source has one, it decides. So a
// source that shares both of its cells with busy ones loses one request, gets an entry, and has its own bucket
// from then on. Without an entry (its set is full of sources that are busy now), and for a /48, the sketch
// decides; it is wrong for (h / SKETCH_CELLS)^2 of the others if h sources are busy.
//
// Each io lcore has its own budgets, without sharing. A port whose RSS spreads by addresses alone brings all
// packets of an IPv4 source to one of them. An IPv6 prefix, and any source on a port without such RSS, may be
// spread over n io lcores and then gets up to n times its budget.
//
// One owner, an io lcore. Nothing is allocated: the size is fixed. Time is the caller's. What a packet needs is
// in budget_charge.h.

#pragma once

#include "../stats/stats.h"
#include "busy.h"
#include "sketch.h"

enum {
	BUDGET_SIXTEENTHS = 16, // of a unit: prices are in sixteenths of the work of a connect
	BUDGET_PRICE_MAX = 1024, // sixteenths; an idle source can always afford one request
	BUDGET_NETWORK_BITS = 48,
	BUDGET_NETWORK_TIMES = 16, // budgets of a source that its /48 has
	BUDGET_CONNECTS_S = 10, // seconds of limits.connects that a source gets at once
	BUDGET_PRESSURE_MAX = 512,
};

struct budget_limits {
	uint32_t work; // units a second; 0: no limit
	uint32_t burst; // units at once
	uint32_t connects; // a second; 0: no limit
};

struct budget_source {
	// IPv6: the first 64 bits, cut to the prefix; IPv4: the address below 32 ones. Never 0.
	uint64_t name;
	uint64_t hash;
	uint64_t network; // hash of its /48; 0: none
};

struct budget {
	struct sketch_rate rate; // as set
	struct sketch_rate in_force; // under pressure
	struct sketch_rate connects_rate;
	uint64_t keys[4];
	uint64_t mask; // of the prefix of an IPv6 source
	bool has_networks; // the prefix is longer than that of a network
	uint64_t hz;
	uint64_t look_until_tsc; // a second after the last refusal
	uint64_t work; // sixteenths, of all sources; any thread reads it
	uint64_t drawn; // `work` when the last lot was drawn
	uint64_t lot; // `work` when the next one is due
	struct busy_state all; // its `recent` is that of all sources; any thread reads it
	struct sketch work_cells, connect_cells;
	struct busy busy;
};

// `key`: secret. ipv6_prefix: 48 to 64. hz: cycles a second. There are no limits until budget_set.
void budget_init(
	struct budget *budget,
	const struct siphash_key *key,
	unsigned ipv6_prefix,
	uint64_t hz
);

// Changes the limits. Buckets keep how much of their time to refill has passed.
void budget_set(struct budget *budget, const struct budget_limits *limits);

// Shrinks the budget in force for work: at BUDGET_PRESSURE_MAX prices are eightfold and bursts a 256th, so
// those that used the most lose first. 0: as set.
void budget_press(struct budget *budget, unsigned pressure);

// The text of a source's name, with its prefix if that is not a whole IPv4 address.
void budget_name_text(const struct budget *budget, uint64_t name, char *text, size_t size);
