// SPDX-License-Identifier: BSD-3-Clause
// bench_scale_model: runs the model with the number of lcores that the command line names, and prints its counts as
// JSON.

#include "../../../app/common/standard_streams.h"
#include "lines.h"
#include "model.h"

#include <rte_common.h>

#include <err.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum {
	WARM_PASSES = 2, // over all peers: the first stores them
	MEASURED = 8192, // announces, at least
	ROUNDS_MIN = 8,
};

static void
play(unsigned rounds)
{
	for (unsigned round = 0; round < rounds; round++) {
		lines_act(LINES_DEVICE);
		model_receive();
		for (unsigned lcore = 0; lcore < model_lcores(); lcore++) {
			lines_act(LINES_LCORES + lcore);
			model_turn(lcore);
		}
		lines_act(LINES_DEVICE);
		model_sent();
	}
}

static json_t *
lines_json(uint64_t packets)
{
	struct lines_sum sums[LINES_NAMES_MAX];
	unsigned count = lines_sums(sums);
	json_t *lines = json_object();

	for (unsigned i = 0; i < count; i++)
		json_object_set_new(
			lines,
			sums[i].name,
			json_pack(
				"{s:f, s:f}",
				"moves",
				(double)sums[i].moves / (double)packets,
				"device_moves",
				(double)sums[i].device_moves / (double)packets
			)
		);
	return lines;
}

static unsigned
number(const char *text, unsigned max)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*end != '\0' || value < 1 || value > max)
		errx(2, "%s: a number from 1 to %u is needed", text, max);
	return (unsigned)value;
}

static void
usage(void)
{
	errx(2, "usage: bench_scale_model IO-LCORES WORKERS [shared | steered]");
}

static enum model_kind
kind_of(const char *word)
{
	if (strcmp(word, "shared") == 0)
		return MODEL_SHARED;
	if (strcmp(word, "steered") != 0)
		usage();
	return MODEL_STEERED;
}

int
main(int argc, char **argv)
{
	if (argc != 3 && argc != 4)
		usage();
	enum model_kind kind = argc == 3 ? MODEL_SPLIT : kind_of(argv[3]);
	unsigned ios = number(argv[1], MODEL_LCORES_MAX);
	unsigned workers = number(argv[2], MODEL_LCORES_MAX);
	unsigned a_round = ios * MODEL_BURST;
	unsigned rounds = RTE_MAX((unsigned)MEASURED / a_round, (unsigned)ROUNDS_MIN);

	if (kind != MODEL_SPLIT && ios != workers)
		errx(2, "lcores with both roles: as many of one as of the other");
	model_make(ios, workers, kind);
	play((WARM_PASSES * MODEL_PEERS + a_round - 1) / a_round);
	model_take_counts();
	lines_count();
	model_count_instructions(true);
	play(rounds);
	model_count_instructions(false);
	struct model_counts counts = model_take_counts();
	double packets = (double)counts.packets;
	json_t *result = json_pack(
		"{s:i, s:i, s:I, s:f, s:f, s:f}",
		"io_lcores",
		(int)ios,
		"workers",
		(int)workers,
		"packets",
		(json_int_t)counts.packets,
		"hand_overs",
		(double)counts.hand_overs / packets,
		"jobs_a_burst",
		(double)counts.jobs / (double)counts.bursts,
		"empty_polls",
		(double)counts.polls / packets
	);

	if (lines_seen())
		json_object_set_new(result, "lines", lines_json(counts.packets));
	json_dumpf(result, stdout, JSON_SORT_KEYS | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(result);
	return standard_output_finish("bench_scale_model", EXIT_SUCCESS);
}
