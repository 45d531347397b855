// SPDX-License-Identifier: BSD-3-Clause

#include "shares.h"

enum { LINES_PER_SOURCE = 2 };

static void
table_init(struct shares_table *table, const struct limit *all, unsigned parts)
{
	unsigned lines = parts * LINES_PER_SOURCE; // each is refilled slower by this factor

	for (unsigned i = 0; i < SHARES_LINES; i++)
		table->next_tsc[i] = 0;
	table->cost_tsc = all->cost_tsc * lines;
	// A part of the burst, but never less than one token.
	table->burst_tsc = RTE_MAX(all->burst_tsc, table->cost_tsc);
}

void
shares_init(
	struct shares *shares,
	uint32_t rate,
	uint32_t burst,
	uint64_t hz,
	const struct siphash_key *key
)
{
	shares->key = *key;
	shares_set_rate(shares, rate, burst, hz);
}

void
shares_set_rate(struct shares *shares, uint32_t rate, uint32_t burst, uint64_t hz)
{
	shares->rate = rate;
	limit_init(&shares->all, rate, burst, hz);
	shares->upper_tsc = shares->all.burst_tsc / 2;
	table_init(&shares->sources, &shares->all, SHARES_OF_SOURCE);
	table_init(&shares->groups, &shares->all, SHARES_OF_GROUP);
}

// The fuller one of the two lines of a hash, or NULL if neither has a token.
static uint64_t *
find_line(struct shares_table *table, uint64_t hash, uint64_t tsc)
{
	uint64_t *one = &table->next_tsc[hash % SHARES_LINES];
	uint64_t *other = &table->next_tsc[(hash >> 32) % SHARES_LINES];
	uint64_t *line = *one <= *other ? one : other;

	return RTE_MAX(*line, tsc) + table->cost_tsc <= tsc + table->burst_tsc ? line : NULL;
}

static void
take_line(const struct shares_table *table, uint64_t *line, uint64_t tsc)
{
	*line = RTE_MAX(*line, tsc) + table->cost_tsc;
}

bool
shares_take(struct shares *shares, const struct shares_source *source, uint64_t tsc)
{
	if (shares_take_upper(shares, tsc))
		return true;
	uint64_t *own =
		find_line(&shares->sources, siphash13(&shares->key, source, sizeof(*source)), tsc);
	uint64_t *group = find_line(
		&shares->groups, siphash13(&shares->key, &source->group, sizeof(source->group)), tsc
	);

	if (own == NULL || group == NULL || !limit_take(&shares->all, tsc))
		return false;
	take_line(&shares->sources, own, tsc);
	take_line(&shares->groups, group, tsc);
	return true;
}
