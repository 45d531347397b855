// SPDX-License-Identifier: BSD-3-Clause
// Asking a worker about its torrents, from any thread but an lcore's.

#pragma once

#include "../datapath/question.h"
#include "../weir.h"

enum { MAILBOX_TIMEOUT_MS = 2000 }; // a worker that takes longer is stuck

// Asks and waits. The caller fills in what struct question marks as "in" and gets the rest. False
// where Weir is ending or the worker is stuck: then nothing of `question` may be read.
bool mailbox_ask(const struct weir *weir, unsigned worker, struct question *question);
