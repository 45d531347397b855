// SPDX-License-Identifier: BSD-3-Clause

#include "idle_cpu.h"

#include <rte_cpuflags.h>
#include <rte_ethdev.h>

static int
never_wait(const uint64_t value, const uint64_t opaque[RTE_POWER_MONITOR_OPAQUE_SZ])
{
	(void)value;
	(void)opaque;
	return -1;
}

// What DPDK says of the CPU is not always what its calls then do: each is tried, with an end that has passed.
void
idle_cpu_read(struct idle_cpu *cpu)
{
	static uint64_t line;
	const struct rte_power_monitor_cond condition = {
		.addr = &line,
		.size = sizeof(line),
		.fn = never_wait,
	};
	struct rte_cpu_intrinsics can;

	rte_cpu_get_intrinsics_support(&can);
	cpu->pause = can.power_pause && rte_power_pause(0) == 0;
	cpu->monitor = can.power_monitor && rte_power_monitor(&condition, 0) == 0;
	cpu->monitor_multi =
		can.power_monitor_multi && rte_power_monitor_multi(&condition, 1, 0) == 0;
}

const struct idle_calls idle_calls = {
	.pause = rte_power_pause,
	.monitor = rte_power_monitor,
	.monitor_multi = rte_power_monitor_multi,
	.condition = rte_eth_get_monitor_addr,
};
