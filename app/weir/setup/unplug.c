// SPDX-License-Identifier: BSD-3-Clause

#include "unplug.h"

#include "../log/log.h"
#include "port_removal.h"
#include "port_setup.h"
#include "publish.h"

#include <rte_dev.h>

#include <string.h>

static_assert(RTE_MAX_ETHPORTS <= 64, "a bit for each port");

static bool
is_given_up(const struct weir *weir, const struct port *port)
{
	return (weir->settings->unplugged >> port->id & 1) != 0;
}

// The device still answers: the kernel takes it once we have given it back.
static void
give_up(struct port *port)
{
	(void)rte_eth_stats_get(port->id, &port->left);
	__atomic_store_n(&port->gone, true, __ATOMIC_RELEASE);
	log_error("port %s was unplugged; the others go on", port->name);
}

static bool
is_removed(const struct port *port)
{
	return __atomic_load_n(&port->removed, __ATOMIC_RELAXED);
}

// False, and an error about the last port that went, if none is left.
static bool
some_are_left(const struct weir *weir, struct error *error)
{
	const struct port *last = &weir->ports[0];

	for (unsigned i = 0; i < weir->port_count; i++) {
		if (!is_removed(&weir->ports[i]))
			return true;
		if (!weir->ports[i].gone)
			last = &weir->ports[i];
	}
	return error_set(error, NULL, "port %s was unplugged", last->name);
}

bool
unplug_look(struct weir *weir, struct error *error)
{
	bool publish = false;

	if (!some_are_left(weir, error))
		return false;
	for (unsigned i = 0; i < weir->port_count; i++) {
		struct port *port = &weir->ports[i];

		if (!is_removed(port))
			continue;
		if (!port->gone)
			give_up(port);
		publish |= !is_given_up(weir, port);
	}
	// Without memory for them, the next tick tries again.
	if (publish)
		(void)publish_settings(weir, weir->config);
	return true;
}

// Two ports of one card share its device.
static bool
is_shared(const struct weir *weir, const struct rte_device *device)
{
	for (unsigned i = 0; i < weir->port_count; i++)
		if (weir->ports[i].configured && port_removal_device(&weir->ports[i]) == device)
			return true;
	return false;
}

static void
release(struct weir *weir, struct port *port)
{
	struct rte_device *device = port_removal_device(port);
	int result = 0;

	port_stop(port);
	port_close(port);
	if (device != NULL && !is_shared(weir, device))
		result = rte_dev_remove(device);
	if (result == 0)
		log_info("port %s: the device is given back", port->name);
	else
		log_warning("port %s: rte_dev_remove: %s", port->name, strerror(-result));
}

void
unplug_release(struct weir *weir)
{
	for (unsigned i = 0; i < weir->port_count; i++) {
		struct port *port = &weir->ports[i];

		if (port->gone && port->configured && is_given_up(weir, port))
			release(weir, port);
	}
}
