// SPDX-License-Identifier: BSD-3-Clause
// Reply about the sources with the most work or the most peers: the tables of all io lcores and workers, joined.

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

// A source: what it does, and what it has stored.
struct seen {
	struct busy_row busy;
	uint64_t peers;
};

// The sources of all io lcores and workers.
struct gathered {
	struct seen *rows; // [count]
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
		((const struct seen *)one)->busy.name, ((const struct seen *)other)->busy.name
	);
}

// The most work first, then the most peers, then the most refusals.
static int
by_work(const void *one, const void *other)
{
	const struct seen *a = one, *b = other;

	if (a->busy.recent != b->busy.recent)
		return compare(b->busy.recent, a->busy.recent);
	if (a->peers != b->peers)
		return compare(b->peers, a->peers);
	return compare(b->busy.refused, a->busy.refused);
}

static void
gather_lcore(struct gathered *gathered, const struct budget *budget, uint64_t tsc)
{
	for (unsigned i = 0; i < ENTRIES; i++) {
		struct busy_row *row = &gathered->rows[gathered->count].busy;

		gathered->count += busy_read(&budget->busy, i, tsc, row)
			&& (row->recent > 0 || row->refused > 0);
	}
	gathered->work += stats_read(&budget->work);
	gathered->recent += busy_recent(&budget->busy, &budget->all, tsc);
	gathered->span_s = busy_span_s(&budget->busy, budget->hz);
	gathered->budget = budget;
}

// Those that have stored most, which may be silent now.
static void
gather_worker(struct gathered *gathered, const struct shard *shard)
{
	struct source_row rows[SOURCE_HOLDERS];
	unsigned count = shard_sources(shard, rows, SOURCE_HOLDERS);

	for (unsigned i = 0; i < count; i++)
		gathered->rows[gathered->count++] = (struct seen){.busy.name = rows[i].name};
}

static void
count_peers(const struct weir *weir, struct gathered *gathered)
{
	for (unsigned i = 0; i < gathered->count; i++)
		for (unsigned w = 0; w < weir->plan.worker_count; w++)
			gathered->rows[i].peers += shard_source_peers(
				weir->workers[w]->shard, gathered->rows[i].busy.name
			);
}

// A source may be in several tables.
static void
join_rows(const struct weir *weir, struct gathered *gathered)
{
	unsigned kept = 0;

	qsort(gathered->rows, gathered->count, sizeof(*gathered->rows), by_name);
	for (unsigned i = 0; i < gathered->count; i++) {
		struct busy_row *last = &gathered->rows[kept == 0 ? 0 : kept - 1].busy;
		const struct busy_row *row = &gathered->rows[i].busy;

		if (kept == 0 || last->name != row->name) {
			gathered->rows[kept++] = gathered->rows[i];
			continue;
		}
		last->recent += row->recent;
		last->refused += row->refused;
	}
	gathered->count = kept;
	count_peers(weir, gathered);
	qsort(gathered->rows, gathered->count, sizeof(*gathered->rows), by_work);
}

static void
show_source(const struct gathered *gathered, const struct seen *seen, struct rte_tel_data *object)
{
	const struct busy_row *row = &seen->busy;
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
		REPLY_NUMBER(source_peers, seen->peers),
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
	for (unsigned i = 0; i < weir->plan.worker_count; i++)
		gather_worker(gathered, weir->workers[i]->shard);
	join_rows(weir, gathered);
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
	size_t rows = (size_t)weir->plan.io_count * ENTRIES
		+ (size_t)weir->plan.worker_count * SOURCE_HOLDERS + 1;
	struct gathered gathered = {.rows = calloc(rows, sizeof(*gathered.rows))};

	if (gathered.rows == NULL) {
		reply_refuse(reply, REPLY_ENDING, "no memory");
		return;
	}
	show_gathered(weir, &gathered, (unsigned)count, reply);
	free(gathered.rows);
}
