// SPDX-License-Identifier: BSD-3-Clause
// Wakes an lcore that waits for interrupts (rest.h).
//
// The lcore listens before it looks for work a last time. A thread that gives it work rings afterwards. Both change one
// word by an exchange, so either the lcore sees the work or the ring sees that it listens, and writes to the eventfd that it
// waits for.

#pragma once

#include <rte_common.h>

#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

enum bell_state { BELL_OFF, BELL_LISTENS };

struct bell {
	int fd; // an eventfd
	uint32_t state; // enum bell_state; written by its lcore and by threads that ring
} __rte_cache_aligned;

// --- the lcore of the bell ----------------------------------------------------------------------

static inline void
bell_listen(struct bell *bell)
{
	__atomic_exchange_n(&bell->state, BELL_LISTENS, __ATOMIC_SEQ_CST);
}

static inline void
bell_stop(struct bell *bell)
{
	__atomic_exchange_n(&bell->state, BELL_OFF, __ATOMIC_SEQ_CST);
}

// --- any thread ---------------------------------------------------------------------------------

// Whether its lcore has no work and would be woken. What the lcore handed over before is visible then.
static inline bool
bell_listens(const struct bell *bell)
{
	return __atomic_load_n(&bell->state, __ATOMIC_ACQUIRE) == BELL_LISTENS;
}

// After work was given to the lcore. NULL: it never waits.
static inline void
bell_ring(struct bell *bell)
{
	const uint64_t one = 1;

	if (bell == NULL
	    || __atomic_exchange_n(&bell->state, BELL_OFF, __ATOMIC_SEQ_CST) != BELL_LISTENS)
		return;
	// Fails only if the counter is full: it is not zero then, which is all that matters.
	(void)!write(bell->fd, &one, sizeof(one));
}
