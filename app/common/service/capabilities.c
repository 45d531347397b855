// SPDX-License-Identifier: BSD-3-Clause

#include "capabilities.h"

#include "../monotonic.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 1000, NAP_NS = 1000000 };

// Does only what a signal's handler may.
static void
drop_own(int signal)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
	int before = errno;

	(void)signal;
	syscall(SYS_capset, &header, none);
	errno = before;
}

static bool
has_some(const char *task)
{
	char path[64], line[128];
	uint64_t set;
	bool some = false;

	snprintf(path, sizeof(path), "/proc/self/task/%.20s/status", task);
	FILE *file = fopen(path, "re");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "CapBnd", 6) != 0
		    && sscanf(line, "Cap%*[A-Za-z]: %" SCNx64, &set) == 1)
			some |= set != 0;
	if (file != NULL)
		fclose(file);
	return some;
}

// The number of threads that have some; each gets `signal`, unless that is 0.
static unsigned
count_holders(int signal)
{
	DIR *folder = opendir("/proc/self/task");
	const struct dirent *entry;
	unsigned count = 0;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		if (*entry->d_name == '.' || !has_some(entry->d_name))
			continue;
		count++;
		if (signal != 0)
			syscall(SYS_tgkill, getpid(), atoi(entry->d_name), signal);
	}
	if (folder != NULL)
		closedir(folder);
	return count;
}

bool
capabilities_held(void)
{
	return count_holders(0) > 0;
}

bool
capabilities_drop(struct error *error)
{
	const struct sigaction drop = {.sa_handler = drop_own, .sa_flags = SA_RESTART};
	const struct timespec nap = {.tv_nsec = NAP_NS};
	uint64_t until_ms = monotonic_ms() + PATIENCE_MS;
	struct sigaction before;
	unsigned left;

	if (!capabilities_held())
		return true;
	sigaction(capabilities_signal(), &drop, &before);
	drop_own(0);
	while ((left = count_holders(capabilities_signal())) > 0 && monotonic_ms() < until_ms)
		nanosleep(&nap, NULL);
	sigaction(capabilities_signal(), &before, NULL);
	return left == 0
		|| error_set(error, NULL, "%u threads keep capabilities of the kernel", left);
}

void
capabilities_other_signals(sigset_t *set)
{
	sigfillset(set);
	sigdelset(set, capabilities_signal());
}
