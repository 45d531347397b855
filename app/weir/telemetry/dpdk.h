// SPDX-License-Identifier: BSD-3-Clause
// Where releases of DPDK differ, from 22.11 on: one name for what several releases call otherwise.

#pragma once

#include <rte_telemetry.h>
#include <rte_version.h>

// A 64-bit number of a telemetry reply; the old name is deprecated since 23.03.
static inline int
dpdk_dict_add_uint(struct rte_tel_data *dict, const char *name, uint64_t value)
{
#if RTE_VERSION >= RTE_VERSION_NUM(23, 3, 0, 0)
	return rte_tel_data_add_dict_uint(dict, name, value);
#else
	return rte_tel_data_add_dict_u64(dict, name, value);
#endif
}
