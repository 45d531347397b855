// SPDX-License-Identifier: BSD-3-Clause

#include "severity.h"

#include "../../lib/stats/field.h"

#include <string.h>

static const char *const severity_names[] = {"ok", "notice", "warning", "critical"};

// Problems that keep clients from getting replies. Those in neither table are warnings.
static const char *const critical_checks[] = {
	"link_down",
	"lcore_stuck",
	"interface_gone",
	"no_address",
};

static const struct {
	const char *check;
	enum history_series series;
} losses[] = {
#define HISTORY_COUNTER(name)
#define HISTORY_GAUGE(name)
#define HISTORY_LOSS(name) {#name, HISTORY_##name},
#include "history.def"
#undef HISTORY_COUNTER
#undef HISTORY_LOSS
#undef HISTORY_GAUGE
};

enum severity
severity_of_loss(uint64_t lost, uint64_t packets)
{
	double ppm = packets == 0 ? 0 : (double)lost * 1e6 / (double)packets;

	if (lost < SEVERITY_LOST_MIN || ppm < SEVERITY_WARNING_PPM)
		return SEVERITY_NOTICE;
	return ppm < SEVERITY_CRITICAL_PPM ? SEVERITY_WARNING : SEVERITY_CRITICAL;
}

static enum severity
severity_of_check(const char *check)
{
	for (unsigned i = 0; i < RTE_DIM(critical_checks); i++)
		if (strcmp(check, critical_checks[i]) == 0)
			return SEVERITY_CRITICAL;
	return SEVERITY_WARNING;
}

static enum severity
add_loss(
	json_t *problem,
	enum history_series series,
	const struct history *history,
	const struct history_point *now
)
{
	uint64_t age_s, ignored;
	uint64_t lost = history_growth(history, now, series, &age_s);
	uint64_t packets = history_growth(history, now, HISTORY_packets, &ignored);

	if (series == HISTORY_rx_missed) // lost before they could get a verdict
		packets += lost;
	json_object_set_new(problem, "count", json_integer((json_int_t)lost));
	json_object_set_new(problem, "packets", json_integer((json_int_t)packets));
	json_object_set_new(problem, "age_s", json_integer((json_int_t)age_s));
	return severity_of_loss(lost, packets);
}

static enum severity
add_problem(
	json_t *problems,
	const char *check,
	const struct history *history,
	const struct history_point *now
)
{
	json_t *problem = json_pack("{s: s}", "check", check);
	enum severity severity = severity_of_check(check);

	for (unsigned i = 0; i < RTE_DIM(losses); i++)
		if (now->known && strcmp(check, losses[i].check) == 0)
			severity = add_loss(problem, losses[i].series, history, now);
	json_object_set_new(problem, "severity", json_string(severity_names[severity]));
	json_array_append_new(problems, problem);
	return severity;
}

// Whether a field of the reply is a check.
static bool
is_check(const char *name)
{
	return field_find(OBJECT_health, name) == NULL;
}

void
severity_add(
	json_t *whole,
	const json_t *health,
	const struct history *history,
	const struct history_point *now
)
{
	json_t *problems = json_array();
	enum severity worst = SEVERITY_OK;
	const char *name;
	json_t *value;

	// jansson iterates over mutable objects alone; this one is not changed.
	json_object_foreach ((json_t *)health, name, value) {
		if (!is_check(name) || json_integer_value(value) <= 0)
			continue;
		enum severity severity = add_problem(problems, name, history, now);

		worst = RTE_MAX(worst, severity);
	}
	json_object_set_new(whole, "severity", json_string(severity_names[worst]));
	json_object_set_new(whole, "problems", problems);
}
