// SPDX-License-Identifier: BSD-3-Clause
// The XDP program of an interface that Weir shares with the kernel (app/xdp/tracker_port.bpf.c), once DPDK's driver has
// put it there. Control thread.
//
// The driver attaches it so that it stays when its process ends. It is attached again by a link of BPF, a file of this
// process: when the process ends, by whatever means, the kernel takes the program off, with no right needed and no
// setting left behind.

#pragma once

#include "../../common/error.h"
#include "../config/config.h"

#include <rte_byteorder.h>

#include <stdbool.h>
#include <stdint.h>

struct tracker_rules;

struct xdp_program {
	uint32_t id; // the kernel's number of it; 0: none is held
	int link; // file; -1: none
	struct tracker_rules *rules; // its map, in our memory
};

// Takes over the program `id` of the interface `index`. `generic`: how it is attached, and will be. It takes no packet
// yet. False, with an error: it is another program than ours, or a right or memory is missing; it is attached as before.
bool xdp_program_hold(
	struct xdp_program *program,
	uint32_t index,
	uint32_t id,
	bool generic,
	struct error *error
);

// From now on it takes packets for these addresses and this UDP port, in network order; 0: none at all. Frames have the
// tag of a VLAN if it is not 0.
void xdp_program_set(
	struct xdp_program *program,
	const struct config_addresses *addresses,
	rte_be16_t udp_port,
	uint32_t vlan
);

// Takes the program off the interface, if it is held. No sockets are closed by it.
void xdp_program_release(struct xdp_program *program);
