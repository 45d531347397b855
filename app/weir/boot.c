// SPDX-License-Identifier: BSD-3-Clause

#include "boot.h"

#include "command/command.h"
#include "control/control.h"
#include "lists/lists.h"
#include "log/log.h"
#include "setup/eal.h"
#include "setup/exception.h"
#include "setup/exception_thread.h"
#include "setup/idles.h"
#include "setup/ios.h"
#include "setup/lcores.h"
#include "setup/links.h"
#include "setup/locks.h"
#include "setup/memory_plan.h"
#include "setup/plan_cross.h"
#include "setup/pools.h"
#include "setup/ports.h"
#include "setup/publish.h"
#include "setup/rights.h"
#include "setup/runtime_folder.h"
#include "setup/shared_interfaces.h"
#include "setup/steering.h"
#include "setup/workers.h"
#include "snapshot/restore.h"
#include "snapshot/snapshots.h"
#include "telemetry/capture.h"
#include "telemetry/export.h"
#include "telemetry/telemetry.h"

#include <rte_common.h>

#include <unistd.h>

// Sizes are told, and compared with what the machine has, before any memory is taken.
static bool
memory_up(struct weir *weir, struct error *error)
{
	struct memory_plan plan;
	struct machine machine;

	machine_read(&machine, "");
	memory_plan_make(&plan, weir);
	__atomic_store_n(&weir->watch.need_mb, memory_plan_mb(&plan), __ATOMIC_RELAXED);
	log_info(
		"%u worker%s; capacity: %u torrents, %u peers; memory: %u MiB%s",
		weir->plan.worker_count,
		weir->plan.worker_count == 1 ? "" : "s",
		weir->config->max_torrents,
		weir->config->max_peers,
		memory_plan_mb(&plan),
		plan.hugepages ? " of huge pages" : ""
	);
	plan_cross_log(weir);
	enum memory_verdict verdict = memory_plan_judge(&plan, &machine, error);

	if (verdict == MEMORY_TIGHT)
		log_warning("%s", error->text);
	return verdict != MEMORY_SHORT;
}

static bool
keys_up(struct weir *weir, struct error *error)
{
	bool missing = access(weir->config->key_file, F_OK) != 0;

	weir->key_file_made = missing;
	return keys_make(&weir->keys, weir->config, false, error);
}

static void
keys_down(struct weir *weir)
{
	keys_forget(&weir->keys);
}

// clang-format off
const struct boot_step boot_steps[] = {
	// name          up                    down
	{"folder",       runtime_folder_up,    NULL},
	{"locks",        locks_up,             locks_down},
	{"memory",       memory_up,            NULL},
	{"keys",         keys_up,              keys_down},
	{"interfaces",   shared_interfaces_up, shared_interfaces_down},
	{"eal",          eal_up,               eal_down},
	{"port probe",   ports_find,           NULL},
	{"settings",     publish_up,           publish_down},
	{"lists",        lists_up,             lists_down},
	{"pools",        pools_up,             pools_down},
	{"workers",      workers_up,           workers_down},
	{"restore",      restore_up,           restore_down}, // when nothing serves: loads, and saves at the end
	{"ios",          ios_up,               ios_down},
	{"links",        links_up,             links_down},
	{"port setup",   ports_configure,      ports_close},
	{"port start",   ports_start,          ports_stop},
	{"steering",     steering_up,          steering_down}, // started ports decide who owns which torrent
	{"late restore", restore_late,         NULL}, // with steering in the NIC: loads now that owners are known
	{"exception",    exception_up,         exception_down}, // interfaces of the kernel, which take rights to make
	{"idle",         idles_up,             idles_down},
	{"control",      control_up,           NULL},
	{"rights",       rights_up,            NULL}, // what follows has no more of them than a client's packet needs
	{"passing",      exception_thread_up,  exception_thread_down}, // between them and lcores
	{"lcores",       lcores_up,            lcores_down},
	{"snapshots",    snapshots_up,         snapshots_down},
	{"capture",      capture_up,           capture_down},
	{"export",       export_up,            export_down},
	{"telemetry",    telemetry_up,         telemetry_down},
	{"command",      command_up,           command_down}, // first to go: it changes all of the above
};
// clang-format on
const unsigned boot_step_count = RTE_DIM(boot_steps);

bool
boot_up(const struct boot_step *steps, unsigned count, struct weir *weir, struct error *error)
{
	for (unsigned i = 0; i < count; i++) {
		if (!boot_watch_step(&weir->watch, steps[i].name))
			error_set(error, NULL, "stopped by a signal while starting");
		else if (steps[i].up(weir, error))
			continue;
		boot_down(steps, i, weir);
		return false;
	}
	return true;
}

void
boot_down(const struct boot_step *steps, unsigned count, struct weir *weir)
{
	for (unsigned i = count; i-- > 0;)
		if (steps[i].down != NULL)
			steps[i].down(weir);
}
