// SPDX-License-Identifier: BSD-3-Clause

#include "lcore_plan.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

void
lcore_plan_cpus(struct config_cpus *cpus)
{
	cpu_set_t set;

	cpus->count = 0;
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return;
	for (unsigned cpu = 0; cpu < CPU_SETSIZE && cpus->count < CONFIG_CPUS_MAX; cpu++)
		if (CPU_ISSET(cpu, &set))
			cpus->items[cpus->count++] = cpu;
}

static bool
contains(const struct config_cpus *cpus, uint32_t cpu)
{
	for (unsigned i = 0; i < cpus->count; i++)
		if (cpus->items[i] == cpu)
			return true;
	return false;
}

static bool
all_allowed(
	const struct config_cpus *wanted,
	const struct config_cpus *cpus,
	const char *setting,
	struct error *error
)
{
	for (unsigned i = 0; i < wanted->count; i++) {
		if (contains(cpus, wanted->items[i]))
			continue;
		return error_set(
			error,
			setting,
			"names CPU %u, which this process may not run on; it has %u CPUs, the "
			"first is %u: name others, or leave the list empty",
			wanted->items[i],
			cpus->count,
			cpus->items[0]
		);
	}
	return true;
}

static struct lcore_role *
role_on(struct lcore_plan *plan, uint32_t cpu)
{
	for (unsigned i = 0; i < plan->count; i++)
		if (plan->lcores[i].cpu == cpu)
			return &plan->lcores[i];
	struct lcore_role *role = &plan->lcores[plan->count++];

	*role = (struct lcore_role){cpu, LCORE_NO_ROLE, LCORE_NO_ROLE};
	return role;
}

// Chooses CPUs for a list that is empty.
static void
choose(const struct config_cpus *cpus,
       unsigned main_cpu,
       struct config_cpus *io,
       struct config_cpus *workers)
{
	struct config_cpus rest = {0};

	if (io->count > 0 && workers->count > 0)
		return;
	for (unsigned i = 0; i < cpus->count; i++)
		if (cpus->items[i] != main_cpu && !contains(io, cpus->items[i])
		    && !contains(workers, cpus->items[i]))
			rest.items[rest.count++] = cpus->items[i];
	if (io->count > 0) {
		*workers = rest.count > 0 ? rest : *io;
	} else if (workers->count > 0) {
		*io = rest.count > 0 ? rest : *workers;
	} else if (rest.count < 2) {
		if (rest.count == 0)
			rest = (struct config_cpus){1, {main_cpu}};
		*io = *workers = rest;
	} else {
		io->count = rest.count / 2;
		workers->count = rest.count - io->count;
		memcpy(io->items, rest.items, io->count * sizeof(io->items[0]));
		memcpy(workers->items,
		       rest.items + io->count,
		       workers->count * sizeof(workers->items[0]));
	}
}

bool
lcore_plan_make(
	struct lcore_plan *plan,
	const struct config *config,
	const struct config_cpus *cpus,
	struct error *error
)
{
	struct config_cpus io = config->io_cpus;
	struct config_cpus workers = config->worker_cpus;

	if (cpus->count == 0)
		return error_set(error, "lcores.main", "cannot tell which CPUs there are");
	if (!all_allowed(&config->main_cpu, cpus, "lcores.main", error)
	    || !all_allowed(&io, cpus, "lcores.io", error)
	    || !all_allowed(&workers, cpus, "lcores.workers", error))
		return false;
	memset(plan, 0, sizeof(*plan));
	plan->main_cpu = config->main_cpu.count > 0 ? config->main_cpu.items[0] : cpus->items[0];
	choose(cpus, plan->main_cpu, &io, &workers);
	for (unsigned i = 0; i < io.count; i++)
		role_on(plan, io.items[i])->io = (int)i;
	for (unsigned i = 0; i < workers.count; i++)
		role_on(plan, workers.items[i])->worker = (int)i;
	plan->io_count = io.count;
	plan->worker_count = workers.count;
	return true;
}

void
lcore_plan_eal(const struct lcore_plan *plan, char *text, size_t size)
{
	size_t at = (size_t)snprintf(text, size, "0@%u", plan->main_cpu);

	for (unsigned i = 0; i < plan->count && at < size; i++)
		at += (size_t)snprintf(text + at, size - at, ",%u@%u", i + 1, plan->lcores[i].cpu);
}
