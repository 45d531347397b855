// SPDX-License-Identifier: BSD-3-Clause

#include "machine.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <limits.h>
#include <mntent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KIB = 1024 };

// A path below the root, in `path`. False: it is too long.
__attribute__((format(printf, 3, 0))) static bool
path_below(const struct machine *machine, char path[PATH_MAX], const char *format, va_list values)
{
	int len = snprintf(path, PATH_MAX, "%s", machine->root);

	if (len < 0 || len >= PATH_MAX)
		return false;
	int more = vsnprintf(path + len, (size_t)(PATH_MAX - len), format, values);

	return more >= 0 && more < PATH_MAX - len;
}

FILE *
machine_open(const struct machine *machine, const char *format, ...)
{
	char path[PATH_MAX];
	va_list values;

	va_start(values, format);
	bool fits = path_below(machine, path, format, values);

	va_end(values);
	return fits ? fopen(path, "re") : NULL;
}

DIR *
machine_open_folder(const struct machine *machine, const char *format, ...)
{
	char path[PATH_MAX];
	va_list values;

	va_start(values, format);
	bool fits = path_below(machine, path, format, values);

	va_end(values);
	return fits ? opendir(path) : NULL;
}

// The whole number that a file holds; `otherwise` where it holds none ("max") or is not there.
static uint64_t
read_number(FILE *file, uint64_t otherwise)
{
	uint64_t value;

	if (file == NULL)
		return otherwise;
	if (fscanf(file, "%" SCNu64, &value) != 1)
		value = otherwise;
	fclose(file);
	return value;
}

// The value of a line "KEY VALUE ..." (kB in /proc/meminfo, bytes in memory.stat).
static uint64_t
read_field(FILE *file, const char *key)
{
	char line[256];
	uint64_t value = 0;
	size_t len = strlen(key);

	if (file == NULL)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, key, len) == 0 && sscanf(line + len, "%" SCNu64, &value) == 1)
			break;
	fclose(file);
	return value;
}

// Bytes that the control group `path` still allows. Cached pages of files can be dropped.
static uint64_t
group_limit_bytes(const struct machine *machine, const char *path)
{
	static const char folder[] = "/sys/fs/cgroup";
	uint64_t max =
		read_number(machine_open(machine, "%s%s/memory.max", folder, path), UINT64_MAX);
	uint64_t used = read_number(machine_open(machine, "%s%s/memory.current", folder, path), 0);
	FILE *stat = machine_open(machine, "%s%s/memory.stat", folder, path);
	uint64_t cached = read_field(stat, "inactive_file ");

	if (max == UINT64_MAX)
		return max;
	used -= cached < used ? cached : used;
	return used < max ? max - used : 0;
}

// The minimum over the control group of this process (version 2) and those around it.
static uint64_t
group_limits_bytes(const struct machine *machine)
{
	FILE *file = machine_open(machine, "/proc/self/cgroup");
	char line[PATH_MAX], *path = NULL;
	uint64_t limit = UINT64_MAX;

	while (file != NULL && path == NULL && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "0::", 3) == 0)
			path = line + 3;
	if (file != NULL)
		fclose(file);
	if (path == NULL)
		return limit;
	path[strcspn(path, "\n")] = '\0';
	for (char *slash = path; slash != NULL;) {
		uint64_t here = group_limit_bytes(machine, path);

		limit = here < limit ? here : limit;
		slash = strrchr(path, '/');
		if (slash != NULL)
			*slash = '\0';
	}
	return limit;
}

static void
read_memory(struct machine *machine)
{
	uint64_t limit = group_limits_bytes(machine);

	machine->memory_bytes =
		KIB * read_field(machine_open(machine, "/proc/meminfo"), "MemTotal:");
	machine->available_bytes =
		KIB * read_field(machine_open(machine, "/proc/meminfo"), "MemAvailable:");
	if (limit < machine->available_bytes)
		machine->available_bytes = limit;
}

static int
compare_pages(const void *one, const void *other)
{
	const struct machine_pages *a = one, *b = other;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return a->page_bytes < b->page_bytes ? -1 : a->page_bytes > b->page_bytes;
}

// All sizes below `folder`, a .../hugepages.
static bool
read_sizes(struct machine *machine, int node, const char *folder)
{
	DIR *sizes = machine_open_folder(machine, "%s", folder);
	const struct dirent *entry;
	uint64_t kib;

	if (sizes == NULL)
		return false;
	while ((entry = readdir(sizes)) != NULL && machine->pages_count < MACHINE_PAGES_MAX) {
		const char *name = entry->d_name;

		if (sscanf(name, "hugepages-%" SCNu64 "kB", &kib) != 1)
			continue;
		machine->pages[machine->pages_count++] = (struct machine_pages){
			.node = node,
			.page_bytes = kib * KIB,
			.total = read_number(
				machine_open(machine, "%s/%s/nr_hugepages", folder, name), 0
			),
			.free = read_number(
				machine_open(machine, "%s/%s/free_hugepages", folder, name), 0
			),
		};
	}
	closedir(sizes);
	return true;
}

static void
read_pages(struct machine *machine)
{
	char folder[128];
	bool found = false;

	for (int node = 0; node < MACHINE_NODES_MAX; node++) {
		snprintf(folder, sizeof(folder), "/sys/devices/system/node/node%d/hugepages", node);
		found |= read_sizes(machine, node, folder);
	}
	if (!found) // a kernel without NUMA
		read_sizes(machine, 0, "/sys/kernel/mm/hugepages");
	qsort(machine->pages, machine->pages_count, sizeof(machine->pages[0]), compare_pages);
}

// Bytes in files that DPDK made here and no living process holds. DPDK looks for them by the same
// name and the same lock, and removes them before it takes memory.
static uint64_t
bytes_left(const struct machine *machine, const char *mount)
{
	DIR *folder = machine_open_folder(machine, "%s", mount);
	const struct dirent *entry;
	struct stat status;
	uint64_t bytes = 0;

	if (folder == NULL)
		return 0;
	while ((entry = readdir(folder)) != NULL) {
		if (fnmatch("*map_*", entry->d_name, 0) != 0)
			continue;
		int fd = openat(
			dirfd(folder), entry->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
		);

		if (fd < 0)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &status) == 0)
			bytes += (uint64_t)status.st_size;
		close(fd);
	}
	closedir(folder);
	return bytes;
}

// "pagesize=2M" among the options of a mount; without it the kernel's default.
static uint64_t
page_bytes_of(const struct machine *machine, const struct mntent *mount)
{
	const char *option = hasmntopt(mount, "pagesize");
	uint64_t count;
	char unit = 'K';

	if (option == NULL || sscanf(option, "pagesize=%" SCNu64 "%c", &count, &unit) < 1)
		return KIB * read_field(machine_open(machine, "/proc/meminfo"), "Hugepagesize:");
	return count << (unit == 'G' ? 30 : unit == 'M' ? 20 : 10);
}

static void
read_mounts(struct machine *machine)
{
	FILE *file = machine_open(machine, "/proc/self/mounts");
	const struct mntent *mount;

	if (file == NULL)
		return;
	while ((mount = getmntent(file)) != NULL) {
		if (strcmp(mount->mnt_type, "hugetlbfs") != 0)
			continue;
		uint64_t page_bytes = page_bytes_of(machine, mount);

		for (unsigned i = 0; i < machine->pages_count; i++)
			machine->pages[i].mounted |= machine->pages[i].page_bytes == page_bytes;
		machine->left_bytes += bytes_left(machine, mount->mnt_dir);
	}
	fclose(file);
}

void
machine_read(struct machine *machine, const char *root)
{
	*machine = (struct machine){.root = root};
	read_memory(machine);
	read_pages(machine);
	read_mounts(machine);
}

uint64_t
machine_huge_bytes(const struct machine *machine, int node)
{
	uint64_t bytes = machine->left_bytes; // on which nodes these are is not known

	for (unsigned i = 0; i < machine->pages_count; i++)
		if (machine->pages[i].mounted && (node < 0 || machine->pages[i].node == node))
			bytes += machine->pages[i].free * machine->pages[i].page_bytes;
	return bytes;
}
