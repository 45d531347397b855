// SPDX-License-Identifier: BSD-3-Clause
// Snapshots made by a thread of their own, so that a Weir that does not answer holds up nobody.
//
// The thread alone asks; it ends with the process. Takes no signals.

#pragma once

#include "snapshot.h"

struct feed;

// A snapshot every `every_s` seconds, the first at once. NULL: errno says why.
struct feed *feed_start(const char *path, double every_s);

// Readable when there is a new one.
int feed_fd(const struct feed *feed);

// Hands the newest to the caller. False where there is none that is new.
bool feed_take(struct feed *feed, struct snapshot *snapshot);
