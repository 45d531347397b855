// SPDX-License-Identifier: BSD-3-Clause
// DPDK's environment for tests: no huge pages, no devices, one lcore, quiet.

#pragma once

// Once per process; ends it where DPDK does not start.
void test_eal_init(void);
