// SPDX-License-Identifier: BSD-3-Clause
// One name for functions of DPDK's telemetry library whose names differ between releases since 22.11.

#pragma once

#include <rte_telemetry.h>
#include <rte_version.h>

// Adds an unsigned 64-bit number to a dictionary. 23.03 deprecated the name that 22.11 has.
static inline int
dpdk_dict_add_uint(struct rte_tel_data *dict, const char *name, uint64_t value)
{
#if RTE_VERSION >= RTE_VERSION_NUM(23, 3, 0, 0)
	return rte_tel_data_add_dict_uint(dict, name, value);
#else
	return rte_tel_data_add_dict_u64(dict, name, value);
#endif
}
