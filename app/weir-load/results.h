// SPDX-License-Identifier: BSD-3-Clause
// Results of a run.
//
// Writer: the polling lcore. The main lcore reads single words for the progress line, with relaxed
// loads. A request counts in the part of the run in which it was sent, and so does its reply.

#pragma once

#include "../../lib/stats/histogram.h"
#include "../../lib/stats/stats.h"
#include "kind.h"
#include "reply.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct options;

enum part {
	PART_WARM_UP,
	PART_MEASURED,
	PART_COUNT,
};

struct tally {
	uint64_t sent;
	uint64_t answered; // good replies
	uint64_t lost;
	uint64_t errors; // error replies
};

struct results_part {
	struct tally tallies[2][KIND_REQUEST_COUNT]; // [IPv6?][kind]
	struct tally abuse[KIND_REQUEST_COUNT]; // requests of abusive clients; in no other sum
	uint64_t junk_sent;
	uint64_t peers_listed; // in good replies to announces
	uint64_t self_listed; // replies that list the requesting peer
	struct histogram latency; // of good replies, in cycles
};

enum { RESULTS_EXAMPLES = 8, RESULTS_EXAMPLE_BYTES = 240 };

struct results {
	struct results_part parts[PART_COUNT];
	// Counted since the start, because they belong to no request, and so to no part.
	uint64_t wrong[WRONG_COUNT];
	uint64_t refused; // error replies to junk
	uint64_t late;
	uint64_t other; // frames that are no replies
	uint64_t unsent; // due, but not accepted by the port in time
	uint64_t replayed; // frames of --replay that were sent
	uint64_t replies[BEP15_ERROR + 2]; // to --replay, by action; last: any other action
	uint64_t good_replies; // of all parts: the base of rates
	double seconds; // length of the measurement
	double rate; // good replies per second of the measurement
	double hz; // cycles per second
	bool finished; // the run was complete
	uint32_t example_count;
	char examples[RESULTS_EXAMPLES][RESULTS_EXAMPLE_BYTES];
};

void results_init(struct results *results, double hz);

// Where a request is counted.
static inline struct tally *
results_tally(struct results *results, const struct pending *pending, const struct flows *flows)
{
	struct results_part *part = &results->parts[pending->part];

	if (flow_is_abusive(flows, pending->flow))
		return &part->abuse[pending->kind];
	return &part->tallies[flow_is_ipv6(flows, pending->flow)][pending->kind];
}

// Counts requests as sent: those from number `from` up to the flight's head.
static inline void
results_count_sent(
	struct results *results,
	const struct flight *flight,
	const struct flows *flows,
	uint32_t from
)
{
	for (; from != flight->head; from = (from + 1) & ~FLIGHT_JUNK) {
		const struct pending *pending = flight_at(flight, from);
		stats_add(&results_tally(results, pending, flows)->sent, 1);
	}
}

// Counts a wrong reply; describes the first RESULTS_EXAMPLES of them.
void results_note_wrong(
	struct results *results,
	const struct reply_checks *checks,
	const struct reply *reply,
	const uint8_t *frame,
	uint16_t len
);

extern const char *const kind_names[KIND_REQUEST_COUNT];

// Shared by results_print and results_write_json.
void tally_add(struct tally *sum, const struct tally *from);
double results_us(const struct results *results, double cycles);
uint64_t results_replies(const struct results *results); // to --replay, all actions

struct tally results_sum(const struct results_part *part);
uint64_t results_wrong(const struct results *results);

// Exit status, 0 or 1: see --help.
int results_status(const struct results *results, const struct options *options);

// Prints a summary of a few lines.
void results_print(const struct results *results, const struct options *options, FILE *out);

// Returns false, with a message on standard error, if the file cannot be written.
bool results_write_json(const struct results *results, const struct options *options);
