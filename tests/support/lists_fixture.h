// SPDX-License-Identifier: BSD-3-Clause
// Lists of a weir without EAL: files in the folder of the fixture, and a control thread that runs errands.

#pragma once

#include "../../app/weir/lists/list_kind.h"
#include "../../app/weir/lists/lists.h"
#include "config_file.h"

#include <fcntl.h>

extern struct weir weir;

// The settings of all lists, and of one: with the files that lists_write writes.
#define ALL_DENY lists_settings("deny", true)
#define ACCESS_SETTINGS(mode) lists_settings(mode, false)
const char *lists_settings(const char *mode, bool all);

// Before any thread starts.
void lists_block_signals(void);

const char *lists_path(enum list_kind kind);
void lists_write(enum list_kind kind, const char *text);
void lists_assert_file(enum list_kind kind, const char *text);
void lists_set_time(uint32_t unix_s);

// Starts the control thread and the lists with a configuration of these settings.
void lists_begin(const char *settings);
bool lists_try_begin(const char *settings, struct error *error);
void lists_finish(void);

// Publishes another configuration, and has lists follow it.
void lists_reconfigure(const char *settings);

struct list_info lists_info_of(enum list_kind kind);
// Until that is told about a list; fails the test after seconds.
void lists_wait(enum list_kind kind, const char *mode, uint64_t entries, bool failing);
void lists_wait_version(uint32_t version); // of the published access_list
