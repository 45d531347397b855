// SPDX-License-Identifier: BSD-3-Clause
// Replaces objects while lcores read them, with DPDK's RCU library (rte_rcu_qsbr).
//
// The control thread publishes a new object by storing one pointer, and retires the old object. A
// reader loads the pointer, uses the object, and from time to time reports that it is quiescent: it
// holds no object. An lcore does so once a turn, between turns. When every reader has reported since the
// object was retired, its grace period is over, and the control thread frees it. Neither side waits for
// the other.
//
// Readers are the lcores, by number, and guests: other threads that read for a while.

#pragma once

#include <rte_rcu_qsbr.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

enum { PUBLISHER_GUESTS_MAX = 32 }; // at the same time; others wait

struct publisher_retired;

struct publisher {
	struct rte_rcu_qsbr *qsbr; // readers: first the lcores, then the guests
	unsigned lcore_count;
	uint32_t guests; // a bit for each place in use; any thread
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

// Stores `object` in *slot, where readers find it from now on. Retires the previous object, if any;
// `dispose` frees it after its grace period.
void publisher_publish(
	struct publisher *publisher,
	void *slot,
	void *object,
	void (*dispose)(void *old)
);

// Frees objects whose grace period is over. Returns the number of retired objects that remain.
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

// Waits until every reader has been quiescent since the call, or `ms_max` have passed (false).
bool publisher_wait(const struct publisher *publisher, unsigned ms_max);

// Objects that the thread reads between the two calls are not freed. Returns the place for
// publisher_exit. Waits while all places are in use.
unsigned publisher_enter(struct publisher *publisher);
void publisher_exit(struct publisher *publisher, unsigned place);
