// SPDX-License-Identifier: BSD-3-Clause
// What a CPU can do while it waits, by DPDK's calls for it. All of them are experimental in some version of DPDK that
// Weir is built with, so only idle_cpu.c names them.

#pragma once

#include <rte_power_intrinsics.h>

#include <stdbool.h>
#include <stdint.h>

struct idle_cpu {
	bool pause; // until a time: WAITPKG on x86
	bool monitor; // until a cache line is written, or a time: WAITPKG or MONITORX on x86, WFE on arm64
	bool monitor_multi; // several lines: WAITPKG with RTM
};

// In a thread of DPDK.
void idle_cpu_read(struct idle_cpu *cpu);

// As rte_power_pause, rte_power_monitor, rte_power_monitor_multi and rte_eth_get_monitor_addr.
struct idle_calls {
	int (*pause)(uint64_t until_tsc);
	int (*monitor)(const struct rte_power_monitor_cond *condition, uint64_t until_tsc);
	int (*monitor_multi
	)(const struct rte_power_monitor_cond *conditions, uint32_t count, uint64_t until_tsc);
	int (*condition)(uint16_t port, uint16_t queue, struct rte_power_monitor_cond *condition);
};

extern const struct idle_calls idle_calls;
