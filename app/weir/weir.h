// SPDX-License-Identifier: BSD-3-Clause
// The appliance: everything that lives from boot to end.
//
// Made, changed and taken down by the control thread (the main lcore). The lcores get pointers
// into it; what they may touch is said in loops.h.

#pragma once

#include "../../lib/tracker/steer.h"
#include "../common/error.h"
#include "config/config.h"
#include "control/governor.h"
#include "control/health.h"
#include "control/memberships.h"
#include "control/neighbours.h"
#include "control/supervision_state.h"
#include "datapath/idle.h"
#include "datapath/loops.h"
#include "setup/boot_watch.h"
#include "setup/keys.h"
#include "setup/lcore_plan.h"
#include "setup/lock_file.h"
#include "setup/port.h"
#include "setup/steering_rules.h"
#include "setup/udp_claim.h"
#include "snapshot/snapshot_status.h"
#include "telemetry/export_report.h"

#include <stdbool.h>
#include <stdint.h>

// Written before lcores start.
struct steering {
	enum config_steering in_force;
	struct steering_rules rules;
};

struct weir {
	const char *version, *revision; // see app/common/version.h
	const char *config_path; // read again on SIGHUP
	const struct config
		*config; // published; other threads than the control thread: weir_config
	struct topology topology; // CPUs that Weir may use, devices of ports
	int eal_argument_count; // behind "--" on the command line
	char **eal_arguments;
	uint32_t run_for_s; // 0: until a signal
	bool core_dumps; // are wanted

	struct boot_watch watch;
	// With /dpdk_telemetry.v2 the 107 bytes that a socket's path may have.
	char runtime_folder[90];
	struct lock_files locks; // see setup/locks.h
	struct lcore_plan plan;
	struct keys keys;
	bool key_file_made; // by this start
	struct udp_claims udp_claims; // on interfaces shared with the kernel
	struct rte_mempool
		*pools[CONFIG_PORTS_MAX]; // of mbufs, by the first port of each; NULL: none
	unsigned port_count;
	struct port ports[CONFIG_PORTS_MAX];
	struct neighbours neighbours[CONFIG_PORTS_MAX]; // by index of ports
	struct memberships memberships[CONFIG_PORTS_MAX]; // likewise

	struct steer steer;
	struct steering steering;
	struct publisher publisher; // of what follows
	const struct settings *settings; // published
	const struct access_list *access; // published; NULL: all torrents are served
	const struct client_list *clients; // published; NULL: all clients are served
	const struct networks *denied_sources; // published; NULL: none
	const struct auth_keys *auth_keys; // published; NULL: no key is required
	struct io *ios[CONFIG_CPUS_MAX];
	struct worker *workers[CONFIG_CPUS_MAX];
	struct idle *idles; // [plan.count]: what each lcore does without work
	struct bells bells; // wake lcores that wait for interrupts
	uint64_t start_tsc; // of every clock
	uint32_t start_s; // Unix time of the same moment
	uint32_t looked_below_s; // when the control thread last looked below the ports
	struct health health;
	struct governor governor; // control thread
	struct export_report export;
	struct snapshot_status snapshot;
	bool ready; // said so, and does not end; control thread, read by telemetry threads
	struct supervision supervision; // control thread
	bool capturing; // others can attach; control thread
	uint32_t wall_s; // Unix time, written by the control thread, read by io lcores
	bool stop; // written by the control thread, read by all lcores
};

// The configuration in force, for a reader as publisher.h defines it.
static inline const struct config *
weir_config(const struct weir *weir)
{
	return publisher_read(&weir->config);
}
