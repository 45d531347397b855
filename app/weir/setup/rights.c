// SPDX-License-Identifier: BSD-3-Clause

#include "rights.h"

#include "../../common/credential.h"
#include "../../common/plain_file.h"
#include "../../common/service/capabilities.h"
#include "../../common/service/privilege.h"
#include "../log/log.h"
#include "filters.h"
#include "socket_group.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uid_t trusted; // 0: none. Control thread

// False where there is no such user.
static bool
find_user(
	const struct config *config,
	struct privilege_user *user,
	bool *becomes,
	struct error *error
)
{
	const char *name = config->security_user;

	*becomes = false;
	if (*name == '\0')
		return true;
	if (!privilege_find_user(name, user, error))
		return error_set(error, "security.user", "%s: %s", name, error->text);
	*becomes = user->uid != geteuid();
	return true;
}

bool
rights_check(const struct config *config, struct error *error)
{
	struct privilege_user user;
	bool becomes;

	if (!find_user(config, &user, &becomes, error))
		return false;
	if (becomes && geteuid() == 0) {
		trusted = user.uid;
		plain_file_trust(user.uid); // which it has written at an earlier start
	}
	return true;
}

bool
rights_trusts(uid_t user)
{
	return trusted != 0 && user == trusted;
}

// --- files ----------------------------------------------------------------------------------------

// The folder of the sockets, with what is in it.
static bool
give_folder(const char *folder, uid_t uid)
{
	DIR *entries = opendir(folder);
	const struct dirent *entry;
	bool ok =
		entries != NULL && fchownat(dirfd(entries), "", uid, (gid_t)-1, AT_EMPTY_PATH) == 0;

	while (ok && (entry = readdir(entries)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			ok = fchownat(
				     dirfd(entries),
				     entry->d_name,
				     uid,
				     (gid_t)-1,
				     AT_SYMLINK_NOFOLLOW
			     ) == 0;
	if (entries != NULL)
		closedir(entries);
	return ok;
}

// DPDK makes the folder around it for its user alone.
static bool
open_way(const char *folder)
{
	char around[PATH_MAX];
	struct stat status;

	snprintf(around, sizeof(around), "%s", folder);
	dirname(around);
	return stat(around, &status) == 0
		&& ((status.st_mode & S_IXOTH) != 0
		    || chmod(around, (status.st_mode & 07777) | S_IXGRP | S_IXOTH) == 0);
}

static bool
give_files(const struct weir *weir, const struct privilege_user *user, struct error *error)
{
	if (!open_way(weir->runtime_folder) || !give_folder(weir->runtime_folder, user->uid))
		return error_set(
			error,
			"security.user",
			"%s cannot be given to %s: %s",
			weir->runtime_folder,
			user->name,
			strerror(errno)
		);
	for (unsigned i = 0; i < weir->locks.count; i++)
		if (fchown(weir->locks.items[i].fd, user->uid, user->gid) != 0)
			return error_set(
				error,
				"security.user",
				"%s cannot be given to %s: %s",
				weir->locks.items[i].path,
				user->name,
				strerror(errno)
			);
	// A key file that this start has made, or one that root made before; its content is the same either way.
	if (*weir->config->key_file != '\0' && weir->key_file_made)
		(void)!lchown(weir->config->key_file, user->uid, user->gid);
	return true;
}

// What the user must be able to do with a file later, or with the folder in which it is replaced.
struct need {
	const char *setting, *path;
	bool replaced; // in its folder; otherwise it is read
};

static bool
is_met(const struct need *need)
{
	char path[PATH_MAX];
	struct error error;

	if (*need->path == '\0')
		return true;
	if (!credential_path(need->path, path, sizeof(path), &error))
		return false;
	if (need->replaced)
		return access(dirname(path), W_OK | X_OK) == 0;
	return access(path, R_OK) == 0;
}

// Reads and writes of the user that Weir has become. What a command of weirctl alone needs is a warning.
static bool
check_files(const struct weir *weir, const char *user, struct error *error)
{
	const struct config *config = weir->config;
	const struct need needs[] = {
		{"snapshot.file", config->snapshot_file, true},
		{"export.file", config->export_file, true},
		{"tracker.key_file", config->key_file, false},
		{"access.file", config->access_file, false},
		{"access.clients_file", config->clients_file, false},
		{"sources.deny_file", config->deny_file, false},
		{"keys.file", config->keys_file, false},
	};

	for (unsigned i = 0; i < RTE_DIM(needs); i++)
		if (!is_met(&needs[i]))
			return error_set(
				error,
				needs[i].setting,
				"%.300s: user %s (security.user) cannot %s it: %s",
				needs[i].path,
				user,
				needs[i].replaced ? "write in the folder of" : "read",
				strerror(errno)
			);
	if (access(weir->config_path, R_OK) != 0)
		log_warning(
			"%s: user %s cannot read it: a reload will fail", weir->config_path, user
		);
	return true;
}

// --- the step -------------------------------------------------------------------------------------

static bool
become(struct weir *weir, const struct privilege_user *user, struct error *error)
{
	struct socket_group group;

	if (geteuid() != 0)
		return error_set(
			error,
			"security.user",
			"only root can become user %s, and Weir runs as user %u: leave it out",
			user->name,
			geteuid()
		);
	if (!socket_group_find(weir->config, &group, error) || !give_files(weir, user, error))
		return false;
	if (!privilege_become(user, group.shared ? group.id : user->gid, error))
		return error_set(error, "security.user", "%s: %s", user->name, error->text);
	log_info("serving as user %s", user->name);
	return check_files(weir, user->name, error);
}

// What a driver cannot do at its end without rights.
static void
tell_of_end(const struct weir *weir)
{
	const struct config_strings *eal = &weir->config->driver_eal;

	for (unsigned i = 0; i < eal->count; i++)
		if (strstr(eal->items[i], "net_af_xdp") != NULL) {
			log_info("net_af_xdp: its program stays on the interface when Weir ends, "
				 "because that "
				 "needs CAP_NET_ADMIN; the next start uses it, \"ip link set "
				 "DEVICE xdp off\" "
				 "removes it");
			return;
		}
}

bool
rights_up(struct weir *weir, struct error *error)
{
	struct privilege_user user;
	bool becomes;

	if (!find_user(weir->config, &user, &becomes, error)
	    || (becomes && !become(weir, &user, error)))
		return false;
	if (geteuid() != 0 && capabilities_held()) {
		if (!capabilities_drop(error))
			return false;
		log_info("capabilities dropped");
	}
	if (geteuid() != 0)
		tell_of_end(weir);
	if (!privilege_forbid_more(weir->core_dumps, error))
		return false;
	if (filters_obstacle() != NULL && weir->config->seccomp != CONFIG_SECCOMP_OFF)
		log_info("security.seccomp: off: %s", filters_obstacle());
	return filters_install_all(weir, error);
}
