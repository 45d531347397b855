// SPDX-License-Identifier: BSD-3-Clause

#include "health.h"

#include "../log/log.h"

const struct health_info health_infos[HEALTH_COUNT] = {
#define HEALTH(name, effect, help) [HEALTH_##name] = {#name, HEALTH_##effect, help},
#include "../../../lib/stats/health.def"
#undef HEALTH
};

void
health_tell(struct health *health, enum health_check check, bool problem)
{
	if (health->problems[check] == problem)
		return;
	__atomic_store_n(&health->problems[check], problem, __ATOMIC_RELAXED);
	if (problem)
		log_warning("health: %s: %s", health_infos[check].name, health_infos[check].help);
	else
		log_info("health: %s: over", health_infos[check].name);
}

void
health_tell_lasting(struct health *health, enum health_check check, bool problem, uint32_t now_s)
{
	if (!problem)
		health->since_s[check] = now_s;
	health_tell(health, check, now_s - health->since_s[check] > HEALTH_PATIENCE_S);
}

void
health_tell_count(struct health *health, enum health_check check, uint64_t count, uint32_t now_s)
{
	if (count != health->events[check]) {
		health->events[check] = count;
		health->last_s[check] = now_s;
	}
	health_tell(
		health,
		check,
		health->last_s[check] != 0 && now_s - health->last_s[check] < HEALTH_MEMORY_S
	);
}

void
health_report(struct health *health, enum health_check check, bool problem)
{
	__atomic_store_n(&health->reported[check], problem, __ATOMIC_RELAXED);
}

bool
health_reported(const struct health *health, enum health_check check)
{
	return __atomic_load_n(&health->reported[check], __ATOMIC_RELAXED);
}

bool
health_has(const struct health *health, enum health_check check)
{
	return __atomic_load_n(&health->problems[check], __ATOMIC_RELAXED);
}

unsigned
health_problems(const struct health *health)
{
	unsigned problems = 0;

	for (enum health_check check = 0; check < HEALTH_COUNT; check++)
		problems += health_has(health, check);
	return problems;
}

unsigned
health_busy_percent(const struct health *health, unsigned lcore_index)
{
	return __atomic_load_n(&health->lcores[lcore_index].busy_percent, __ATOMIC_RELAXED);
}

unsigned
health_wait_percent(const struct health *health, unsigned lcore_index)
{
	return __atomic_load_n(&health->lcores[lcore_index].wait_percent, __ATOMIC_RELAXED);
}
