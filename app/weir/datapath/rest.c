// SPDX-License-Identifier: BSD-3-Clause

#include "rest.h"

#include <rte_ethdev.h>

#include <errno.h>
#include <poll.h>

enum { EVENTS = 8 }; // taken at once; others are still there at the next wait

static bool
others_are_silent(const struct rest *rest)
{
	if (rest->worker == NULL)
		return true;
	for (unsigned i = 0; i < rest->worker->link_count; i++) {
		const struct bell *bell = rest->bells->ios[i];

		if (bell != &rest->bell && (bell == NULL || !bell_listens(bell)))
			return false;
	}
	return true;
}

static void
disarm(struct rest *rest, unsigned queues)
{
	for (unsigned q = 0; q < queues; q++)
		rte_eth_dev_rx_intr_disable(rest->io->queues[q].port, rest->io->queues[q].queue);
	rest->armed = false;
}

// A driver without the operation has interrupts that are always on, such as a TAP, whose file is readable.
static bool
arm(struct rest *rest)
{
	if (rest->armed)
		return true;
	for (unsigned q = 0; q < rest->queue_count; q++) {
		const struct io_queue *queue = &rest->io->queues[q];
		int result = rte_eth_dev_rx_intr_enable(queue->port, queue->queue);

		if (result == 0 || result == -ENOTSUP)
			continue;
		disarm(rest, q);
		return false;
	}
	rest->armed = true;
	return true;
}

// Whether an interrupt has come that no wait has seen: its packet may not be there yet. A TAP shows packets only when a
// signal has been handled, perhaps by a thread that has to wait for a CPU.
static bool
interrupt_is_pending(const struct rest *rest)
{
	for (unsigned q = 0; q < rest->queue_count; q++) {
		const struct io_queue *queue = &rest->io->queues[q];
		struct pollfd file = {
			.fd = rte_eth_dev_rx_intr_ctl_q_get_fd(queue->port, queue->queue),
			.events = POLLIN,
		};

		if (poll(&file, 1, 0) > 0)
			return true;
	}
	return false;
}

void
rest_begin(struct rest *rest)
{
	bell_listen(&rest->bell);
}

bool
rest_ready(struct rest *rest)
{
	if (rest->io != NULL && rest->io->waiting != 0)
		return false;
	return others_are_silent(rest) && arm(rest) && !interrupt_is_pending(rest);
}

bool
rest_wait(struct rest *rest)
{
	struct rte_epoll_event events[EVENTS];
	uint64_t *values = rest->stats->values;
	uint64_t before = rte_rdtsc();
	bool woken = rte_epoll_wait(rest->epoll, events, EVENTS, REST_MAX_MS) != 0;

	stats_add(&values[STAT_interrupt_waits], 1);
	stats_add(&values[STAT_interrupt_wakes], woken);
	stats_add(&values[STAT_wait_cycles], rte_rdtsc() - before);
	return woken;
}

void
rest_end(struct rest *rest)
{
	if (rest->armed)
		disarm(rest, rest->queue_count);
	bell_stop(&rest->bell);
	if (rest->io == NULL)
		return;
	for (unsigned w = 0; w < rest->io->link_count; w++)
		if (rest->bells->workers[w] != &rest->bell)
			bell_ring(rest->bells->workers[w]);
}
