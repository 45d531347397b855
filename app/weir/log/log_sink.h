// SPDX-License-Identifier: BSD-3-Clause
// Where messages go: standard error as they are, with priorities for journald, or to syslog.
//
// One caller at a time.

#pragma once

#include "../config/config.h"

#include <stdbool.h>
#include <stddef.h>

struct log_sink {
	enum config_log_target target; // never CONFIG_LOG_AUTO
	int fd; // standard error
	bool inside_line; // what was written last did not end its line
	bool stuck; // the reader of `fd` has not made room for a whole wait
};

// Chooses: auto is journal where the environment's JOURNAL_STREAM names `fd`, else stderr. False
// where syslog is wanted and nobody listens at /dev/log: the sink is stderr then.
bool log_sink_open(struct log_sink *sink, enum config_log_target wanted, int fd);

// Writes a line, or a piece of one, of `priority` (LOG_ERR to LOG_DEBUG of syslog.h). False where it
// is lost: no room, no reader, no disk. `patient`: waits up to LOG_SINK_PATIENCE_MS for a reader that
// is slow; once in vain, not again until one has read.
enum { LOG_SINK_PATIENCE_MS = 1000 };

bool
log_sink_write(struct log_sink *sink, int priority, const char *line, size_t len, bool patient);
