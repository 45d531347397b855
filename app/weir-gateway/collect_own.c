// SPDX-License-Identifier: BSD-3-Clause
// What the gateway knows itself.

#include "collect.h"

#include <stdio.h>

static const struct exposition_labels no_labels;

void
collect_up(struct collection *c, const struct metric *metric)
{
	(void)metric;
	exposition_integer(&c->text, "", &no_labels, c->weir != NULL);
}

static uint64_t
own_number(const struct collection *c, const struct metric *metric)
{
	return stats_read((const uint64_t *)((const char *)c->own + metric->offset));
}

void
collect_own(struct collection *c, const struct metric *metric)
{
	exposition_integer(&c->text, "", &no_labels, own_number(c, metric));
}

void
collect_own_time(struct collection *c, const struct metric *metric)
{
	exposition_real(&c->text, "", &no_labels, (double)own_number(c, metric) / 1e6);
}

void
collect_requests(struct collection *c, const struct metric *metric)
{
	(void)metric;
	for (unsigned code = 0; code < OWN_CODES; code++) {
		uint64_t count = stats_read(&c->own->requests[code]);
		char text[16];

		snprintf(text, sizeof(text), "%u", code);
		if (count > 0)
			exposition_integer(&c->text, "", COLLECT_LABELS({"code", text}), count);
	}
}
