// SPDX-License-Identifier: BSD-3-Clause
// To be preloaded: libraries of DPDK that are newer than the headers.

const char *rte_version(void);

const char *
rte_version(void)
{
	return "DPDK 99.11.1";
}
