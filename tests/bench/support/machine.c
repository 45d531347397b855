// SPDX-License-Identifier: BSD-3-Clause

#include "machine.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

static void
read_cpu_model(char *out, size_t size)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[256];

	snprintf(out, size, "unknown");
	if (file == NULL)
		return;
	while (fgets(line, sizeof(line), file) != NULL) {
		char *value = strstr(line, ": ");

		if (strncmp(line, "model name", 10) != 0 || value == NULL)
			continue;
		value[strcspn(value, "\n")] = '\0';
		snprintf(out, size, "%s", value + 2);
		break;
	}
	fclose(file);
}

// The CPUs that the process started with. Read once, because a pinned thread sees only its own.
static const cpu_set_t *
process_cpus(void)
{
	static cpu_set_t set;

	if (CPU_COUNT(&set) == 0 && sched_getaffinity(0, sizeof(set), &set) != 0)
		CPU_SET(0, &set);
	return &set;
}

void
machine_read(struct machine *machine)
{
	struct utsname name;

	read_cpu_model(machine->cpu, sizeof(machine->cpu));
	machine->cpus = (unsigned)CPU_COUNT(process_cpus());
	if (uname(&name) == 0)
		snprintf(machine->kernel, sizeof(machine->kernel), "%s", name.release);
	else
		snprintf(machine->kernel, sizeof(machine->kernel), "unknown");
}

unsigned
machine_cpu_of_thread(unsigned thread)
{
	const cpu_set_t *set = process_cpus();

	thread %= (unsigned)CPU_COUNT(set);
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, set) && thread-- == 0)
			return cpu;
	return 0;
}

void
machine_unpin(void)
{
	sched_setaffinity(0, sizeof(cpu_set_t), process_cpus());
}
