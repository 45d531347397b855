// SPDX-License-Identifier: BSD-3-Clause
// DPDK's EAL for benchmarks: no devices, nothing shared, quiet. Uses huge pages if enough are free,
// as an appliance on a NIC does, else pages of 4 KiB, and reports which.

#pragma once

// Call it once per process, before other threads are started; pins the caller to a CPU. Exits the
// process on failure.
void bench_eal_init(unsigned memory_megabytes);
