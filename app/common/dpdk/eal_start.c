// SPDX-License-Identifier: BSD-3-Clause

#include "eal_start.h"

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>

#include <err.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// While rte_eal_init runs.
static bool starting;
static void (*tell_of_exit)(const char *why);

static void
on_exit_of_dpdk(void)
{
	static const char why[] = "DPDK has ended the start: an EAL argument is wrong, see above";

	if (!starting)
		return;
	if (tell_of_exit != NULL)
		tell_of_exit(why);
	else
		warnx("%s", why);
	_exit(EXIT_FAILURE);
}

// What rte_eal_init means by an error, and what to do.
static const char *
explain(int error)
{
	static const struct {
		int error;
		const char *text;
	} rows[] = {
		{EACCES,
		 "no huge pages, or no permission to use them or the ports: reserve huge pages "
		 "with "
		 "dpdk-hugepages.py, or start as root"},
		{EAGAIN, "a device or another resource is not available"},
		{EINVAL, "an EAL argument is wrong"},
		{ENODEV, "a device or its driver is missing, or memory cannot be set up"},
		{ENOMEM, "not enough memory: reserve more huge pages, or use less"},
		{ENOTSUP, "a device cannot be probed, or DPDK does not support this system"},
		{EPROTO, "the PCI bus cannot be read: start with --no-pci where no port is on it"},
	};

	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		if (rows[i].error == error)
			return rows[i].text;
	return "see above";
}

bool
eal_start(
	const struct eal_arguments *arguments,
	void (*tell)(const char *why),
	char *why,
	size_t size
)
{
	char *items[EAL_ARGUMENTS_MAX + 1]; // EAL permutes its list
	static bool registered;

	if (arguments->too_many) {
		snprintf(why, size, "more than %d EAL arguments", EAL_ARGUMENTS_MAX);
		return false;
	}
	if (!registered)
		registered = atexit(on_exit_of_dpdk) == 0;
	memcpy(items, arguments->items, sizeof(items));
	tell_of_exit = tell;
	starting = true;
	int used = rte_eal_init(arguments->count, items);

	starting = false;
	if (used >= 0)
		return true;
	snprintf(
		why,
		size,
		"DPDK does not start (%s): %s",
		rte_strerror(rte_errno),
		explain(rte_errno)
	);
	return false;
}

static const char *folder; // of eal_use_folder

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static void
remove_folder(void)
{
	nftw(folder, remove_one, 4, FTW_DEPTH | FTW_PHYS);
}

bool
eal_use_folder(char *template)
{
	folder = mkdtemp(template);
	if (folder == NULL || atexit(remove_folder) != 0)
		return false;
	return setenv("RUNTIME_DIRECTORY", folder, 1) == 0;
}
