// SPDX-License-Identifier: BSD-3-Clause
// What the XDP program of tracker_port.bpf.c takes from an interface for Weir. All else goes on to the kernel.
//
// The only element of its map "tracker_rules", an array that can be mapped into memory (BPF_F_MMAPABLE): Weir writes it
// without a system call, while the program reads it for each packet. A packet that comes meanwhile may go to the
// kernel, or to Weir, which checks addresses again. Shared with BPF: types of <linux/types.h> alone.

#pragma once

#include <linux/types.h>

#define TRACKER_RULES_MAP "tracker_rules" // at most 15 characters: the kernel cuts the rest
#define TRACKER_SOCKETS_MAP "xsks_map" // the name that DPDK's net_af_xdp looks for
#define TRACKER_RULES_ADDRESSES 8 // of each family, as HOST_CONFIGURED_MAX

struct tracker_rules {
	__be16 udp_port; // 0: nothing is taken
	__be16 vlan_tci; // id of the tag; 0: frames have none
	__be32 ipv4[TRACKER_RULES_ADDRESSES]; // 0: unused
	__be32 ipv6[TRACKER_RULES_ADDRESSES][4]; // all 0: unused
};
