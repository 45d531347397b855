// SPDX-License-Identifier: BSD-3-Clause
// The thread that asks Weir, so that the one that speaks HTTP never waits. Between them: a queue of
// questions, and a queue of those that have their answer.
//
// All functions are for the thread that speaks HTTP.

#pragma once

#include "answer.h"
#include "history.h"
#include "replies.h"
#include "request.h"

#include <sys/queue.h>

struct question {
	struct request request;
	struct answer answer; // the asker's until asker_take
	void *context; // the caller's
	bool given_up;
	STAILQ_ENTRY(question) next;
};

struct asker;

// Starts the thread, which owns `replies` until asker_stop and writes `history`, whether anybody asks
// or not. NULL where the system refuses.
struct asker *asker_start(struct replies *replies, struct own *own, struct history *history);

struct history *asker_history(const struct asker *asker);

// Readable, as an eventfd, when there is something to take.
int asker_fd(const struct asker *asker);

// Hands a question (malloc) over.
void asker_put(struct asker *asker, struct question *question);

// A question that has its answer, which is the caller's now; NULL: none.
struct question *asker_take(struct asker *asker);

// A question that nobody waits for any more: it will not be taken.
void asker_give_up(struct asker *asker, struct question *question);

// Ends the thread. What it asks just now must have been cut short by the caller, or is waited for.
void asker_stop(struct asker *asker);
