// SPDX-License-Identifier: BSD-3-Clause
// DPDK from 25.11 on ends the process by exit() where it does not know an EAL argument; those before
// return an error. With this the process ends with a sentence and the status of a failed start.

#pragma once

#include <stdbool.h>

// Around rte_eal_init(), in the thread that calls it. While it is set, exit() tells an error and ends
// the process with status 1; nothing is torn down, as after a crash.
void dpdk_exit_expect(bool expected);
