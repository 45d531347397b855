// SPDX-License-Identifier: BSD-3-Clause

#include "results.h"

#include "options.h"

#include <stdlib.h>
#include <string.h>

const char *const kind_names[KIND_REQUEST_COUNT] = {"connect", "announce", "scrape"};

void
results_init(struct results *results, double hz)
{
	*results = (struct results){.hz = hz};
	for (unsigned i = 0; i < PART_COUNT; i++)
		histogram_init(&results->parts[i].latency);
}

void
results_note_wrong(
	struct results *results,
	const struct reply_checks *checks,
	const struct reply *reply,
	const uint8_t *frame,
	uint16_t len
)
{
	const struct pending *pending = reply->pending;
	char *text;
	int at;

	stats_add(&results->wrong[reply->wrong], 1);
	if (results->example_count == RESULTS_EXAMPLES)
		return;
	text = results->examples[results->example_count++];
	at = snprintf(text, RESULTS_EXAMPLE_BYTES, "%s: ", wrong_infos[reply->wrong].help);
	if (pending != NULL)
		at += snprintf(
			text + at,
			(size_t)(RESULTS_EXAMPLE_BYTES - at),
			"%s over %s, client %u; ",
			kind_names[pending->kind],
			flow_is_ipv6(checks->flows, pending->flow) ? "IPv6" : "IPv4",
			pending->flow % checks->flows->clients
		);
	unsigned from = reply->payload != NULL ? (unsigned)(reply->payload - frame) : 0;

	at += snprintf(
		text + at,
		(size_t)(RESULTS_EXAMPLE_BYTES - at),
		"frame of %u bytes, %s",
		len,
		from != 0 ? "payload" : "from its start"
	);
	for (unsigned i = from; i < len && i < from + 32 && at + 4 < RESULTS_EXAMPLE_BYTES; i++)
		at += snprintf(text + at, (size_t)(RESULTS_EXAMPLE_BYTES - at), " %02x", frame[i]);
}

void
tally_add(struct tally *sum, const struct tally *from)
{
	sum->sent += stats_read(&from->sent);
	sum->answered += stats_read(&from->answered);
	sum->lost += stats_read(&from->lost);
	sum->errors += stats_read(&from->errors);
}

struct tally
results_sum(const struct results_part *part)
{
	struct tally sum = {0};

	for (unsigned family = 0; family < 2; family++)
		for (unsigned kind = 0; kind < KIND_REQUEST_COUNT; kind++)
			tally_add(&sum, &part->tallies[family][kind]);
	return sum;
}

uint64_t
results_wrong(const struct results *results)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < WRONG_COUNT; i++)
		sum += stats_read(&results->wrong[i]);
	return sum;
}

uint64_t
results_replies(const struct results *results)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < RTE_DIM(results->replies); i++)
		sum += results->replies[i];
	return sum;
}

int
results_status(const struct results *results, const struct options *options)
{
	uint64_t answered = results_sum(&results->parts[PART_MEASURED]).answered;

	if (options->write != NULL)
		return results->finished ? EXIT_SUCCESS : EXIT_FAILURE;
	if (options->replay != NULL)
		answered = results_replies(results);
	return results->finished && answered > 0 && results_wrong(results) == 0 ? EXIT_SUCCESS
										: EXIT_FAILURE;
}

double
results_us(const struct results *results, double cycles)
{
	return cycles / results->hz * 1e6;
}

void
results_print(const struct results *results, const struct options *options, FILE *out)
{
	const struct results_part *part = &results->parts[PART_MEASURED];
	const struct histogram *latency = &part->latency;
	struct tally sum = results_sum(part);

	if (options->replay != NULL) {
		fprintf(out,
			"%lu frames sent in %.2f s, %lu replies\n",
			results->replayed,
			results->seconds,
			results_replies(results));
		return;
	}
	fprintf(out,
		"%.0f replies/s; %lu sent in %.2f s, %lu answered, %lu lost, %lu errors, %lu "
		"wrong\n",
		results->rate,
		sum.sent,
		results->seconds,
		sum.answered,
		sum.lost,
		sum.errors,
		results_wrong(results));
	if (sum.answered > 0)
		fprintf(out,
			"latency in us: p50 %.1f, p99 %.1f, p99.9 %.1f, max %.1f\n",
			results_us(results, (double)histogram_percentile(latency, 0.5)),
			results_us(results, (double)histogram_percentile(latency, 0.99)),
			results_us(results, (double)histogram_percentile(latency, 0.999)),
			results_us(results, (double)latency->max));
	if (results->unsent + results->late + results->refused > 0)
		fprintf(out,
			"%lu due but not sent, %lu late replies, %lu errors in reply to junk\n",
			results->unsent,
			results->late,
			results->refused);
	for (uint32_t i = 0; i < results->example_count; i++)
		fprintf(out, "wrong: %s\n", results->examples[i]);
}
