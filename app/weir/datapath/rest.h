// SPDX-License-Identifier: BSD-3-Clause
// Waiting for interrupts, after a long silence: an lcore gives its CPU back until a packet arrives at one of its
// queues, until somebody rings its bell, or for REST_MAX_MS.
//
// The control thread rings for frames to send, a thread that asks a worker for its question, and an io lcore when its own
// silence ends: to ring for each request would cost the hot path. So a worker waits only while all other io lcores are
// silent, too.

#pragma once

#include "bell.h"
#include "loops.h"

#include <rte_epoll.h>

enum {
	REST_MAX_MS = 100,
	REST_TURNS = 256, // between two waits: the sweep goes on, and a late packet is noticed
};

// The bells of all lcores, by number of the role; an lcore with both roles has one bell. NULL: it never waits.
struct bells {
	struct bell *ios[LOOP_LINKS_MAX];
	struct bell *workers[LOOP_LINKS_MAX];
};

// One lcore.
struct rest {
	struct bell bell;
	struct rte_epoll_event bell_event; // of the bell, in `epoll`
	int epoll; // of its bell and its queues
	unsigned queue_count; // of io: those in `epoll`, once an lcore rests all of them
	const struct io *io; // NULL: it has no such role, as below
	const struct worker *worker;
	const struct bells *bells;
	struct stats *stats; // of the lcore
	bool armed; // its queues make interrupts
};

// The silence begins. From now on until rest_end others see it.
void rest_begin(struct rest *rest);

// Whether the lcore may wait now, and would be woken: to be asked before the turns that find no work. False: others may
// hand over requests at any time, or owe it a reply, or a port refuses, or has made an interrupt already.
bool rest_ready(struct rest *rest);

// Waits; rest_ready was true, and the turns since then have found nothing. True: something has happened.
bool rest_wait(struct rest *rest);

// The silence ends: wakes workers, which may get requests from now on.
void rest_end(struct rest *rest);
