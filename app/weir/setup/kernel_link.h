// SPDX-License-Identifier: BSD-3-Clause
// What the kernel says of one of its interfaces (rtnetlink(7)), for a port beside the kernel: MAC address, addresses,
// XDP program. Control thread.

#pragma once

#include "../../common/error.h"
#include "../config/config.h"

#include <rte_ether.h>

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

enum kernel_link_xdp {
	KERNEL_LINK_XDP_NONE,
	KERNEL_LINK_XDP_NATIVE, // run by the NIC's driver
	KERNEL_LINK_XDP_GENERIC, // run by the kernel on each packet's buffer: slower, with any driver
	KERNEL_LINK_XDP_OTHER, // run by the NIC, or several programs
};

struct kernel_link {
	struct rte_ether_addr mac;
	enum kernel_link_xdp xdp;
	uint32_t xdp_id; // of the program; 0: none
	bool promiscuous; // because somebody set it so

	uint32_t addressed; // index of the interface with the addresses: itself, or a VLAN upon it
	// Addresses that a host may serve on: not those that the kernel still probes for duplicates or has found one of
	// (RFC 4862 5.4), link-local IPv6 ones (clients elsewhere cannot use them), or temporary ones (RFC 8981). At
	// most HOST_CONFIGURED_MAX of a family, in the kernel's order.
	struct config_addresses addresses;
	char texts[CONFIG_ADDRESSES_MAX]
		  [INET6_ADDRSTRLEN + 4]; // of these addresses, which point here
	unsigned left_out; // more of them
};

// Reads the interface `index`; with `vlan` (not 0) the addresses of the kernel's VLAN interface of that id upon it.
// False, with an error, where there is none, or the kernel does not answer.
bool kernel_link_read(struct kernel_link *link, uint32_t index, uint32_t vlan, struct error *error);

// Whether a host that was made from `one` is right for `other`: the same MAC address and addresses.
bool kernel_link_is_same_host(const struct kernel_link *one, const struct kernel_link *other);
