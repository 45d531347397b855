// SPDX-License-Identifier: BSD-3-Clause

#include "eal.h"

#include <rte_common.h>
#include <rte_eal.h>

#include <ftw.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

// Whether an argument is one of `names`, with or without a value.
static bool
is_one_of(const char *argument, const char *const *names)
{
	for (; *names != NULL; names++) {
		size_t length = strlen(*names);
		bool is_short = (*names)[1] != '-';

		if (strncmp(argument, *names, length) == 0
		    && (is_short || argument[length] == '\0' || argument[length] == '='))
			return true;
	}
	return false;
}

static void
add(struct eal_arguments *arguments, const char *text)
{
	if (arguments->count == EAL_ITEMS_MAX) {
		fprintf(stderr, "weir-load: more than %d EAL arguments\n", EAL_ITEMS_MAX);
		exit(EXIT_FAILURE);
	}
	arguments->items[arguments->count++] = strdup(text);
	arguments->items[arguments->count] = NULL;
}

void
eal_arguments_make(struct eal_arguments *arguments, int count, char *const *given)
{
	char lcores[48], prefix[48];
	// Groups of arguments, and what is said where none of a group is given.
	const struct {
		const char *names[8];
		const char *standard[4];
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
	add(arguments, "weir-load");
	for (unsigned g = 0; g < RTE_DIM(groups); g++) {
		bool have = false;

		for (int i = 0; i < count; i++)
			have |= is_one_of(given[i], groups[g].names);
		for (unsigned i = 0; !have && i < RTE_DIM(groups[g].standard); i++)
			if (groups[g].standard[i] != NULL)
				add(arguments, groups[g].standard[i]);
	}
	for (int i = 0; i < count; i++)
		add(arguments, given[i]);
}

void
eal_arguments_free(struct eal_arguments *arguments)
{
	for (int i = 0; i < arguments->count; i++)
		free(arguments->items[i]);
	arguments->count = 0;
}

static char runtime_folder[] = "/tmp/weir-load-XXXXXX";

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static void
remove_runtime_folder(void)
{
	nftw(runtime_folder, remove_one, 4, FTW_DEPTH | FTW_PHYS);
}

static struct eal_arguments arguments; // kept while DPDK runs

bool
eal_up(int count, char *const *given)
{
	char *items[EAL_ITEMS_MAX + 1]; // EAL permutes its list

	if (mkdtemp(runtime_folder) != NULL) {
		atexit(remove_runtime_folder);
		setenv("RUNTIME_DIRECTORY", runtime_folder, 1);
	}
	eal_arguments_make(&arguments, count, given);
	memcpy(items, arguments.items, sizeof(items));
	return rte_eal_init(arguments.count, items) >= 0;
}

void
eal_down(void)
{
	rte_eal_cleanup();
	eal_arguments_free(&arguments);
}
