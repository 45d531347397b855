// SPDX-License-Identifier: BSD-3-Clause
// Asks a worker about its torrents, from threads that are not lcores.

#pragma once

#include "../datapath/question.h"
#include "../weir.h"

enum { MAILBOX_TIMEOUT_MS = 2000 }; // a worker that takes longer is considered stuck

// Puts a question into the mailbox of a worker and waits for the answer. The caller fills in what struct
// question marks as "in"; the answer is the rest. False: Weir is ending or the worker is stuck, and
// `question` has no answer.
bool mailbox_ask(const struct weir *weir, unsigned worker, struct question *question);
