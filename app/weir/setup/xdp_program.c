// SPDX-License-Identifier: BSD-3-Clause

#include "xdp_program.h"

#include "../../xdp/tracker_rules.h"

#include <rte_common.h>

#include <assert.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAPS_MAX = 16 }; // of a program that may be ours

static_assert(sizeof(struct tracker_rules) <= 4096, "map_rules maps one page");

static size_t
rules_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE); // the kernel rounds the array up to pages
}

// --- what the driver has open -----------------------------------------------------------------------

// The file of this process for which `is_it` holds; -1: none. It belongs to the driver, which keeps it. To open what
// the kernel has by its number would take CAP_SYS_ADMIN.
static int
find_file(bool (*is_it)(int file, const void *context), const void *context)
{
	DIR *folder = opendir("/proc/self/fd");
	const struct dirent *entry;
	int found = -1;

	if (folder == NULL)
		return -1;
	while (found < 0 && (entry = readdir(folder)) != NULL)
		if (*entry->d_name != '.' && is_it(atoi(entry->d_name), context))
			found = atoi(entry->d_name);
	closedir(folder);
	return found;
}

// Whether `file` is of the kind that the kernel calls "bpf-prog" or "bpf-map": others have other data to tell.
static bool
is_kind(int file, const char *kind)
{
	char path[64], name[64] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	ssize_t size = readlink(path, name, sizeof(name) - 1);

	return size > 0 && strcmp(name, kind) == 0;
}

static bool
is_program(int file, const void *context)
{
	const uint32_t *id = context;
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	return is_kind(file, "anon_inode:bpf-prog")
		&& bpf_obj_get_info_by_fd(file, &info, &size) == 0 && info.id == *id;
}

// --- its map ----------------------------------------------------------------------------------------

struct maps {
	uint32_t count;
	uint32_t ids[MAPS_MAX];
};

static bool
has_map(const struct maps *maps, uint32_t id)
{
	for (unsigned i = 0; i < RTE_MIN(maps->count, (uint32_t)MAPS_MAX); i++)
		if (maps->ids[i] == id)
			return true;
	return false;
}

// Whether `file` is the map with the rules, among `maps`.
static bool
is_rules(int file, const void *context)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	return is_kind(file, "anon_inode:bpf-map")
		&& bpf_obj_get_info_by_fd(file, &info, &size) == 0 && has_map(context, info.id)
		&& strcmp(info.name, TRACKER_RULES_MAP) == 0 && info.type == BPF_MAP_TYPE_ARRAY
		&& info.value_size == sizeof(struct tracker_rules)
		&& (info.map_flags & BPF_F_MMAPABLE) != 0;
}

// The rules of the program in `file`; NULL: it has none, so it is not ours.
static struct tracker_rules *
map_rules(int file)
{
	struct maps maps = {0};
	struct bpf_prog_info info = {.nr_map_ids = MAPS_MAX, .map_ids = (uintptr_t)maps.ids};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(file, &info, &size) != 0)
		return NULL;
	maps.count = info.nr_map_ids;
	int map = find_file(is_rules, &maps);
	void *rules = map < 0
		? MAP_FAILED
		: mmap(NULL, rules_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);

	return rules == MAP_FAILED ? NULL : rules;
}

// --- its link ---------------------------------------------------------------------------------------

// Takes the program off, to attach it again by a link: the kernel does not do both at once. Packets of these
// microseconds go to the kernel.
static bool
attach(struct xdp_program *program, int file, uint32_t index, uint32_t mode, struct error *error)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, old, .old_prog_fd = file);
	LIBBPF_OPTS(bpf_link_create_opts, how, .flags = mode);

	if (bpf_xdp_detach((int)index, mode | XDP_FLAGS_REPLACE, &old) != 0)
		return error_set(
			error, NULL, "its XDP program cannot be taken off: %s", strerror(errno)
		);
	program->link = bpf_link_create(file, (int)index, BPF_XDP, &how);
	if (program->link >= 0)
		return true;
	error_set(error, NULL, "its XDP program cannot be held by a link: %s", strerror(errno));
	(void)bpf_xdp_attach((int)index, file, mode | XDP_FLAGS_UPDATE_IF_NOEXIST, NULL);
	return false;
}

bool
xdp_program_hold(
	struct xdp_program *program,
	uint32_t index,
	uint32_t id,
	bool generic,
	struct error *error
)
{
	uint32_t mode = generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
	int file = find_file(is_program, &id);

	*program = (struct xdp_program){.link = -1};
	if (file < 0)
		return error_set(error, NULL, "its XDP program %u is another process's", id);
	program->rules = map_rules(file);
	bool held = program->rules != NULL
		? attach(program, file, index, mode, error)
		: error_set(
			error,
			"driver.eal",
			"its XDP program is not Weir's: net_af_xdp needs "
			"xdp_prog=tracker_port.o, from Weir of this version"
		);

	if (held)
		program->id = id;
	else
		xdp_program_release(program);
	return held;
}

// --- its rules --------------------------------------------------------------------------------------

// Single words, because the program reads them meanwhile.
static void
set_words(__be32 *words, const uint8_t *bytes, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		__be32 word = 0;

		if (bytes != NULL)
			memcpy(&word, bytes + i * sizeof(word), sizeof(word));
		__atomic_store_n(&words[i], word, __ATOMIC_RELAXED);
	}
}

void
xdp_program_set(
	struct xdp_program *program,
	const struct config_addresses *addresses,
	rte_be16_t udp_port,
	uint32_t vlan
)
{
	struct tracker_rules *rules = program->rules;
	unsigned ipv4 = 0, ipv6 = 0;

	if (rules == NULL)
		return;
	for (unsigned i = 0; i < addresses->count; i++) {
		const struct config_address *address = &addresses->items[i];

		if (address->family == FAMILY_IPV4 && ipv4 < TRACKER_RULES_ADDRESSES)
			set_words(&rules->ipv4[ipv4++], address->bytes, 1);
		if (address->family == FAMILY_IPV6 && ipv6 < TRACKER_RULES_ADDRESSES)
			set_words(rules->ipv6[ipv6++], address->bytes, 4);
	}
	while (ipv4 < TRACKER_RULES_ADDRESSES)
		set_words(&rules->ipv4[ipv4++], NULL, 1);
	while (ipv6 < TRACKER_RULES_ADDRESSES)
		set_words(rules->ipv6[ipv6++], NULL, 4);
	__atomic_store_n(&rules->vlan_tci, rte_cpu_to_be_16((uint16_t)vlan), __ATOMIC_RELAXED);
	__atomic_store_n(&rules->udp_port, udp_port, __ATOMIC_RELEASE);
}

void
xdp_program_release(struct xdp_program *program)
{
	if (program->rules != NULL) {
		__atomic_store_n(&program->rules->udp_port, 0, __ATOMIC_RELAXED);
		munmap(program->rules, rules_bytes());
	}
	if (program->link >= 0)
		close(program->link);
	*program = (struct xdp_program){.link = -1};
}
