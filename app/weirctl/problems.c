// SPDX-License-Identifier: BSD-3-Clause

#include "problems.h"

#include "../../lib/stats/field.h"
#include "number.h"

#include <stdio.h>
#include <string.h>

// Whether a field of the reply is a check.
static bool
is_check(const char *name)
{
	return field_find(OBJECT_health, name) == NULL;
}

static const struct problem *
find(const struct problems *problems, const char *name)
{
	for (unsigned i = 0; i < problems->count; i++)
		if (strcmp(problems->list[i].name, name) == 0)
			return &problems->list[i];
	return NULL;
}

void
problems_update(struct problems *problems, const json_t *health, double now_s)
{
	struct problems now = {.known = true, .reported = true};
	const char *name;
	json_t *value;

	problems->reported = health != NULL;
	if (health == NULL)
		return;
	json_object_foreach ((json_t *)health, name, value) {
		struct problem *problem = &now.list[now.count];

		if (now.count == PROBLEMS_MAX || !is_check(name) || json_integer_value(value) != 1)
			continue;
		snprintf(problem->name, sizeof(problem->name), "%s", name);
		const struct problem *old = find(problems, problem->name);

		problem->since_s = old == NULL ? now_s : old->since_s;
		problem->before = old == NULL ? !problems->known : old->before;
		now.count++;
	}
	*problems = now;
}

const char *
problem_help(const char *name)
{
	static const char *const helps[][2] = {
#define HEALTH(check, effect, help) {#check, help},
#include "../../lib/stats/health.def"
#undef HEALTH
	};

	for (unsigned i = 0; i < sizeof(helps) / sizeof(*helps); i++)
		if (strcmp(helps[i][0], name) == 0)
			return helps[i][1];
	return "";
}

struct problem_text
problem_text(const struct problem *problem, double now_s, bool sentence)
{
	const char *help = sentence ? problem_help(problem->name) : "";
	double age_s = now_s > problem->since_s ? now_s - problem->since_s : 0;
	struct problem_text text;

	snprintf(
		text.text,
		sizeof(text.text),
		"%s (for %s%s)%s%s",
		problem->name,
		problem->before ? "over " : "",
		number_duration((uint64_t)age_s).text,
		*help == '\0' ? "" : ": ",
		help
	);
	return text;
}
