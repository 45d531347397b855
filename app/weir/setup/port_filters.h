// SPDX-License-Identifier: BSD-3-Clause
// Which frames a port lets through to its queues. Boot thread.

#pragma once

#include "port.h"

// Lets in frames of the port's VLAN, if it was configured with a filter of VLANs, and logs a warning if it refuses. Lets
// in multicast, by which neighbour solicitations arrive: a filter for the groups of our addresses if the port has one,
// else all groups, else all frames. And all frames with driver.promiscuous. Logs a warning where the port can do
// neither. Once the port is started.
void port_filters_open(const struct port *port, const struct config *config);
