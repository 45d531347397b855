// SPDX-License-Identifier: BSD-3-Clause

#include "eal.h"

#include "../../common/dpdk/eal_start.h"
#include "../config/pci_address.h"
#include "../log/log.h"
#include "eal_option.h"
#include "huge_files.h"
#include "memory_plan.h"
#include "runtime_folder.h"
#include "socket_group.h"

#include <rte_eal.h>
#include <rte_malloc.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

uint32_t
eal_memory_mb(const struct weir *weir)
{
	struct memory_plan plan;

	if (weir->config->memory_mb != 0)
		return weir->config->memory_mb;
	memory_plan_make(&plan, weir);
	return memory_plan_mb(&plan);
}

// Memory without huge pages.
static void
add_memory(struct eal_arguments *arguments, const struct weir *weir)
{
	if (!eal_option_is_given(weir, "--no-huge"))
		eal_arguments_add(arguments, "--no-huge");
	if (!eal_option_is_given(weir, "--no-shconf"))
		eal_arguments_add(arguments, "--no-shconf");
	if (!eal_option_is_given(weir, "-m")) {
		eal_arguments_add(arguments, "-m");
		eal_arguments_add(arguments, "%u", eal_memory_mb(weir));
	}
}

void
eal_arguments_make(struct eal_arguments *arguments, const struct weir *weir)
{
	static const char *const levels[] = {"error", "warning", "info", "debug"};
	const struct config *config = weir->config;
	char lcores[8 * LCORES_MAX];

	*arguments = (struct eal_arguments){0};
	lcore_plan_eal(&weir->plan, lcores, sizeof(lcores));
	eal_arguments_add(arguments, "weir");
	eal_arguments_add(arguments, "--lcores=%s", lcores);
	// DPDK from 25.11 on takes no option twice: the operator's stands.
	if (!eal_option_is_given(weir, "--file-prefix"))
		eal_arguments_add(arguments, "--file-prefix=%s", config->file_prefix);
	// EAL's own chatter: from warnings on, unless ours is asked for in detail.
	eal_arguments_add(
		arguments, "--log-level=*:%s", config->log_level >= 3 ? "info" : "warning"
	);
	eal_arguments_add(arguments, "--log-level=lib.telemetry:error"); // it warns at every start
	// What is said while DPDK starts counts, too.
	eal_arguments_add(arguments, "--log-level=weir:%s", levels[RTE_MIN(config->log_level, 3u)]);
	if (!config_uses_hugepages(config))
		add_memory(arguments, weir);
	for (unsigned i = 0; i < config->port_count; i++)
		if (pci_address_is_right(config->ports[i].device))
			eal_arguments_add(
				arguments,
				"--allow=%s%s%s",
				config->ports[i].device,
				*config->driver_devargs == '\0' ? "" : ",",
				config->driver_devargs
			);
	for (unsigned i = 0; i < config->driver_eal.count; i++)
		eal_arguments_add(arguments, "%s", config->driver_eal.items[i]);
	for (int i = 0; i < weir->eal_argument_count; i++)
		eal_arguments_add(arguments, "%s", weir->eal_arguments[i]);
}

// They stay as long as DPDK runs: telemetry shows them, and drivers keep pointers.
static struct eal_arguments arguments;

// Huge pages are for others again. With --in-memory there are no files, and with --huge-unlink the operator decides
// about them.
static void
give_pages_back(const struct weir *weir)
{
	if (config_uses_hugepages(weir->config) && !eal_option_is_given(weir, "--in-memory")
	    && !eal_option_is_given(weir, "--huge-unlink"))
		huge_files_remove("", runtime_folder_prefix(weir));
}

static void
tell(const char *why)
{
	log_error("%s; check driver.eal", why);
}

static bool
start(const struct weir *weir, struct error *error)
{
	char why[256];

	eal_arguments_make(&arguments, weir);
	for (int i = 0; i < arguments.count; i++)
		log_debug("EAL argument: %s", arguments.items[i]);
	if (eal_start(&arguments, tell, why, sizeof(why)))
		return true;
	error_set(
		error, NULL, "%s; EAL's own message is above: check driver.eal and memory.*", why
	);
	give_pages_back(weir);
	eal_arguments_free(&arguments);
	return false;
}

// No socket, because an EAL argument says so, is no error.
static bool
give_telemetry(const struct weir *weir, struct error *error)
{
	char path[sizeof(weir->runtime_folder) + sizeof("/dpdk_telemetry.v2")];
	struct socket_group group;

	snprintf(path, sizeof(path), "%s/dpdk_telemetry.v2", weir->runtime_folder);
	if (!socket_group_find(weir->config, &group, error))
		return false;
	if (!group.shared || socket_group_give(&group, path, 0660) || errno == ENOENT)
		return true;
	return error_set(
		error, "control.group", "%s cannot be given to the group: %s", path, strerror(errno)
	);
}

bool
eal_up(struct weir *weir, struct error *error)
{
	mode_t mask =
		umask(077); // the telemetry socket is for our user alone until it has its group
	bool ok = start(weir, error);

	umask(mask);
	if (!ok)
		return false;
	if (!give_telemetry(weir, error)) {
		eal_down(weir);
		return false;
	}
	log_set_level(weir->config->log_level);
	weir->start_tsc = rte_rdtsc();
	weir->start_s = weir->wall_s;
	return true;
}

void
eal_down(struct weir *weir)
{
	bool left_open = false;

	for (unsigned i = 0; i < weir->port_count; i++)
		left_open = left_open || weir->ports[i].beside.left_open;
	if (!left_open) // DPDK closes every device
		rte_eal_cleanup();
	give_pages_back(weir);
	eal_arguments_free(&arguments);
}
