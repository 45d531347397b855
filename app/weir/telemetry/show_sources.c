// SPDX-License-Identifier: BSD-3-Clause
// Reply about the sources with the most work: the tables of all io lcores, joined.

#include "../control/tally.h"
#include "parameters.h"
#include "reply.h"
#include "telemetry.h"

#include <rte_cycles.h>

#include <arpa/inet.h>
#include <stdlib.h>

enum {
	ENTRIES = BUSY_SETS * BUSY_WAYS, // of an io lcore
	ROWS_MAX = 100, // that always fit a reply
	ROWS_DEFAULT = 10,
	PERCENT = 100,
};

// The sources of all io lcores.
struct gathered {
	struct busy_row *rows; // [count]
	unsigned count;
	uint64_t work; // sixteenths, of all sources
	uint64_t recent; // likewise, of the last seconds
	double span_s; // these seconds
	const struct budget *budget; // any of them, for the form of names
};

static int
compare(uint64_t one, uint64_t other)
{
	return (one > other) - (one < other);
}

static int
by_name(const void *one, const void *other)
{
	return compare(
		((const struct busy_row *)one)->name, ((const struct busy_row *)other)->name
	);
}

// The most work first, then the most refusals.
static int
by_work(const void *one, const void *other)
{
	const struct busy_row *a = one, *b = other;

	return a->recent != b->recent ? compare(b->recent, a->recent)
				      : compare(b->refused, a->refused);
}

static void
gather_lcore(struct gathered *gathered, const struct budget *budget, uint64_t tsc)
{
	for (unsigned i = 0; i < ENTRIES; i++) {
		struct busy_row *row = &gathered->rows[gathered->count];

		gathered->count += busy_read(&budget->busy, i, tsc, row)
			&& (row->recent > 0 || row->refused > 0);
	}
	gathered->work += stats_read(&budget->work);
	gathered->recent += busy_recent(&budget->busy, &budget->all, tsc);
	gathered->span_s = busy_span_s(&budget->busy, budget->hz);
	gathered->budget = budget;
}

// A source may have come through several io lcores.
static void
join_rows(struct gathered *gathered)
{
	unsigned kept = 0;

	qsort(gathered->rows, gathered->count, sizeof(*gathered->rows), by_name);
	for (unsigned i = 0; i < gathered->count; i++) {
		struct busy_row *last = &gathered->rows[kept == 0 ? 0 : kept - 1];
		const struct busy_row *row = &gathered->rows[i];

		if (kept == 0 || last->name != row->name) {
			gathered->rows[kept++] = *row;
			continue;
		}
		last->recent += row->recent;
		last->refused += row->refused;
	}
	gathered->count = kept;
	qsort(gathered->rows, gathered->count, sizeof(*gathered->rows), by_work);
}

static void
show_source(
	const struct gathered *gathered,
	const struct busy_row *row,
	struct rte_tel_data *object
)
{
	char address[INET6_ADDRSTRLEN + sizeof("/64")];
	double work = (double)row->recent / BUDGET_SIXTEENTHS / gathered->span_s;
	uint64_t all = RTE_MAX(gathered->recent, row->recent);

	budget_name_text(gathered->budget, row->name, address, sizeof(address));
	REPLY_FILL(
		object,
		source,
		REPLY_TEXT(source_address, address),
		REPLY_NUMBER(source_work_percent, all == 0 ? 0 : row->recent * PERCENT / all),
		REPLY_NUMBER(source_work, (uint64_t)(work + 0.5)),
		REPLY_NUMBER(source_refused, row->refused)
	);
}

static struct rte_tel_data *
list_sources(const struct gathered *gathered, unsigned count)
{
	struct rte_tel_data *list = reply_object();

	for (unsigned i = 0; i < count; i++) {
		struct rte_tel_data *object = reply_row(list, i);

		if (object != NULL)
			show_source(gathered, &gathered->rows[i], object);
	}
	return list;
}

static void
show_gathered(
	const struct weir *weir,
	struct gathered *gathered,
	unsigned wanted,
	struct rte_tel_data *reply
)
{
	struct stats stats;
	uint64_t limited = 0;
	uint64_t tsc = rte_rdtsc();

	for (unsigned i = 0; i < weir->plan.io_count; i++)
		gather_lcore(gathered, weir->ios[i]->budgets, tsc);
	join_rows(gathered);
	tally_stats(weir, &stats);
	for (enum family f = 0; f < FAMILY_COUNT; f++)
		limited += stats.verdicts[f][VERDICT_source_limited];
	unsigned count = RTE_MIN(gathered->count, wanted);

	REPLY_FILL(
		reply,
		sources,
		REPLY_NUMBER(sources_work, gathered->work / BUDGET_SIXTEENTHS),
		REPLY_NUMBER(sources_limited, limited),
		REPLY_NUMBER(sources_count, count),
		REPLY_CONTAINER(sources_sources, list_sources(gathered, count))
	);
}

void
telemetry_show_sources(const struct weir *weir, const char *parameters, struct rte_tel_data *reply)
{
	uint64_t count = ROWS_DEFAULT;

	if (!parameters_numbers(parameters, &count, 1) || count < 1 || count > ROWS_MAX) {
		reply_refuse(reply, REPLY_MALFORMED, "a count from 1 to %d, or nothing", ROWS_MAX);
		return;
	}
	// One more: busy_read also writes to a row that does not count.
	size_t rows = (size_t)weir->plan.io_count * ENTRIES + 1;
	struct gathered gathered = {.rows = calloc(rows, sizeof(struct busy_row))};

	if (gathered.rows == NULL) {
		reply_refuse(reply, REPLY_ENDING, "no memory");
		return;
	}
	show_gathered(weir, &gathered, (unsigned)count, reply);
	free(gathered.rows);
}
