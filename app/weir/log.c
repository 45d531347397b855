// SPDX-License-Identifier: BSD-3-Clause

#include "log.h"

#include <rte_common.h>

RTE_LOG_REGISTER_DEFAULT(weir_logtype, INFO)

void
log_set_level(uint32_t level)
{
	static const uint32_t levels[] = {
		RTE_LOG_ERR, RTE_LOG_WARNING, RTE_LOG_INFO, RTE_LOG_DEBUG};

	rte_log_set_level(weir_logtype, levels[RTE_MIN(level, RTE_DIM(levels) - 1)]);
}
