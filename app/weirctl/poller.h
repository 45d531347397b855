// SPDX-License-Identifier: BSD-3-Clause
// The poller: a thread that takes snapshots of Weir, and of the open torrent, so that a Weir that does
// not reply never blocks the live view.
//
// The thread ends with the process and blocks all signals. All functions are for the main thread.

#pragma once

#include "detail.h"
#include "snapshot.h"

struct poller;

// Starts the thread. It takes a snapshot every `every_s` seconds, the first at once. NULL: see errno.
struct poller *poller_start(const char *path, double every_s);

// An eventfd that is readable when there is something new.
int poller_fd(const struct poller *poller);

// Sets the torrent to fetch from now on: at once, and again with each snapshot. A query without a hash:
// none.
void poller_query(struct poller *poller, const struct detail_query *query);

// Takes the newest snapshot or detail, which the caller then owns. False where none is new.
bool poller_take(struct poller *poller, struct snapshot *snapshot);
bool poller_take_detail(struct poller *poller, struct detail *detail);
