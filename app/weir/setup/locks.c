// SPDX-License-Identifier: BSD-3-Clause

#include "locks.h"

#include "../log/log.h"
#include "runtime_folder.h"
#include "socket_files.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static_assert((int)LOCK_FILES_MAX >= 4 + (int)SOCKET_FILES_MAX, "a place for every lock");

// `what`: the thing as an operator knows it, with its name.
static bool
take(struct weir *weir, const char *path, const char *what, struct error *error)
{
	struct lock_files *locks = &weir->locks;
	pid_t holder;
	char process[32] = "";

	switch (lock_file_take(&locks->items[locks->count], path, &holder)) {
	case LOCK_FILE_TAKEN:
		locks->count++;
		return true;
	case LOCK_FILE_HELD:
		if (holder > 0)
			snprintf(process, sizeof(process), ", process %d", (int)holder);
		return error_set(
			error,
			NULL,
			"%.300s is in use by another Weir%s: give each its own",
			what,
			process
		);
	case LOCK_FILE_FAILED:
		error_set(
			error,
			NULL,
			"%.200s: its lock %.200s cannot be taken: %s",
			what,
			path,
			strerror(errno)
		);
	}
	return false;
}

static bool
lock_prefix(struct weir *weir, struct error *error)
{
	char path[LOCK_FILE_PATH_MAX], what[128];

	snprintf(path, sizeof(path), "%s/weir.lock", weir->runtime_folder);
	snprintf(what, sizeof(what), "memory.file_prefix %s", runtime_folder_prefix(weir));
	return take(weir, path, what, error);
}

// The lock lies beside the file, so that it works whatever folders and users the others have.
static bool
lock_file_at(struct weir *weir, const char *kind, const char *file, struct error *error)
{
	char path[LOCK_FILE_PATH_MAX], what[LOCK_FILE_PATH_MAX];

	snprintf(path, sizeof(path), "%s.lock", file);
	snprintf(what, sizeof(what), "%s %s", kind, file);
	return take(weir, path, what, error);
}

static bool
lock_socket(struct weir *weir, const char *path, struct error *error)
{
	bool removed;

	if (!lock_file_at(weir, "socket", path, error) || !socket_file_clear(path, &removed, error))
		return false;
	if (removed)
		log_info("removed the socket %s, which a dead process left behind", path);
	return true;
}

bool
locks_take_export(struct weir *weir, const char *file, struct error *error)
{
	return *file == '\0' || lock_file_at(weir, "export.file", file, error);
}

static bool
is_same_file(const struct lock_file *lock, const char *path)
{
	struct stat held, named;

	return fstat(lock->fd, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev
		&& held.st_ino == named.st_ino;
}

// The lock of an export.file that is held, under this or another name of its folder. NULL: none.
static struct lock_file *
find_export(struct weir *weir, const char *file)
{
	struct lock_files *locks = &weir->locks;
	char path[LOCK_FILE_PATH_MAX];

	snprintf(path, sizeof(path), "%s.lock", file);
	for (unsigned i = 0; *file != '\0' && i < locks->count; i++)
		if (strcmp(locks->items[i].path, path) == 0 || is_same_file(&locks->items[i], path))
			return &locks->items[i];
	return NULL;
}

bool
locks_share_export(struct weir *weir, const char *one, const char *other)
{
	const struct lock_file *lock = find_export(weir, one);

	return lock != NULL && lock == find_export(weir, other);
}

void
locks_free_export(struct weir *weir, const char *file)
{
	struct lock_file *lock = find_export(weir, file);

	if (lock == NULL)
		return;
	lock_file_free(lock);
	*lock = weir->locks.items[--weir->locks.count];
}

static bool
take_all(struct weir *weir, struct error *error)
{
	struct socket_files sockets;

	socket_files_find(&sockets, weir);
	if (!lock_prefix(weir, error))
		return false;
	if (!locks_take_export(weir, weir->config->export_file, error))
		return false;
	if (*weir->config->snapshot_file != '\0'
	    && !lock_file_at(weir, "snapshot.file", weir->config->snapshot_file, error))
		return false;
	for (unsigned i = 0; i < sockets.count; i++)
		if (!lock_socket(weir, sockets.paths[i], error))
			return false;
	return true;
}

bool
locks_up(struct weir *weir, struct error *error)
{
	weir->locks.count = 0;
	if (take_all(weir, error))
		return true;
	locks_down(weir);
	return false;
}

void
locks_down(struct weir *weir)
{
	while (weir->locks.count > 0)
		lock_file_free(&weir->locks.items[--weir->locks.count]);
}
