// SPDX-License-Identifier: BSD-3-Clause

#include "steering_rules.h"

#include "../../../lib/tracker/steer.h"
#include "../log/log.h"
#include "steering_rule.h"

#include <rte_errno.h>

#include <stdlib.h>
#include <string.h>

// The rules of one port, numbered from 0: those of a family are consecutive.
struct rule_set {
	const struct port *port;
	enum config_steering kind;
	enum steering_shape shape;
	enum family families[FAMILY_COUNT];
	unsigned family_count;
	unsigned rules_a_family;
};

static struct rule_set
set_of(const struct port *port, enum config_steering kind)
{
	struct rule_set set = {.port = port, .kind = kind};

	if (port->host->ipv4_count > 0)
		set.families[set.family_count++] = FAMILY_IPV4;
	if (host_configured_ipv6(port->host) > 0)
		set.families[set.family_count++] = FAMILY_IPV6;
	set.rules_a_family = kind == CONFIG_STEERING_FLOW ? 1u << steer_rule_bits(port->queues) : 1;
	return set;
}

static unsigned
count_of(const struct rule_set *set)
{
	return set->family_count * set->rules_a_family;
}

static void
make_rule(const struct rule_set *set, unsigned number, struct steering_rule *rule)
{
	const struct port *port = set->port;
	enum family family = set->families[number / set->rules_a_family];
	unsigned pattern = number % set->rules_a_family;
	struct steering_match match = {
		.family = family,
		.mask = (uint8_t)(set->rules_a_family - 1),
		.pattern = (uint8_t)pattern,
		.queue = (uint16_t)steer_rule_queue(pattern, port->queues),
	};

	if (set->kind == CONFIG_STEERING_FLOW)
		steering_rule_queue(rule, set->shape, port->host, &match);
	else
		steering_rule_rss(rule, port->host, family);
}

// What a driver said, or what its error number says.
static const char *
reason(const struct rte_flow_error *error, int result)
{
	return error->message != NULL ? error->message : strerror(result < 0 ? -result : result);
}

static bool
validate(const struct rule_set *set, char *why, size_t size)
{
	for (unsigned i = 0; i < count_of(set); i++) {
		struct rte_flow_error error = {0};
		struct steering_rule rule;

		make_rule(set, i, &rule);
		int result = steering_rule_validate(&rule, set->port->id, &error);

		if (result == 0)
			continue;
		snprintf(why, size, "%s", reason(&error, result));
		return false;
	}
	return true;
}

// Takes the first shape that the port's driver validates.
static bool
choose_shape(struct rule_set *set, struct error *error)
{
	char why[STEERING_SHAPES][128] = {""};

	if (set->kind == CONFIG_STEERING_FLOW) {
		set->shape = STEERING_ITEMS;
		if (validate(set, why[STEERING_ITEMS], sizeof(why[0])))
			return true;
	}
	set->shape = STEERING_FRAME;
	if (validate(set, why[STEERING_FRAME], sizeof(why[0])))
		return true;
	bool both = *why[STEERING_ITEMS] != '\0'
		&& strcmp(why[STEERING_ITEMS], why[STEERING_FRAME]) != 0;

	return error_set(
		error,
		"driver.steering",
		"port %s: rte_flow_validate: %s%s%s",
		set->port->name,
		both ? why[STEERING_ITEMS] : "",
		both ? "; as bytes of a frame: " : "",
		why[STEERING_FRAME]
	);
}

static bool
create(struct steering_rules *rules, const struct rule_set *set, struct error *error)
{
	for (unsigned i = 0; i < count_of(set); i++) {
		struct rte_flow_error why = {0};
		struct steering_rule rule;

		make_rule(set, i, &rule);
		struct rte_flow *flow = steering_rule_create(&rule, set->port->id, &why);

		if (flow == NULL)
			return error_set(
				error,
				"driver.steering",
				"port %s: rte_flow_create: rule %u of %u: %s",
				set->port->name,
				i + 1,
				count_of(set),
				reason(&why, rte_errno)
			);
		rules->handles[rules->count++] = (struct steering_handle){set->port->id, flow};
	}
	return true;
}

bool
steering_rules_create(
	struct steering_rules *rules,
	const struct port *ports,
	unsigned count,
	enum config_steering kind,
	struct error *error
)
{
	struct rule_set sets[CONFIG_PORTS_MAX];
	size_t total = 0;

	*rules = (struct steering_rules){0};
	for (unsigned i = 0; i < count; i++) {
		sets[i] = set_of(&ports[i], kind);
		if (!choose_shape(&sets[i], error))
			return false;
		total += count_of(&sets[i]);
	}
	rules->handles = calloc(total, sizeof(*rules->handles));
	if (rules->handles == NULL)
		return error_set(error, "driver.steering", "no memory for %zu rules", total);
	for (unsigned i = 0; i < count; i++) {
		if (create(rules, &sets[i], error))
			continue;
		steering_rules_destroy(rules);
		return false;
	}
	return true;
}

void
steering_rules_destroy(struct steering_rules *rules)
{
	unsigned left = rules->count;
	unsigned refused_on = RTE_MAX_ETHPORTS; // is told once

	while (left-- > 0) {
		const struct steering_handle *handle = &rules->handles[left];
		struct rte_flow_error error = {0};
		int result = rte_flow_destroy(handle->port, handle->flow, &error);

		if (result != 0 && handle->port != refused_on)
			log_warning(
				"port %u: rte_flow_destroy: %s; rules that steer torrents may "
				"be left in the card",
				handle->port,
				reason(&error, result)
			);
		if (result != 0)
			refused_on = handle->port;
	}
	free(rules->handles);
	*rules = (struct steering_rules){0};
}
