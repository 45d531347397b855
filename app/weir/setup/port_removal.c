// SPDX-License-Identifier: BSD-3-Clause

// Events of devices have been experimental since DPDK 18.05, and unchanged.
#define ALLOW_EXPERIMENTAL_API

#include "port_removal.h"

#include "../log/log.h"

#include <rte_dev.h>

#include <string.h>

static void
note(struct port *port)
{
	__atomic_store_n(&port->removed, true, __ATOMIC_RELAXED);
}

// Drivers that notice it by themselves, such as mlx5.
static int
note_port_event(uint16_t id, enum rte_eth_event_type event, void *port, void *result)
{
	(void)id;
	(void)event;
	(void)result;
	note(port);
	return 0;
}

// The kernel asks for the device, which vfio-pci holds for us.
static void
note_device_event(const char *device, enum rte_dev_event_type event, void *port)
{
	(void)device;
	if (event == RTE_DEV_EVENT_REMOVE)
		note(port);
}

struct rte_device *
port_removal_device(const struct port *port)
{
	struct rte_eth_dev_info info;

	return rte_eth_dev_info_get(port->id, &info) == 0 ? info.device : NULL;
}

void
port_removal_watch(struct port *port)
{
	const struct rte_device *device = port_removal_device(port);
	int result = rte_eth_dev_callback_register(
		port->id, RTE_ETH_EVENT_INTR_RMV, note_port_event, port
	);

	if (result == 0 && device != NULL)
		result = rte_dev_event_callback_register(
			rte_dev_name(device), note_device_event, port
		);
	if (result != 0)
		log_warning(
			"port %s: rte_eth_dev_callback_register: %s; an unplugged device would not "
			"be noticed",
			port->name,
			strerror(-result)
		);
}

void
port_removal_unwatch(struct port *port)
{
	const struct rte_device *device = port_removal_device(port);

	rte_eth_dev_callback_unregister(port->id, RTE_ETH_EVENT_INTR_RMV, note_port_event, port);
	if (device != NULL)
		rte_dev_event_callback_unregister(rte_dev_name(device), note_device_event, port);
}
