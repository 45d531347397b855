// SPDX-License-Identifier: BSD-3-Clause
// What of a file that was read again takes effect.

#include "config_source.h"

#include <stdlib.h>
#include <string.h>

// Bytes of the longest value as text: a list of strings, every character escaped.
enum { VALUE_MAX = CONFIG_STRINGS_MAX * (2 * 255 + 4) + 3 };

static bool
is_different(
	const struct config_option *option,
	const void *one,
	const void *other,
	char before[VALUE_MAX],
	char after[VALUE_MAX]
)
{
	config_show(option, one, before, VALUE_MAX);
	config_show(option, other, after, VALUE_MAX);
	return strcmp(before, after) != 0;
}

static bool
keep_strings(
	struct config_source *source,
	struct config_strings *to,
	const struct config_strings *from
)
{
	*to = *from;
	for (unsigned i = 0; i < to->count; i++)
		if ((to->items[i] = config_keep(source, from->items[i])) == NULL)
			return false;
	return true;
}

// Gives `next` the value that `running` has. Settings of ports are never among them. False: no memory.
static bool
keep_value(struct config *next, const struct config *running, const struct config_option *option)
{
	void *to = (char *)next + option->offset;
	const void *from = (const char *)running + option->offset;

	switch (option->type) {
	case OPTION_BOOL:
		memcpy(to, from, sizeof(bool));
		return true;
	case OPTION_UINT:
	case OPTION_CHOICE:
		memcpy(to, from, sizeof(uint32_t));
		return true;
	case OPTION_CPUS:
		memcpy(to, from, sizeof(struct config_cpus));
		return true;
	case OPTION_STRING:
		return (*(const char **)to = config_keep(next->source, *(const char *const *)from))
			!= NULL;
	case OPTION_STRINGS:
		return keep_strings(next->source, to, from);
	case OPTION_ADDRESSES: // only ports have them
		break;
	}
	return false;
}

static bool
follow_option(
	struct config *next,
	const struct config *running,
	const struct config_option *option,
	FILE *changes,
	char before[VALUE_MAX],
	char after[VALUE_MAX]
)
{
	struct config_source *source = next->source;
	const config_setting_t *where = config_where(source, option->path);
	const char *quote = option->type == OPTION_STRING ? "\"" : "";

	if (!is_different(option, running, next, before, after))
		return true;
	source->errors = changes;
	config_error(
		source,
		where,
		option->path,
		option->change == CONFIG_RELOAD ? "was %s%s%s, is %s%s%s"
						: "stays %s%s%s; %s%s%s needs a restart",
		quote,
		before,
		quote,
		quote,
		after,
		quote
	);
	if (option->change == CONFIG_RELOAD)
		return true;
	if (!keep_value(next, running, option))
		return false;
	config_derive_limits(next); // from the capacity that stays
	return true;
}

// The one rule of config_check between a setting that is taken and one that stays.
static bool
has_right_times(struct config *next, FILE *errors)
{
	uint32_t longest_s = config_longest_interval_s(next);

	if (next->peer_timeout_s > longest_s)
		return true;
	next->source->errors = errors;
	config_error(
		next->source,
		config_where(next->source, "tracker.interval"),
		"tracker.interval",
		"it, or tracker.interval_max, with tracker.interval_spread (%u seconds together) "
		"must be below swarm.peer_timeout, which stays %u seconds until a restart",
		longest_s,
		next->peer_timeout_s
	);
	return false;
}

static bool
has_same_port(
	struct config *next,
	const struct config *running,
	unsigned port,
	char before[VALUE_MAX],
	char after[VALUE_MAX]
)
{
	bool same = true;

	for (unsigned i = 0; i < config_port_option_count; i++) {
		const struct config_option *option = &config_port_options[i];
		char key[80], path[80];

		if (!is_different(option, &running->ports[port], &next->ports[port], before, after))
			continue;
		snprintf(key, sizeof(key), "ports[%u].%s", port, option->path);
		snprintf(path, sizeof(path), "ports.[%u].%s", port, option->path);
		config_error(
			next->source,
			config_where(next->source, path),
			key,
			"changed from %s to %s: ports need a restart",
			before,
			after
		);
		same = false;
	}
	return same;
}

static bool
has_same_ports(
	struct config *next,
	const struct config *running,
	FILE *errors,
	char before[VALUE_MAX],
	char after[VALUE_MAX]
)
{
	bool same = true;

	next->source->errors = errors;
	if (next->port_count != running->port_count) {
		config_error(
			next->source,
			config_where(next->source, "ports"),
			"ports",
			"changed from %u to %u ports: ports need a restart",
			running->port_count,
			next->port_count
		);
		return false;
	}
	for (unsigned i = 0; i < next->port_count; i++)
		if (!has_same_port(next, running, i, before, after))
			same = false;
	return same;
}

bool
config_follow(struct config *next, const struct config *running, FILE *changes, FILE *errors)
{
	char *before = malloc(VALUE_MAX), *after = malloc(VALUE_MAX);
	bool right = before != NULL && after != NULL;

	if (!right)
		fputs("no memory to compare configurations\n", errors);
	else
		right = has_same_ports(next, running, errors, before, after);
	for (unsigned i = 0; right && i < config_option_count; i++) {
		right = follow_option(next, running, &config_options[i], changes, before, after);
		if (!right)
			fputs("no memory for another configuration\n", errors);
	}
	right = right && has_right_times(next, errors);
	free(before);
	free(after);
	return right;
}
