// SPDX-License-Identifier: BSD-3-Clause

#include "report.h"

#include "machine.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct bench_report {
	struct machine machine;
	char *revision;
	enum bench_pages pages; // BENCH_PAGES_FREE: none
	size_t count;
	struct bench_row *rows; // owns their strings
};

static void *
checked(void *memory)
{
	if (memory == NULL) {
		fputs("bench: out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	return memory;
}

struct bench_report *
bench_report_create(const char *revision)
{
	struct bench_report *report = checked(calloc(1, sizeof(*report)));

	machine_read(&report->machine);
	if (revision == NULL)
		revision = getenv("BENCH_REVISION");
	report->revision = checked(strdup(revision == NULL ? "unknown" : revision));
	return report;
}

void
bench_report_free(struct bench_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		free((char *)report->rows[i].name);
		free((char *)report->rows[i].metric);
		free((char *)report->rows[i].unit);
	}
	free(report->rows);
	free(report->revision);
	free(report);
}

void
bench_report_set_pages(struct bench_report *report, enum bench_pages pages)
{
	report->pages = pages;
}

void
bench_report_add(struct bench_report *report, const struct bench_row *row)
{
	struct bench_row copy = *row;
	char *name;

	copy.any_pages = row->any_pages || report->pages == BENCH_PAGES_FREE;
	bool marked = !copy.any_pages && report->pages == BENCH_PAGES_2M;

	if (asprintf(&name, "%s%s", row->name, marked ? "_2m" : "") < 0)
		name = NULL;
	copy.name = checked(name);
	copy.metric = checked(strdup(row->metric));
	copy.unit = checked(strdup(row->unit));
	report->rows =
		checked(reallocarray(report->rows, report->count + 1, sizeof(*report->rows)));
	report->rows[report->count++] = copy;
}

const struct bench_row *
bench_report_find(const struct bench_report *report, const char *name)
{
	for (size_t i = 0; i < report->count; i++)
		if (strcmp(report->rows[i].name, name) == 0)
			return &report->rows[i];
	return NULL;
}

// NULL: the size does not matter.
static const char *
pages_of(const struct bench_report *report, const struct bench_row *row)
{
	if (row->any_pages)
		return NULL;
	return report->pages == BENCH_PAGES_2M ? "2m" : "4k";
}

static void
print_number(FILE *out, int width, double number)
{
	if (isfinite(number))
		fprintf(out, " %*.2f", width, number);
	else
		fprintf(out, " %*s", width, "-");
}

void
bench_report_print(const struct bench_report *report, FILE *out)
{
	const struct machine *machine = &report->machine;

	fprintf(out,
		"%s, %u CPUs, Linux %s, revision %s\n\n",
		machine->cpu,
		machine->cpus,
		machine->kernel,
		report->revision);
	fprintf(out,
		"%-48s %-16s %12s %12s %9s  %s\n",
		"name",
		"metric",
		"value",
		"baseline",
		"ratio",
		"pages");
	for (size_t i = 0; i < report->count; i++) {
		const struct bench_row *row = &report->rows[i];
		const char *pages = pages_of(report, row);

		fprintf(out, "%-48s %-16s", row->name, row->metric);
		print_number(out, 12, row->value);
		print_number(out, 12, row->baseline);
		print_number(out, 9, row->ratio);
		fprintf(out, "  %s\n", pages == NULL ? "-" : pages);
	}
}

static json_t *
number_to_json(double number)
{
	return isfinite(number) ? json_real(number) : json_null();
}

static json_t *
row_to_json(const struct bench_report *report, const struct bench_row *row)
{
	return json_pack(
		"{s:s, s:s, s:s, s:o, s:o, s:o, s:s?}",
		"name",
		row->name,
		"metric",
		row->metric,
		"unit",
		row->unit,
		"value",
		number_to_json(row->value),
		"baseline",
		number_to_json(row->baseline),
		"ratio",
		number_to_json(row->ratio),
		"pages",
		pages_of(report, row)
	);
}

static json_t *
report_to_json(const struct bench_report *report)
{
	const struct machine *machine = &report->machine;
	json_t *rows = json_array();

	for (size_t i = 0; i < report->count; i++)
		json_array_append_new(rows, row_to_json(report, &report->rows[i]));
	return json_pack(
		"{s:i, s:{s:s, s:i, s:s}, s:s, s:o}",
		"schema",
		1,
		"machine",
		"cpu",
		machine->cpu,
		"cpus",
		(int)machine->cpus,
		"kernel",
		machine->kernel,
		"revision",
		report->revision,
		"rows",
		rows
	);
}

int
bench_report_write(const struct bench_report *report, const char *path)
{
	json_t *json = checked(report_to_json(report));
	int status = json_dump_file(json, path, JSON_INDENT(1) | JSON_REAL_PRECISION(6));

	json_decref(json);
	if (status != 0)
		fprintf(stderr, "bench: %s: cannot be written: %s\n", path, strerror(errno));
	return status;
}
