// SPDX-License-Identifier: BSD-3-Clause
// The destination of messages: standard error (with priorities for journald) or syslog.
//
// One caller at a time.

#pragma once

#include "../config/config.h"

#include <stdbool.h>
#include <stddef.h>

struct log_sink {
	enum config_log_target target; // never CONFIG_LOG_AUTO
	int fd; // standard error
	bool inside_line; // the last write did not end its line
	bool stuck; // the reader of `fd` did not read during a whole wait
};

// Chooses the destination: `auto` is the journal if JOURNAL_STREAM of the environment names `fd`,
// otherwise stderr. False: syslog is wanted, but no daemon listens at /dev/log, so it is stderr.
bool log_sink_open(struct log_sink *sink, enum config_log_target wanted, int fd);

// Writes a line, or a piece of one, of `priority` (LOG_ERR to LOG_DEBUG of syslog.h). False: it
// is lost, because the pipe or disk is full or has no reader. `patient`: waits up to
// LOG_SINK_PATIENCE_MS for a slow reader; after one such wait not again until it has read.
enum { LOG_SINK_PATIENCE_MS = 1000 };

bool
log_sink_write(struct log_sink *sink, int priority, const char *line, size_t len, bool patient);
