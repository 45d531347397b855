// SPDX-License-Identifier: BSD-3-Clause
// Snapshots, and the torrent that is open, asked for by a thread of their own, so that a Weir that
// does not answer holds up nobody.
//
// The thread alone asks; it ends with the process. Takes no signals. All functions: the main thread.

#pragma once

#include "detail.h"
#include "snapshot.h"

struct feed;

// A snapshot every `every_s` seconds, the first at once. NULL: errno says why.
struct feed *feed_start(const char *path, double every_s);

// Readable when there is something new.
int feed_fd(const struct feed *feed);

// From now on this torrent is asked for, too: at once, and then with each snapshot. A wish without
// a hash: none is.
void feed_wish(struct feed *feed, const struct detail_wish *wish);

// Hands the newest to the caller. False where there is none that is new.
bool feed_take(struct feed *feed, struct snapshot *snapshot);
bool feed_take_detail(struct feed *feed, struct detail *detail);
