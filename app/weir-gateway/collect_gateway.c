// SPDX-License-Identifier: BSD-3-Clause
// Sources that are the gateway's own: its counters, and the state of its cache.

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
gateway_number(const struct collection *c, const struct metric *metric)
{
	return stats_read((const uint64_t *)((const char *)c->gateway + metric->offset));
}

void
collect_gateway(struct collection *c, const struct metric *metric)
{
	exposition_integer(&c->text, "", &no_labels, gateway_number(c, metric));
}

void
collect_gateway_time(struct collection *c, const struct metric *metric)
{
	exposition_real(&c->text, "", &no_labels, (double)gateway_number(c, metric) / 1e6);
}

void
collect_requests(struct collection *c, const struct metric *metric)
{
	(void)metric;
	for (unsigned code = 0; code < GATEWAY_STATS_CODES; code++) {
		uint64_t count = stats_read(&c->gateway->requests[code]);
		char text[16];

		snprintf(text, sizeof(text), "%u", code);
		if (count > 0)
			exposition_integer(&c->text, "", COLLECT_LABELS({"code", text}), count);
	}
}

static const struct exposition_labels *
command_label(const char *command, struct exposition_labels *labels)
{
	*labels = (struct exposition_labels){{{"command", command}}};
	return labels;
}

void
collect_command_success(struct collection *c, const struct metric *metric)
{
	struct exposition_labels labels;
	const char *command;

	(void)metric;
	for (unsigned i = 0; (command = snapshot_command(i)) != NULL; i++) {
		struct reply_state state = reply_cache_state(c->weir->cache, command);

		if (state.sent)
			exposition_integer(
				&c->text, "", command_label(command, &labels), state.good
			);
	}
}

void
collect_reply_age(struct collection *c, const struct metric *metric)
{
	struct exposition_labels labels;
	const char *command;

	(void)metric;
	for (unsigned i = 0; (command = snapshot_command(i)) != NULL; i++) {
		struct reply_state state = reply_cache_state(c->weir->cache, command);

		if (state.known)
			exposition_real(
				&c->text,
				"",
				command_label(command, &labels),
				(double)state.age_ms / 1e3
			);
	}
}
