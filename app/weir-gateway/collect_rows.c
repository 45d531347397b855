// SPDX-License-Identifier: BSD-3-Clause
// Sources that are lists of a reply: one sample for each lcore, port, shard or client program.

#include "../telemetry_client/reply.h"
#include "collect.h"

enum scale { AS_IS, MEGABITS, CYCLES };

enum { BYTES_IN_MEGABIT = 1000000 / 8 };

// Writes one number of each row that has it: a counter that a port lacks is not 0. The labels are the
// row's number and, unless `second` is NULL, one of its texts.
static void
write_rows(
	struct collection *c,
	const json_t *rows,
	const char *first,
	const char *second,
	const char *field,
	enum scale scale
)
{
	const char *id;
	json_t *row;

	// jansson iterates over mutable objects alone; this one is not changed.
	json_object_foreach ((json_t *)rows, id, row) {
		const char *text = second == NULL ? NULL : reply_text(row, second);
		const struct exposition_labels *labels =
			COLLECT_LABELS({first, id}, {second, text});
		uint64_t value = reply_number(row, field);

		if (!json_is_integer(json_object_get(row, field)))
			continue;
		if (scale == CYCLES)
			exposition_real(&c->text, "", labels, collect_seconds(c, value));
		else
			exposition_integer(
				&c->text,
				"",
				labels,
				scale == MEGABITS ? value * BYTES_IN_MEGABIT : value
			);
	}
}

void
collect_lcore(struct collection *c, const struct metric *metric)
{
	write_rows(c, c->weir->lcores, "lcore", "role", metric->field, AS_IS);
}

void
collect_lcore_time(struct collection *c, const struct metric *metric)
{
	if (c->weir->info != NULL) // has the frequency of the cycle counter
		write_rows(c, c->weir->lcores, "lcore", "role", metric->field, CYCLES);
}

void
collect_port(struct collection *c, const struct metric *metric)
{
	write_rows(c, c->weir->ports, "port", "name", metric->field, AS_IS);
}

void
collect_port_speed(struct collection *c, const struct metric *metric)
{
	write_rows(c, c->weir->ports, "port", "name", metric->field, MEGABITS);
}

void
collect_shard(struct collection *c, const struct metric *metric)
{
	write_rows(c, c->weir->shards, "shard", NULL, metric->field, AS_IS);
}

static void
write_client(struct collection *c, const char *client, uint64_t peers)
{
	exposition_integer(&c->text, "", COLLECT_LABELS({"client", client}), peers);
}

void
collect_clients(struct collection *c, const struct metric *metric)
{
	const char *id;
	json_t *row;

	(void)metric;
	json_object_foreach (json_object_get(c->weir->clients, "clients"), id, row)
		write_client(c, reply_text(row, "client"), reply_number(row, "peers"));
	if (c->weir->clients != NULL)
		write_client(c, "unknown", reply_number(c->weir->clients, "unknown"));
}
