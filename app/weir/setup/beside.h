// SPDX-License-Identifier: BSD-3-Clause
// A port beside the kernel (host.stack = "kernel"): an AF_XDP port on an interface that stays the kernel's, with its
// addresses, ARP, neighbour discovery, ping, and whatever else uses it. Weir gets datagrams for the tracker alone (see
// xdp_program.h), and is the host that the kernel is there: its MAC address and addresses, as they change.
//
// Control thread, which is the boot thread.

#pragma once

#include "../weir.h"

#include <stdbool.h>

// Makes a configured port, with its queues set up, one beside the kernel: port->host and port->addresses are those of
// its interface. It gets no packet yet. False, with an error; the interface is as the driver left it.
bool beside_open(struct port *port, const struct config *config, struct error *error);

// From now on, while lcores run, the port gets the tracker's packets; from beside_stop on it gets no more.
void beside_serve(struct port *port, const struct config *config);
void beside_stop(struct port *port);

// Follows changes of the interface: publishes another host where its addresses are others now. Once a second. False,
// and an error, if the XDP program is gone or another one is there, which only a restart can mend.
bool beside_follow(struct weir *weir, unsigned index, struct error *error);

// Takes the program off the interface, and frees all. No lcore runs. False: somebody else's XDP program is there now,
// which the driver would take off if it was closed.
bool beside_close(struct port *port);
