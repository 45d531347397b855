// SPDX-License-Identifier: BSD-3-Clause

#include "exception.h"

#include "../log/log.h"
#include "memory_missing.h"
#include "node_memory.h"

#include <rte_cycles.h>
#include <rte_malloc.h>

bool
exception_is_wanted(const struct config *config)
{
	for (unsigned i = 0; i < config->port_count; i++)
		if (*config->ports[i].exception != '\0')
			return true;
	return false;
}

// --- rings ----------------------------------------------------------------------------------------

static size_t
bytes_of_io(void)
{
	return sizeof(struct exception) + frame_ring_bytes(EXCEPTION_TO_KERNEL)
		+ frame_ring_bytes(EXCEPTION_FROM_KERNEL);
}

size_t
exception_memory_bytes(const struct weir *weir, int node)
{
	if (!exception_is_wanted(weir->config))
		return 0;
	return lcore_plan_ios_on(&weir->plan, node) * bytes_of_io();
}

// The slots follow in the same block. The rate comes with the published settings; the key is secret, and new at each
// start.
static struct exception *
make(const struct io *io, int node)
{
	const struct siphash_key *steer = &io->steer->key.siphash;
	struct siphash_key key = {
		siphash24(steer, "except 0", 8),
		siphash24(steer, "except 1", 8),
	};
	struct exception *exception = node_memory("exception", bytes_of_io(), node);
	struct frame_slot *slots;

	if (exception == NULL)
		return NULL;
	slots = (struct frame_slot *)(exception + 1);
	frame_ring_init(&exception->to_kernel, slots, EXCEPTION_TO_KERNEL);
	frame_ring_init(
		&exception->from_kernel, slots + EXCEPTION_TO_KERNEL, EXCEPTION_FROM_KERNEL
	);
	shares_init(&exception->limit, 0, 1, io->clock.hz, &key);
	return exception;
}

static bool
make_all(struct weir *weir, struct error *error)
{
	for (unsigned i = 0; i < weir->plan.io_count; i++) {
		int node = weir->plan.lcores[lcore_plan_io(&weir->plan, i)].node;

		weir->ios[i]->exception = make(weir->ios[i], node);
		if (weir->ios[i]->exception == NULL)
			return memory_missing(
				error,
				"the rings of ports[].exception",
				exception_memory_bytes(weir, LCORE_ANY_NODE),
				"give more memory or huge pages"
			);
	}
	return true;
}

// --- ports ----------------------------------------------------------------------------------------

static void
show_queues(const struct weir *weir, const struct port *port)
{
	for (unsigned i = 0; i < weir->plan.io_count; i++)
		for (unsigned q = 0; q < weir->ios[i]->queue_count; q++) {
			struct io_queue *queue = &weir->ios[i]->queues[q];

			if (queue->port != port->id)
				continue;
			queue->has_exception = true;
			queue->mbufs = port->mbufs;
		}
}

// Larger frames than those of Ethernet do not fit an mbuf, whatever the port carries.
static bool
open_port(const struct weir *weir, struct port *port, struct error *error)
{
	struct exception_port *exception = &port->exception;
	const char *name = port->config->exception;
	uint32_t mtu = RTE_MIN(port->mtu, (uint32_t)RTE_ETHER_MTU);

	if (!exception_tap_open(&exception->tap, name, &port->host->mac, mtu, error))
		return false;
	exception->open = true;
	kernel_interface_open(&exception->kernel, exception->tap.index);
	show_queues(weir, port);
	log_info(
		"port %s: what is not Weir's goes to the kernel, through interface %s, which %s: "
		"at most %u packets/s of each io lcore%s",
		port->name,
		name,
		exception->tap.was_there ? "was there" : "Weir has made",
		weir->config->exception_rate,
		exception->kernel.up ? "" : ". It is down: ip link set it up"
	);
	return true;
}

bool
exception_up(struct weir *weir, struct error *error)
{
	if (!exception_is_wanted(weir->config))
		return true;
	bool done = make_all(weir, error);

	for (unsigned i = 0; done && i < weir->port_count; i++)
		if (*weir->ports[i].config->exception != '\0')
			done = open_port(weir, &weir->ports[i], error);
	if (!done)
		exception_down(weir);
	return done;
}

void
exception_down(struct weir *weir)
{
	for (unsigned i = 0; i < weir->port_count; i++) {
		struct exception_port *exception = &weir->ports[i].exception;

		if (exception->open)
			exception_tap_close(&exception->tap);
		exception->open = false;
	}
	for (unsigned i = 0; i < weir->plan.io_count; i++) {
		rte_free(weir->ios[i]->exception);
		weir->ios[i]->exception = NULL;
	}
}

// --- while it runs --------------------------------------------------------------------------------

void
exception_look(struct weir *weir)
{
	for (unsigned i = 0; i < weir->port_count; i++) {
		struct port *port = &weir->ports[i];
		struct exception_port *exception = &port->exception;

		if (!exception->open || exception->told_gone)
			continue;
		kernel_interface_poll(&exception->kernel);
		if (!exception->kernel.gone)
			continue;
		exception->told_gone = true;
		log_error(
			"port %s: interface %s of ports[].exception was deleted: the kernel gets "
			"nothing of the port until Weir is restarted; the tracker serves on",
			port->name,
			exception->kernel.name
		);
	}
}

bool
exception_is_down(const struct port *port)
{
	const struct exception_port *exception = &port->exception;

	return exception->open && (exception->kernel.gone || !exception->kernel.up);
}
