// SPDX-License-Identifier: BSD-3-Clause
// DPDK's environment for benchmarks: no devices, nothing shared, quiet. Huge pages where enough of
// them are free, as an appliance on a NIC has them; else pages of 4 KiB. It says which.

#pragma once

// Once per process, before other threads; pins the caller to a CPU. Ends the process where DPDK
// does not start.
void bench_eal_init(unsigned memory_megabytes);
