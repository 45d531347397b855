// SPDX-License-Identifier: BSD-3-Clause
// Messages for the operator, Weir's and DPDK's, by one way: log.target. Never from a packet's path.
//
// A message is lost rather than waited for while Weir runs: where there are more than log.rate a
// second, and where nobody reads, or a disk is full. What was lost is counted and told.

#pragma once

#include "../config/config.h"

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

// Before anything opens a file or starts a thread: where standard streams were closed, files of ours
// must not take their numbers; and a reader that leaves, or a file that may not grow, shall be an
// error like any other and no signal that ends us. Nor does SIGHUP end us, at any time.
void log_guard_streams(void);

// Takes over all messages, before DPDK starts. For the rest of the process's life.
void log_open(const struct config *config);

// Follows log.level, log.target and log.rate where they differ from those of the configuration before, from
// the next message on. DPDK's own messages keep their level. Control thread.
void log_follow(const struct config *config, const struct config *before);

// level: index of the option log.level, 0 (error) to 3 (debug). Again after DPDK has started, which
// sets levels of its own.
void log_set_level(uint32_t level);

// Whether log.rate holds. It does not at start and at the end, when all must be said; then a slow
// reader is waited for, too.
void log_set_limited(bool limited);

// Says how many messages were lost, once a second where any were. Control thread.
void log_tick(void);
