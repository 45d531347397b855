// SPDX-License-Identifier: BSD-3-Clause
// What the kernel says of the interface under a port (packet socket, XDP socket, TAP), which DPDK's
// drivers leave out: whether it still exists, whether it is up, its MTU, and frames it lost on the
// way to us.
//
// Owned by the control thread, which looks once a second; other threads read single fields with
// relaxed loads. It works by index in the network namespace that the process is in, so a renamed
// interface is still the same, and one that was deleted and made again is another.

#pragma once

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

enum { KERNEL_SOCKETS_MAX = 64 }; // packet sockets of one port: one for each queue and direction

// Who counts the frames that were lost between the kernel and us.
enum kernel_losses {
	KERNEL_LOSSES_DRIVER, // DPDK's driver
	KERNEL_LOSSES_SOCKETS, // our packet sockets: PACKET_STATISTICS, packet(7)
	KERNEL_LOSSES_TAP, // the TAP: its tx_dropped
};

struct kernel_interface {
	uint32_t index; // 0: no frames come through the kernel, and all below is unused
	char name[IF_NAMESIZE]; // as it was called at the last look that found it
	bool gone; // no interface has this index
	bool up; // it is administratively up and has a carrier
	uint32_t mtu; // bytes of an IP packet; 0: not known
	enum kernel_losses losses;
	bool losses_known; // not of a TAP that was moved to another network namespace
	uint64_t lost; // frames dropped on the way to us, where SOCKETS or TAP counts them
	uint64_t lost_before; // TAP: its counter when we began
	int tap; // our end of it; like the sockets, a file that the driver owns
	unsigned socket_count;
	int sockets[KERNEL_SOCKETS_MAX];
};

// Begins with the interface `index` (0: none) of a port whose driver has been set up: its files are
// looked for among those of this process. Where there are none, the frames do not come through the
// kernel (a NIC that the kernel shares with us), and the interface counts as none.
void kernel_interface_open(struct kernel_interface *interface, uint32_t index);

// Looks again, and adds what was lost since. PACKET_STATISTICS starts at zero after each read, so a
// driver that reads it too (DPDK 23.07 and later) counts its share, and the sum is right.
void kernel_interface_look(struct kernel_interface *interface);

// Whether an interface that has gone can be had again by a new start: another one has its name, or
// it was a TAP, which the start makes.
bool kernel_interface_is_back(const struct kernel_interface *interface);
