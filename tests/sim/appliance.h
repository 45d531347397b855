// SPDX-License-Identifier: BSD-3-Clause
// Weir itself, as far as it runs in the simulator: the boot steps from the configuration to the rings, turns of its
// lcores, its control thread (a coroutine that runs control_run), and its end, in order or not.

#pragma once

#include "../../app/weir/weir.h"
#include "profile.h"

#include <stdbool.h>
#include <stdint.h>

// DPDK, once per process. The number of io lcores stays.
void appliance_open(unsigned ios);

// Starts Weir by the profile; loads the last snapshot, if there is one.
void appliance_start(const struct profile *profile);

// The end by SIGTERM: the control thread ends, lcores do their last turns, and the last snapshot is saved.
void appliance_stop(void);

// kill -9. Whatever owned an mbuf at this moment has to have been its only owner.
void appliance_crash(void);

// Reads the new file on SIGHUP, at the next tick.
void appliance_reload(const struct profile *profile);

// Whether the settings of the last appliance_reload are in force.
bool appliance_has_reloaded(void);

struct weir *appliance_weir(void);
unsigned appliance_lcores(void);

// A turn of each role of an lcore. Whether it found work.
bool appliance_turn(unsigned lcore);

// Packets, jobs or frames wait for a turn of this lcore, or of any.
bool appliance_has_work(unsigned lcore);
bool appliance_is_busy(void);

// Jobs in rings and in both directions; frames in outboxes.
unsigned appliance_jobs(void);
unsigned appliance_outboxes(void);

struct rte_mempool *appliance_pool(void);

// Seconds of the appliance's clock.
int64_t appliance_now_s(void);

// Its wall clock, as it knows it.
uint32_t appliance_wall_s(void);

// Number of starts.
uint32_t appliance_starts(void);

// Where its files are.
const char *appliance_snapshot_path(void);
