// SPDX-License-Identifier: BSD-3-Clause
// The kernel's interfaces that Weir is going to share with it (host.stack = "kernel"), before DPDK's driver touches them:
// none may have an XDP program, which the driver would take off at its end, and no other program the tracker's UDP port.
//
// Boot thread.

#pragma once

#include "../weir.h"

#include <net/if.h>
#include <stdbool.h>

// The interface that an EAL argument names for net_af_xdp (iface=NAME). False: it names none.
bool shared_interface_name(const char *argument, char name[IF_NAMESIZE]);

// The boot step. Nothing to do, and true, where Weir is the host itself.
bool shared_interfaces_up(struct weir *weir, struct error *error);
void shared_interfaces_down(struct weir *weir);
