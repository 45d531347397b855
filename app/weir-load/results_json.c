// SPDX-License-Identifier: BSD-3-Clause

#include "../common/complain.h"
#include "../common/output_file.h"
#include "options.h"
#include "results.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

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

	for (unsigned kind = 0; kind < KIND_REQUEST_COUNT; kind++) {
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
json_of_abuse(const struct results_part *part)
{
	json_t *kinds = json_object();

	for (unsigned kind = 0; kind < KIND_REQUEST_COUNT; kind++)
		json_object_set_new(kinds, kind_names[kind], json_of_tally(&part->abuse[kind]));
	return kinds;
}

static json_t *
json_of_families(const struct results_part *part)
{
	json_t *families = json_object();

	for (unsigned family = 0; family < 2; family++) {
		struct tally sum = {0};

		for (unsigned kind = 0; kind < KIND_REQUEST_COUNT; kind++)
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

	json_object_set_new(object, "min", json_real(results_us(results, min)));
	for (unsigned i = 0; i < RTE_DIM(percentiles); i++) {
		double cycles = (double)histogram_percentile(latency, percentiles[i].share);

		json_object_set_new(
			object, percentiles[i].name, json_real(results_us(results, cycles))
		);
	}
	json_object_set_new(object, "max", json_real(results_us(results, (double)latency->max)));
	json_object_set_new(
		object, "mean", json_real(results_us(results, histogram_mean(latency)))
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
	set_number(object, "answered", replays ? results_replies(results) : sum.answered);
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
	json_object_set_new(object, "abuse", json_of_abuse(part));
	json_object_set_new(object, "latency_us", json_of_latency(results));
	// The first connects of all clients and the warm-up: for comparison with a tracker's counters.
	json_object_set_new(
		object, "families_before", json_of_families(&results->parts[PART_WARM_UP])
	);
	json_object_set_new(object, "kinds_before", json_of_kinds(&results->parts[PART_WARM_UP]));
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
	FILE *out = to_stdout ? stdout : output_file_open(options->json);
	bool ok = out != NULL
		&& json_dumpf(object, out, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) == 0
		&& fputc('\n', out) != EOF;

	if (out != NULL)
		ok &= (to_stdout ? fflush(out) : fclose(out)) == 0;
	if (!ok)
		complain("--json %s: %s", options->json, strerror(errno));
	json_decref(object);
	return ok;
}
