// SPDX-License-Identifier: BSD-3-Clause
// Messages for the operator, on standard error. Never from a packet's path.

#pragma once

#include <rte_log.h>

extern int weir_logtype;

#define log_error(format, ...)                                                                     \
	rte_log(RTE_LOG_ERR, weir_logtype, "weir: error: " format "\n", ##__VA_ARGS__)
#define log_warning(format, ...)                                                                   \
	rte_log(RTE_LOG_WARNING, weir_logtype, "weir: warning: " format "\n", ##__VA_ARGS__)
#define log_info(format, ...)                                                                      \
	rte_log(RTE_LOG_INFO, weir_logtype, "weir: " format "\n", ##__VA_ARGS__)
#define log_debug(format, ...)                                                                     \
	rte_log(RTE_LOG_DEBUG, weir_logtype, "weir: debug: " format "\n", ##__VA_ARGS__)

// level: index of the option log.level, 0 (error) to 3 (debug).
void log_set_level(uint32_t level);
