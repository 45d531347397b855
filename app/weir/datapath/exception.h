// SPDX-License-Identifier: BSD-3-Clause
// The exception path of an io lcore: what goes to the kernel, and what comes from it (ports[].exception).
//
// Which frames are the kernel's is said in lib/net/exception.h. The lcore puts them aside while it serves a turn. When
// the replies of the turn are with the ports, it copies the frames into a ring, so that no buffer of the tracker's waits
// for the kernel. Then it sends a few frames of the kernel, which it copies out of another ring. At the other ends of the
// rings is the exception thread (setup/exception_thread.h), which makes the system calls. A full ring loses a frame of
// the kernel's and costs the tracker nothing.

#pragma once

#include "../../../lib/guard/shares.h"
#include "frame_ring.h"

#include <rte_mbuf.h>

#include <stdbool.h>
#include <stdint.h>

enum {
	EXCEPTION_ASIDE_MAX = 64, // frames of a turn; more are lost (kernel_full)
	EXCEPTION_TO_KERNEL = 256, // slots: what comes while the thread sleeps
	EXCEPTION_FROM_KERNEL = 64, // slots
	EXCEPTION_SEND_MAX = 8, // frames of the kernel that a turn sends
};

// A frame of this turn. Its mbuf is the io lcore's until it is copied, at the end of the turn.
struct exception_aside {
	struct rte_mbuf *mbuf;
	uint8_t port; // DPDK's
	uint8_t l2_len; // bytes
	uint8_t family; // enum family, for its verdict
	bool router_alert; // see exception_write
};

struct exception {
	struct shares limit; // of frames to the kernel
	unsigned aside_count;
	struct exception_aside aside[EXCEPTION_ASIDE_MAX];
	struct frame_ring to_kernel; // slots have DPDK's numbers of ports; the io lcore writes
	struct frame_ring from_kernel; // likewise; the exception thread writes
};
