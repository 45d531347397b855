// SPDX-License-Identifier: BSD-3-Clause

#include "huge_files.h"

#include "machine.h"

#include <dirent.h>
#include <mntent.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static bool
is_of(const char *name, const char *prefix)
{
	static const char middle[] = "map_";
	size_t len = strlen(prefix);

	if (strncmp(name, prefix, len) != 0)
		return false;
	name += len;
	if (strncmp(name, middle, sizeof(middle) - 1) != 0)
		return false;
	name += sizeof(middle) - 1;
	return *name != '\0' && name[strspn(name, "0123456789")] == '\0';
}

static void
remove_in(const struct machine *machine, const char *mount, const char *prefix)
{
	DIR *folder = machine_open_folder(machine, "%s", mount);
	const struct dirent *entry;

	if (folder == NULL)
		return;
	while ((entry = readdir(folder)) != NULL)
		if (is_of(entry->d_name, prefix))
			unlinkat(dirfd(folder), entry->d_name, 0);
	closedir(folder);
}

void
huge_files_remove(const char *root, const char *prefix)
{
	const struct machine machine = {.root = root};
	FILE *file = machine_open(&machine, "/proc/self/mounts");
	const struct mntent *mount;

	if (file == NULL)
		return;
	while ((mount = getmntent(file)) != NULL)
		if (strcmp(mount->mnt_type, "hugetlbfs") == 0)
			remove_in(&machine, mount->mnt_dir, prefix);
	fclose(file);
}
