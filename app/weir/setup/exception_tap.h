// SPDX-License-Identifier: BSD-3-Clause
// Weir's end of a TAP interface of the kernel (Documentation/networking/tuntap.rst): a file, whose reads and writes are
// single Ethernet frames.
//
// Not by DPDK's net_tap, which has the kernel send a signal for each frame, to any thread of the process, lcores
// included.

#pragma once

#include "../../common/error.h"

#include <rte_ether.h>

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

struct exception_tap {
	int fd; // does not block
	uint32_t index; // of the interface
	bool was_there; // it was made before, to stay (ip tuntap add), and stays
};

// Makes the interface `name`, or takes the one that is there and that no process has. It gets the MAC address and the
// MTU of the port, and is left down or up as it is. One that Weir has made goes with the file, however the process ends.
// To make one, and to change one, takes CAP_NET_ADMIN; to take one, its owner will do. False, with an error.
bool exception_tap_open(
	struct exception_tap *tap,
	const char *name,
	const struct rte_ether_addr *mac,
	uint32_t mtu,
	struct error *error
);

void exception_tap_close(struct exception_tap *tap);
