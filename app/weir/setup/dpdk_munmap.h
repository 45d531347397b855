// SPDX-License-Identifier: BSD-3-Clause
// A defect of DPDK's memif driver, in all releases up to 26.03: when the process at the other end goes, EAL's interrupt
// thread unmaps the shared rings, even if an lcore is in the middle of a burst, which then ends Weir by SIGSEGV.
//
// The driver finds the munmap() of this file in place of libc's. In the interrupt thread it first waits until each lcore
// has ended its turn: in later turns the driver knows that nobody is connected.

#pragma once

#include "../datapath/publisher.h"

enum { DPDK_MUNMAP_WAIT_MS = 1000 }; // at most, for an lcore that hangs

// The lcores to wait for; NULL: none run. Control thread.
void dpdk_munmap_wait_for(const struct publisher *lcores);
