// SPDX-License-Identifier: BSD-3-Clause

#include "runtime_folder.h"

#include "rights.h"
#include "socket_group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// The value where `argument`, or with it `next`, sets --file-prefix; else NULL.
static const char *
prefix_in(const char *argument, const char *next)
{
	static const char option[] = "--file-prefix";
	const size_t len = sizeof(option) - 1;

	if (strncmp(argument, option, len) != 0)
		return NULL;
	if (argument[len] == '=')
		return argument + len + 1;
	return argument[len] == '\0' ? next : NULL;
}

const char *
runtime_folder_prefix(const struct weir *weir)
{
	const struct config_strings *driver = &weir->config->driver_eal;
	const char *prefix = weir->config->file_prefix;

	for (unsigned i = 0; i < driver->count; i++) {
		const char *next = i + 1 < driver->count ? driver->items[i + 1] : NULL;
		const char *found = prefix_in(driver->items[i], next);

		prefix = found != NULL ? found : prefix;
	}
	for (int i = 0; i < weir->eal_argument_count; i++) {
		const char *next =
			i + 1 < weir->eal_argument_count ? weir->eal_arguments[i + 1] : NULL;
		const char *found = prefix_in(weir->eal_arguments[i], next);

		prefix = found != NULL ? found : prefix;
	}
	return prefix;
}

// As DPDK chooses it.
static const char *
base_folder(void)
{
	const char *named = getenv("RUNTIME_DIRECTORY");

	if (named != NULL)
		return named;
	if (getuid() == 0)
		return "/var/run";
	named = getenv("XDG_RUNTIME_DIR");
	return named != NULL ? named : "/tmp";
}

// Whether the folder is safe to use. `group`: members may enter it. NULL: folders of several users may be in it.
static bool
is_private(const char *path, const struct socket_group *group, struct error *error)
{
	struct stat status;
	bool shared = group == NULL;
	mode_t open_bits = S_IWGRP | S_IWOTH;

	if (lstat(path, &status) != 0)
		return error_set(error, NULL, "%s cannot be checked: %s", path, strerror(errno));
	if (!S_ISDIR(status.st_mode))
		return error_set(
			error,
			NULL,
			"%s, for the telemetry socket, is not a folder: remove it",
			path
		);
	if (status.st_uid != geteuid() && (!shared || status.st_uid != 0)
	    && !rights_trusts(status.st_uid))
		return error_set(
			error,
			NULL,
			"%s, for the telemetry socket, belongs to user %u, and Weir runs as user "
			"%u: set RUNTIME_DIRECTORY to a folder of user %u",
			path,
			status.st_uid,
			geteuid(),
			geteuid()
		);
	if (!shared)
		open_bits |= S_IRWXO;
	if (!shared && (!group->shared || status.st_gid != group->id))
		open_bits |= S_IRWXG;
	if ((status.st_mode & open_bits) != 0)
		return error_set(
			error,
			NULL,
			"%s, for the telemetry socket, is open to others (mode %o): chmod 700 %s",
			path,
			status.st_mode & 07777,
			path
		);
	if (access(path, R_OK | W_OK | X_OK) != 0 && !shared)
		return error_set(
			error,
			NULL,
			"%s, for the telemetry socket, is not writable: %s",
			path,
			strerror(errno)
		);
	return true;
}

static bool
create(const char *path, const struct socket_group *group, struct error *error)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return error_set(
			error,
			NULL,
			"%s, for the telemetry socket, cannot be created: %s: set "
			"RUNTIME_DIRECTORY to a folder in which user %u can write",
			path,
			strerror(errno),
			geteuid()
		);
	return is_private(path, group, error);
}

// Lets members of the group into the folder, and through the one around it, which DPDK makes for its user alone.
static bool
let_in(const struct socket_group *group, const char *around, const char *path, struct error *error)
{
	enum { PASS = S_IXGRP | S_IXOTH };
	struct stat status;

	if (!group->shared)
		return true;
	bool done = stat(around, &status) == 0
		&& ((status.st_mode & PASS) == PASS || status.st_uid != geteuid()
		    || chmod(around, (status.st_mode & 07777) | PASS) == 0);

	return (done && socket_group_give(group, path, 0750))
		|| error_set(
			error,
			"control.group",
			"%s cannot be given to the group: %s",
			path,
			strerror(errno)
		);
}

bool
runtime_folder_up(struct weir *weir, struct error *error)
{
	const char *base = base_folder();
	const char *prefix = runtime_folder_prefix(weir);
	char *path = weir->runtime_folder, around[sizeof(weir->runtime_folder)];
	struct socket_group group;

	if (access(base, F_OK) != 0)
		return error_set(
			error,
			NULL,
			"the folder %s, for the telemetry socket, cannot be reached: %s: create "
			"it, or set RUNTIME_DIRECTORY to another",
			base,
			strerror(errno)
		);
	if (snprintf(path, sizeof(weir->runtime_folder), "%s/dpdk/%s", base, prefix)
	    >= (int)sizeof(weir->runtime_folder))
		return error_set(
			error,
			NULL,
			"%s/dpdk/%s is too long for a folder of sockets: at most %zu bytes are "
			"possible",
			base,
			prefix,
			sizeof(weir->runtime_folder) - 1
		);
	snprintf(around, sizeof(around), "%.*s", (int)(strlen(base) + strlen("/dpdk")), path);
	return socket_group_find(weir->config, &group, error) && create(around, NULL, error)
		&& create(path, &group, error) && let_in(&group, around, path, error);
}
