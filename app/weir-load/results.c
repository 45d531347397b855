// SPDX-License-Identifier: BSD-3-Clause

#include "results.h"

#include "options.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[KIND_ASKING] = {"connect", "announce", "scrape"};
static const char *const family_keys[2] = {"ipv4", "ipv6"};

static const struct {
	const char *name;
	double share;
} percentiles[] = {
	{"p50", 0.5},
	{"p90", 0.9},
	{"p99", 0.99},
	{"p999", 0.999},
	{"p9999", 0.9999},
};

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
	const struct asked *asked = reply->asked;
	char *text;
	int at;

	stats_add(&results->wrong[reply->wrong], 1);
	if (results->example_count == RESULTS_EXAMPLES)
		return;
	text = results->examples[results->example_count++];
	at = snprintf(text, RESULTS_EXAMPLE_BYTES, "%s: ", wrong_infos[reply->wrong].help);
	if (asked != NULL)
		at += snprintf(
			text + at,
			(size_t)(RESULTS_EXAMPLE_BYTES - at),
			"%s over %s, client %u; ",
			kind_names[asked->kind],
			family_keys[flow_is_ipv6(checks->flows, asked->flow)],
			asked->flow % checks->flows->clients
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

static void
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
		for (unsigned kind = 0; kind < KIND_ASKING; kind++)
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

static uint64_t
replay_replies(const struct results *results)
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
		answered = replay_replies(results);
	return results->finished && answered > 0 && results_wrong(results) == 0 ? EXIT_SUCCESS
										: EXIT_FAILURE;
}

static double
microseconds(const struct results *results, double cycles)
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
			replay_replies(results));
		return;
	}
	fprintf(out,
		"%.0f answers/s; %lu sent in %.2f s, %lu answered, %lu lost, %lu errors, %lu "
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
			microseconds(results, (double)histogram_percentile(latency, 0.5)),
			microseconds(results, (double)histogram_percentile(latency, 0.99)),
			microseconds(results, (double)histogram_percentile(latency, 0.999)),
			microseconds(results, (double)latency->max));
	if (results->unsent + results->late + results->refused > 0)
		fprintf(out,
			"%lu due but not sent, %lu answers came late, %lu times junk was refused\n",
			results->unsent,
			results->late,
			results->refused);
	for (uint32_t i = 0; i < results->example_count; i++)
		fprintf(out, "wrong: %s\n", results->examples[i]);
}

// --- JSON -----------------------------------------------------------------------------------------

static void
set_number(json_t *object, const char *key, uint64_t number)
{
	json_object_set_new(object, key, json_integer((json_int_t)number));
}

static json_t *
json_of_tally(const struct tally *tally)
{
	json_t *object = json_object();

	set_number(object, "sent", tally->sent);
	set_number(object, "answered", tally->answered);
	set_number(object, "lost", tally->lost);
	set_number(object, "errors", tally->errors);
	return object;
}

static json_t *
json_of_kinds(const struct results_part *part)
{
	json_t *kinds = json_object();

	for (unsigned kind = 0; kind < KIND_ASKING; kind++) {
		struct tally sum = {0};

		tally_add(&sum, &part->tallies[0][kind]);
		tally_add(&sum, &part->tallies[1][kind]);
		json_t *object = json_of_tally(&sum);

		if (kind == KIND_ANNOUNCE)
			json_object_set_new(
				object,
				"peers_per_reply",
				json_real(
					sum.answered == 0
						? 0
						: (double)part->peers_listed / (double)sum.answered
				)
			);
		json_object_set_new(kinds, kind_names[kind], object);
	}
	return kinds;
}

static json_t *
json_of_families(const struct results_part *part)
{
	json_t *families = json_object();

	for (unsigned family = 0; family < 2; family++) {
		struct tally sum = {0};

		for (unsigned kind = 0; kind < KIND_ASKING; kind++)
			tally_add(&sum, &part->tallies[family][kind]);
		json_object_set_new(families, family_keys[family], json_of_tally(&sum));
	}
	return families;
}

static json_t *
json_of_latency(const struct results *results)
{
	const struct histogram *latency = &results->parts[PART_MEASURED].latency;
	bool any = histogram_count(latency) > 0;
	json_t *object = json_object();
	double min = any ? (double)latency->min : 0;

	json_object_set_new(object, "min", json_real(microseconds(results, min)));
	for (unsigned i = 0; i < RTE_DIM(percentiles); i++) {
		double cycles = (double)histogram_percentile(latency, percentiles[i].share);

		json_object_set_new(
			object, percentiles[i].name, json_real(microseconds(results, cycles))
		);
	}
	json_object_set_new(object, "max", json_real(microseconds(results, (double)latency->max)));
	json_object_set_new(
		object, "mean", json_real(microseconds(results, histogram_mean(latency)))
	);
	return object;
}

static json_t *
json_of_replies(const struct results *results)
{
	static const char *const names[] = {"connect", "announce", "scrape", "error", "other"};
	json_t *object = json_object();

	for (unsigned i = 0; i < RTE_DIM(names); i++)
		set_number(object, names[i], results->replies[i]);
	return object;
}

static json_t *
json_of_wrong(const struct results *results)
{
	json_t *object = json_object();

	for (unsigned i = WRONG_NONE + 1; i < WRONG_COUNT; i++)
		set_number(object, wrong_infos[i].name, results->wrong[i]);
	return object;
}

static const char *
mode_name(const struct options *options)
{
	if (options->write != NULL)
		return "write";
	if (options->replay != NULL)
		return "replay";
	return options->rate > 0 ? "open" : "closed";
}

static json_t *
json_of_results(const struct results *results, const struct options *options)
{
	const struct results_part *part = &results->parts[PART_MEASURED];
	struct tally sum = results_sum(part);
	json_t *object = json_object(), *examples = json_array();
	double loss = sum.sent == 0 ? 0 : (double)sum.lost / (double)sum.sent;
	bool replays = options->replay != NULL;

	for (uint32_t i = 0; i < results->example_count; i++)
		json_array_append_new(examples, json_string(results->examples[i]));
	set_number(object, "schema", 1);
	json_object_set_new(object, "seconds", json_real(results->seconds));
	json_object_set_new(object, "mode", json_string(mode_name(options)));
	json_object_set_new(object, "finished", json_boolean(results->finished));
	set_number(object, "sent", replays ? results->replayed : sum.sent);
	set_number(object, "answered", replays ? replay_replies(results) : sum.answered);
	set_number(object, "lost", sum.lost);
	set_number(object, "errors", sum.errors);
	set_number(object, "wrong", results_wrong(results));
	set_number(object, "refused", results->refused);
	set_number(object, "junk_sent", part->junk_sent);
	set_number(object, "unsent", results->unsent);
	set_number(object, "late", results->late);
	set_number(object, "other_frames", results->other);
	json_object_set_new(object, "rate", json_real(results->rate));
	json_object_set_new(object, "loss", json_real(loss));
	set_number(object, "self_listed", part->self_listed);
	json_object_set_new(object, "kinds", json_of_kinds(part));
	json_object_set_new(object, "families", json_of_families(part));
	json_object_set_new(object, "latency_us", json_of_latency(results));
	if (replays)
		json_object_set_new(object, "replies", json_of_replies(results));
	json_object_set_new(object, "wrong_reasons", json_of_wrong(results));
	json_object_set_new(object, "wrong_examples", examples);
	return object;
}

bool
results_write_json(const struct results *results, const struct options *options)
{
	json_t *object = json_of_results(results, options);
	bool to_stdout = strcmp(options->json, "-") == 0;
	FILE *out = to_stdout ? stdout : fopen(options->json, "w");
	bool ok = out != NULL
		&& json_dumpf(object, out, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) == 0
		&& fputc('\n', out) != EOF;

	if (out != NULL)
		ok &= (to_stdout ? fflush(out) : fclose(out)) == 0;
	if (!ok)
		fprintf(stderr, "weir-load: --json %s: %s\n", options->json, strerror(errno));
	json_decref(object);
	return ok;
}
