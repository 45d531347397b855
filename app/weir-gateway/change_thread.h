// SPDX-License-Identifier: BSD-3-Clause
// The change thread: has Weir make changes, one after the other. A change may take seconds; those who
// read wait for the handler thread, not for this one.
//
// All functions are for the HTTP thread.

#pragma once

#include "connector.h"
#include "gateway_stats.h"
#include "tasks.h"

struct change_thread;

// Starts the thread. NULL where the system refuses.
struct change_thread *change_thread_start(struct connector *connector, struct gateway_stats *stats);

struct tasks *change_thread_tasks(const struct change_thread *thread);

// Ends the thread; NULL too. Waits for the change in progress, so abort its connection first.
void change_thread_stop(struct change_thread *thread);
