// SPDX-License-Identifier: BSD-3-Clause
// Notice of a device that is unplugged: by its driver, such as mlx5's, or by the kernel, which asks for a device that
// vfio-pci holds. It comes on DPDK's interrupt thread and sets `removed` of the port; unplug.h does the rest.

#pragma once

#include "port.h"

struct rte_device;

// Begins and ends to listen, for a started port. A warning is logged where that cannot be. Control thread.
void port_removal_watch(struct port *port);
void port_removal_unwatch(struct port *port);

// The device of a port; two ports of one card share it. NULL: there is none.
struct rte_device *port_removal_device(const struct port *port);
