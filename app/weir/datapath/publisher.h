// SPDX-License-Identifier: BSD-3-Clause
// Changes what lcores read while they read it, by DPDK's RCU library (rte_rcu_qsbr).
//
// The control thread publishes a new object by storing one pointer, and retires the old object. A
// reader loads the pointer, uses the object, and from time to time reports that it holds none: an
// lcore does so once a turn, between turns. When every reader has reported since the object was
// retired, its grace period is over, and the control thread frees it. Nobody waits for anybody.
//
// Readers are the lcores, by number, and guests: other threads that read for a while.

#pragma once

#include <rte_rcu_qsbr.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

enum { PUBLISHER_GUESTS_MAX = 32 }; // at a time; one more waits

struct publisher_retired;

struct publisher {
	struct rte_rcu_qsbr *qsbr; // readers: first the lcores, then the guests
	unsigned lcore_count;
	uint32_t guests; // a bit for each place that is taken; any thread
	STAILQ_HEAD(, publisher_retired) retired; // oldest first; control thread
	unsigned retired_count; // likewise
};

// For lcores 0 to lcore_count - 1. False: no memory. Needs no EAL.
bool publisher_init(struct publisher *publisher, unsigned lcore_count);

// Frees all that is retired. No reader may be left.
void publisher_free(struct publisher *publisher);

// Loads a published pointer. The object may be used until the reader reports itself quiescent, or,
// as a guest, leaves.
#define publisher_read(slot) __atomic_load_n(slot, __ATOMIC_ACQUIRE)

// --- control thread ---------------------------------------------------------------------------

// Stores `object` in *slot, where readers find it from now on, and retires what was there (NULL:
// nothing was), to be freed by `dispose`.
void publisher_publish(
	struct publisher *publisher,
	void *slot,
	void *object,
	void (*dispose)(void *old)
);

// Frees what no reader can hold any more. Returns the number of objects that still wait.
unsigned publisher_reclaim(struct publisher *publisher);

// --- lcores -----------------------------------------------------------------------------------

// Before its first turn and after its last.
void publisher_join(const struct publisher *publisher, unsigned lcore);
void publisher_leave(const struct publisher *publisher, unsigned lcore);

// Between turns: the lcore holds no published object.
static inline void
publisher_quiescent(const struct publisher *publisher, unsigned lcore)
{
	rte_rcu_qsbr_quiescent(publisher->qsbr, lcore);
}

// --- guests: any other thread -------------------------------------------------------------------

// Between the two calls, objects that the thread reads stay whole. Returns the number of its place.
unsigned publisher_enter(struct publisher *publisher);
void publisher_exit(struct publisher *publisher, unsigned place);
