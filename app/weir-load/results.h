// SPDX-License-Identifier: BSD-3-Clause
// What a run came to.
//
// The polling lcore writes while others read for the progress line: single words, relaxed. A
// request counts in the part of the run it was sent in, and so does its reply.

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
	uint64_t answered; // well
	uint64_t lost;
	uint64_t errors; // error replies
};

struct results_part {
	struct tally tallies[2][KIND_ASKING]; // [IPv6?][kind]
	uint64_t junk_sent;
	uint64_t peers_listed; // in good replies to announces
	uint64_t self_listed; // replies that list the asker
	struct histogram latency; // of good replies, cycles
};

enum { RESULTS_EXAMPLES = 8, RESULTS_EXAMPLE_BYTES = 240 };

struct results {
	struct results_part parts[PART_COUNT];
	// Since the start, as these have no request whose part they could count in.
	uint64_t wrong[WRONG_COUNT];
	uint64_t refused; // error replies to junk
	uint64_t late;
	uint64_t other; // frames that were no replies
	uint64_t unsent; // due, but the port took no more
	uint64_t replayed; // frames of --replay that were sent
	uint64_t replies[BEP15_ERROR + 2]; // to them, by action; the last: any other
	uint64_t answers; // good replies of any part: what a rate is made of
	double seconds; // measured
	double rate; // good replies a second of them
	double hz; // cycles a second
	bool finished; // the run came to its end
	uint32_t example_count;
	char examples[RESULTS_EXAMPLES][RESULTS_EXAMPLE_BYTES];
};

void results_init(struct results *results, double hz);

// Counts the requests from number `from` up to the flight's head as sent.
static inline void
results_count_sent(
	struct results *results,
	const struct flight *flight,
	const struct flows *flows,
	uint32_t from
)
{
	for (; from != flight->head; from = (from + 1) & ~FLIGHT_JUNK) {
		const struct asked *asked = flight_at(flight, from);
		bool ipv6 = flow_is_ipv6(flows, asked->flow);

		stats_add(&results->parts[asked->part].tallies[ipv6][asked->kind].sent, 1);
	}
}

// Notes a wrong reply; the first few with a description.
void results_note_wrong(
	struct results *results,
	const struct reply_checks *checks,
	const struct reply *reply,
	const uint8_t *frame,
	uint16_t len
);

extern const char *const kind_names[KIND_ASKING];

// What both ways of writing results need.
void tally_add(struct tally *sum, const struct tally *from);
double results_us(const struct results *results, double cycles);
uint64_t results_replies(const struct results *results); // to --replay, of any action

struct tally results_sum(const struct results_part *part);
uint64_t results_wrong(const struct results *results);

// 0 or 1: see --help.
int results_status(const struct results *results, const struct options *options);

// A few lines for people.
void results_print(const struct results *results, const struct options *options, FILE *out);

// False, and a sentence to standard error, where the file cannot be written.
bool results_write_json(const struct results *results, const struct options *options);
