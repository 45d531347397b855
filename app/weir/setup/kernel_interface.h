// SPDX-License-Identifier: BSD-3-Clause
// The state of the kernel interface below a port (packet socket, XDP socket, TAP), which DPDK's drivers
// do not report: whether it exists, whether it is up, its MTU, and frames lost on the way to Weir.
//
// Written by the control thread, once a second; other threads read single fields with relaxed loads. An
// interface is known by its index in the network namespace of the process: one that is renamed is still
// the same, and one that was deleted and created again is another.

#pragma once

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

enum { KERNEL_SOCKETS_MAX = 64 }; // packet sockets of one port: one for each queue and direction

// Who counts the frames that were lost between the kernel and Weir.
enum kernel_losses {
	KERNEL_LOSSES_DRIVER, // DPDK's driver
	KERNEL_LOSSES_SOCKETS, // the port's packet sockets: PACKET_STATISTICS, packet(7)
	KERNEL_LOSSES_TAP, // the TAP: its tx_dropped
};

struct kernel_interface {
	uint32_t index; // 0: no frames come through the kernel, and all below is unused
	char name[IF_NAMESIZE]; // as of the last poll that found it
	bool gone; // no interface has this index
	bool up; // it is administratively up and has a carrier
	uint32_t mtu; // bytes of an IP packet; 0: not known
	enum kernel_losses losses;
	bool losses_known; // not of a TAP that was moved to another network namespace
	uint64_t lost; // frames dropped on the way to Weir, if SOCKETS or TAP counts them
	uint64_t lost_before; // TAP: its counter at the start
	int tap; // Weir's end of it; like the sockets, a file that the driver owns
	unsigned socket_count;
	int sockets[KERNEL_SOCKETS_MAX];
};

// Starts with the interface `index` (0: none) of a port whose driver has been set up. Its files are
// looked up among those of this process. Without such files the frames do not come through the kernel
// (a NIC that the kernel shares with Weir), and the port counts as one without an interface.
void kernel_interface_open(struct kernel_interface *interface, uint32_t index);

// Reads the state again, and adds what was lost since. PACKET_STATISTICS starts at zero after each read, so a
// driver that reads it too (DPDK 23.07 and later) counts its share, and the sum is right.
void kernel_interface_poll(struct kernel_interface *interface);

// Whether a restart of Weir would find an interface that is gone: another one has its name, or it was
// a TAP, which the start creates.
bool kernel_interface_is_back(const struct kernel_interface *interface);
