// SPDX-License-Identifier: BSD-3-Clause

#include "eal.h"

#include "../common/dpdk/eal_start.h"

#include <rte_common.h>
#include <rte_eal.h>

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

// The first two CPUs we may run on: reporting on one, polling on the other.
static void
choose_lcores(char *text, size_t size)
{
	cpu_set_t allowed;
	int cpus[2] = {0, 0}, found = 0;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0)
		for (int cpu = 0; cpu < CPU_SETSIZE && found < 2; cpu++)
			if (CPU_ISSET(cpu, &allowed))
				cpus[found++] = cpu;
	snprintf(text, size, "--lcores=0@%d,1@%d", cpus[0], found == 2 ? cpus[1] : cpus[0]);
}

enum { NAMES_MAX = 8 };

// Whether one of the options is among the arguments.
static bool
is_any_given(const char *const names[NAMES_MAX], int count, char *const *given)
{
	for (int i = 0; i < count; i++)
		for (unsigned n = 0; n < NAMES_MAX && names[n] != NULL; n++)
			if (eal_argument_is(given[i], names[n]))
				return true;
	return false;
}

void
eal_arguments_make(struct eal_arguments *arguments, int count, char *const *given)
{
	char lcores[48], prefix[48];
	// Groups of arguments, and the defaults where none of a group is given.
	const struct {
		const char *names[NAMES_MAX];
		const char *defaults[4];
	} groups[] = {
		{{"--lcores", "-l", "-c", "--main-lcore"}, {lcores}},
		{{"--file-prefix"}, {prefix}},
		{{"--no-pci", "-a", "--allow", "-b", "--block"}, {"--no-pci"}},
		{{"--no-telemetry", "--telemetry"}, {"--no-telemetry"}},
		{{"--log-level"}, {"--log-level=*:error"}},
		{{"--no-huge", "--in-memory", "-m", "--socket-mem", "--huge-dir", "--legacy-mem"},
		 {"--no-huge", "--no-shconf", "-m", "1024"}},
	};

	choose_lcores(lcores, sizeof(lcores));
	snprintf(prefix, sizeof(prefix), "--file-prefix=weir-load-%d", (int)getpid());
	*arguments = (struct eal_arguments){0};
	eal_arguments_add(arguments, "weir-load");
	for (unsigned g = 0; g < RTE_DIM(groups); g++) {
		bool have = is_any_given(groups[g].names, count, given);

		for (unsigned i = 0; !have && i < RTE_DIM(groups[g].defaults); i++)
			if (groups[g].defaults[i] != NULL)
				eal_arguments_add(arguments, "%s", groups[g].defaults[i]);
	}
	for (int i = 0; i < count; i++)
		eal_arguments_add(arguments, "%s", given[i]);
}

static struct eal_arguments arguments; // kept while DPDK runs

bool
eal_up(int count, char *const *given, char *why, size_t size)
{
	static char folder[] = "/tmp/weir-load-XXXXXX";

	(void)!eal_use_folder(folder); // else EAL uses its default folder
	eal_arguments_make(&arguments, count, given);
	return eal_start(&arguments, NULL, why, size);
}

void
eal_down(void)
{
	rte_eal_cleanup();
	eal_arguments_free(&arguments);
}
