// SPDX-License-Identifier: BSD-3-Clause

#include "idle_interrupts.h"

#include <rte_ethdev.h>

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

// As DPDK calls it when the bell has rung: the next wait must not end at once.
static void
silence_bell(int fd, void *argument)
{
	uint64_t rings;

	(void)argument;
	(void)!read(fd, &rings, sizeof(rings));
}

static bool
open_bell(struct rest *rest)
{
	rest->bell.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	rest->epoll = epoll_create1(EPOLL_CLOEXEC);
	rest->bell_event.epdata = (struct rte_epoll_data){
		.event = EPOLLIN,
		.cb_fun = silence_bell,
	};
	return rest->bell.fd >= 0 && rest->epoll >= 0
		&& rte_epoll_ctl(rest->epoll, EPOLL_CTL_ADD, rest->bell.fd, &rest->bell_event) == 0;
}

// Tried once, so that lcores can rely on it. A driver without the operation has interrupts that are always on.
static bool
queue_has_interrupts(const struct io_queue *queue)
{
	int result = rte_eth_dev_rx_intr_enable(queue->port, queue->queue);

	if (result == 0)
		rte_eth_dev_rx_intr_disable(queue->port, queue->queue);
	return result == 0 || result == -ENOTSUP;
}

static const struct port *
port_of(const struct weir *weir, const struct io_queue *queue)
{
	unsigned index = 0;

	while (weir->ports[index].id != queue->port)
		index++;
	return &weir->ports[index];
}

static bool
open_queues(const struct weir *weir, struct rest *rest, struct error *error)
{
	for (unsigned q = 0; rest->io != NULL && q < rest->io->queue_count; q++) {
		const struct io_queue *queue = &rest->io->queues[q];
		const struct port *port = port_of(weir, queue);

		if (port->interrupts
		    && rte_eth_dev_rx_intr_ctl_q(
			       queue->port, queue->queue, rest->epoll, RTE_INTR_EVENT_ADD, NULL
		       ) == 0)
			rest->queue_count++;
		if (rest->queue_count <= q || !queue_has_interrupts(queue))
			return error_set(
				error, NULL, "port %s has no receive interrupts", port->name
			);
	}
	return true;
}

static bool
open_lcore(struct weir *weir, struct rest *rest, const struct lcore_role *role, struct error *error)
{
	if (!open_bell(rest))
		return error_set(error, NULL, "an lcore has no bell: %s", strerror(errno));
	if (!open_queues(weir, rest, error))
		return false;
	if (role->io != LCORE_NO_ROLE)
		weir->bells.ios[role->io] = &rest->bell;
	if (role->worker != LCORE_NO_ROLE)
		weir->bells.workers[role->worker] = &rest->bell;
	return true;
}

bool
idle_interrupts_open(struct weir *weir, struct error *error)
{
	for (unsigned i = 0; i < weir->plan.count; i++)
		if (!open_lcore(weir, &weir->idles[i].rest, &weir->plan.lcores[i], error)) {
			idle_interrupts_close(weir);
			return false;
		}
	return true;
}

static void
close_queues(struct rest *rest)
{
	for (unsigned q = 0; q < rest->queue_count; q++)
		rte_eth_dev_rx_intr_ctl_q(
			rest->io->queues[q].port,
			rest->io->queues[q].queue,
			rest->epoll,
			RTE_INTR_EVENT_DEL,
			NULL
		);
	rest->queue_count = 0;
}

static void
close_file(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void
idle_interrupts_close(struct weir *weir)
{
	weir->bells = (struct bells){0};
	for (unsigned i = 0; i < weir->plan.count; i++) {
		struct rest *rest = &weir->idles[i].rest;

		close_queues(rest);
		close_file(&rest->epoll);
		close_file(&rest->bell.fd);
	}
}
